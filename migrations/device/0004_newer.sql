-- What the platform said that this program cannot read yet (a kind of change or of decision of a later version), as it
-- came. Persons are in it only sealed to this device; what is about one registration goes when its resident withdraws.
CREATE TABLE newer (
  id      INTEGER PRIMARY KEY,
  item    BLOB NOT NULL UNIQUE,
  rid     BLOB,
  kept_at INTEGER NOT NULL
) STRICT;
