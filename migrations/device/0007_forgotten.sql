-- What the platform was found to have forgotten (it came back from an older backup): which revision, and whether it could be
-- sent again or its body was purged by then. Kept for people to see.
CREATE TABLE forgotten (
  eid        BLOB PRIMARY KEY REFERENCES envelope (eid),
  rid        BLOB NOT NULL REFERENCES registration (rid),
  noticed_at INTEGER NOT NULL,
  lost       INTEGER NOT NULL CHECK (lost IN (0, 1))
) STRICT;
CREATE INDEX forgotten_lost ON forgotten (rid) WHERE lost = 1;
