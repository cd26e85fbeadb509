-- One bad thing blocks no other: what could not be taken in is kept and named.

-- Why a change is kept: a stable code; before, all of it was what only a newer program reads.
ALTER TABLE newer ADD COLUMN why TEXT NOT NULL DEFAULT 'upgrade_needed';

-- Sealed copies of envelopes that this database lost and could not take in again, because it went on without them. Sent
-- all the same; this is what the platform answered. The copy stays, in the bytes that were signed: a person decides.
CREATE TABLE stray (
  eid     BLOB PRIMARY KEY CHECK (length(eid) = 16),
  rid     BLOB CHECK (rid IS NULL OR length(rid) = 16),
  code    INTEGER,
  bytes   BLOB NOT NULL,
  outcome TEXT NOT NULL,
  kept_at INTEGER NOT NULL
) STRICT;

-- The receipt of the head says that a person decides first.
ALTER TABLE registration ADD COLUMN held INTEGER NOT NULL DEFAULT 0 CHECK (held IN (0, 1));

-- What is due to be purged is found without looking at what is not.
CREATE INDEX envelope_bodies ON envelope (rid) WHERE bytes IS NOT NULL;
