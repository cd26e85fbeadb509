-- Keys of the city's devices one by one, and pre-printed cards used on this device.

-- Who may have signed a citizen QR. Comes in parts; a check looks at one row.
CREATE TABLE signer (
  device     INTEGER PRIMARY KEY,
  key        BLOB NOT NULL CHECK (length(key) = 32),
  revoked_at INTEGER
) STRICT;

-- The list as one value is fetched anew in parts at the next contact.
DELETE FROM setting WHERE name = 'device_keys';

-- Pre-printed cards that were bound or spoiled here, by their number without check digits. No personal data.
-- `revision` rises with every change, `told` is the revision the platform has answered: the difference is what is unsent.
CREATE TABLE card (
  number     INTEGER PRIMARY KEY,
  state      TEXT NOT NULL CHECK (state IN ('bound', 'spoiled')),
  rid        BLOB REFERENCES registration (rid),
  code       INTEGER,
  operator   INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  revision   INTEGER NOT NULL CHECK (revision >= 1),
  told       INTEGER NOT NULL DEFAULT 0 CHECK (told >= 0 AND told <= revision),
  -- Why the platform did not take the binding; the registration itself stands.
  refused    TEXT CHECK (refused IN ('bound', 'spoiled', 'void', 'other_team', 'unknown')),
  CHECK ((rid IS NULL) = (code IS NULL)),
  CHECK (state <> 'bound' OR rid IS NOT NULL)
) STRICT;
CREATE INDEX card_rid ON card (rid) WHERE rid IS NOT NULL;
CREATE INDEX card_untold ON card (number) WHERE told < revision;
CREATE TRIGGER card_stays BEFORE DELETE ON card
BEGIN SELECT RAISE(ABORT, 'a card is never deleted'); END;
