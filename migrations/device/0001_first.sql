-- The device's database, first schema. Runs inside one IMMEDIATE transaction together with every later migration.
-- Times are seconds since 1970-01-01T00:00:00Z. Identifiers are 16 random bytes. CBOR is RFC 8949, canonical.

-- One row per thing the device knows about itself: identity, keys, trust, cursors. Values are CBOR.
CREATE TABLE setting (
  name  TEXT PRIMARY KEY,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Where the device's chain of envelopes stands: epoch, next seq, link of the last envelope of the epoch.
CREATE TABLE chain (
  id    INTEGER PRIMARY KEY CHECK (id = 1),
  epoch INTEGER NOT NULL CHECK (epoch >= 1),
  seq   INTEGER NOT NULL CHECK (seq >= 1),
  prev  BLOB CHECK (prev IS NULL OR length(prev) = 16)
) STRICT;
INSERT INTO chain (id, epoch, seq, prev) VALUES (1, 1, 1, NULL);

-- Registrations ever begun. A number of its own and not a sum, so that a lost row is noticed (conservation, C2).
CREATE TABLE ledger (
  id    INTEGER PRIMARY KEY CHECK (id = 1),
  begun INTEGER NOT NULL CHECK (begun >= 0)
) STRICT;
INSERT INTO ledger (id, begun) VALUES (1, 0);

-- Every registration ever begun on this device, one row each, for ever. `id` rises: newest first is `id DESC`.
-- After a purge only the stub is left: content is NULL.
CREATE TABLE registration (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  rid         BLOB NOT NULL UNIQUE CHECK (length(rid) = 16),
  code        INTEGER UNIQUE,
  state       TEXT NOT NULL CHECK (state IN ('draft', 'queued', 'received', 'accepted', 'possible_duplicate',
                                             'refused', 'withdrawn', 'discarded', 'quarantined')),
  head        BLOB CHECK (head IS NULL OR length(head) = 16),
  head_digest BLOB CHECK (head_digest IS NULL OR length(head_digest) = 32),
  kind        TEXT,
  household   BLOB CHECK (household IS NULL OR length(household) = 16),
  initials    TEXT NOT NULL DEFAULT '',
  content     BLOB,
  begun_at    INTEGER NOT NULL,
  saved_at    INTEGER,
  received_at INTEGER,
  decided_at  INTEGER,
  reason      BLOB,
  quarantine  TEXT,
  account     TEXT,
  pin_mac     BLOB,
  address_mac BLOB,
  -- The content came back with a refusal: it stays until the state changes.
  restored    INTEGER NOT NULL DEFAULT 0 CHECK (restored IN (0, 1)),
  revisions   INTEGER NOT NULL DEFAULT 0,
  -- A draft has neither head nor code; what was discarded unsaved has neither; everything else has both.
  CHECK ((state IN ('draft', 'discarded')) = (head IS NULL)),
  CHECK ((head IS NULL) = (code IS NULL) AND (head IS NULL) = (head_digest IS NULL)),
  CHECK (state <> 'draft' OR content IS NULL),
  CHECK (state NOT IN ('discarded', 'withdrawn') OR content IS NULL)
) STRICT;
CREATE INDEX registration_state ON registration (state);
CREATE INDEX registration_pin ON registration (pin_mac) WHERE pin_mac IS NOT NULL;
CREATE INDEX registration_address ON registration (address_mac) WHERE address_mac IS NOT NULL;
CREATE INDEX registration_saved ON registration (saved_at) WHERE saved_at IS NOT NULL;
CREATE INDEX registration_household ON registration (household) WHERE household IS NOT NULL;
CREATE INDEX registration_content ON registration (state, received_at, decided_at) WHERE content IS NOT NULL;

-- A registration is never deleted.
CREATE TRIGGER registration_stays BEFORE DELETE ON registration
BEGIN SELECT RAISE(ABORT, 'a registration is never deleted'); END;

-- The form as it stands (JSON of a Draft), only while the state is 'draft'.
CREATE TABLE draft (
  rid        BLOB PRIMARY KEY REFERENCES registration (rid),
  content    BLOB NOT NULL,
  begun_at   INTEGER NOT NULL,
  changed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX draft_changed ON draft (changed_at);

-- Every revision made here. `bytes` is exactly what was signed; after a purge it is NULL and what still proves the
-- header stays: header bytes, hash of the sealed body, signature.
CREATE TABLE envelope (
  eid       BLOB PRIMARY KEY CHECK (length(eid) = 16),
  rid       BLOB NOT NULL REFERENCES registration (rid),
  epoch     INTEGER NOT NULL,
  seq       INTEGER NOT NULL,
  kind      TEXT NOT NULL,
  digest    BLOB NOT NULL CHECK (length(digest) = 32),
  base      BLOB,
  operator  INTEGER NOT NULL,
  captured  BLOB NOT NULL,
  bytes     BLOB,
  header    BLOB,
  body_hash BLOB,
  signature BLOB,
  UNIQUE (epoch, seq)
) STRICT;
CREATE INDEX envelope_rid ON envelope (rid);

-- What waits to be sent. "Being sent" is not stored: after a crash a row is simply waiting.
CREATE TABLE outbox (
  eid       BLOB PRIMARY KEY REFERENCES envelope (eid),
  epoch     INTEGER NOT NULL,
  seq       INTEGER NOT NULL,
  queued_at INTEGER NOT NULL,
  attempts  INTEGER NOT NULL DEFAULT 0,
  reason    TEXT,
  failed_at INTEGER,
  next_at   INTEGER
) STRICT;
CREATE INDEX outbox_order ON outbox (epoch, seq);

-- Signed answers of the gateway, kept once each in the bytes that were verified.
CREATE TABLE answer (
  id      INTEGER PRIMARY KEY,
  digest  BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
  bytes   BLOB NOT NULL,
  kept_at INTEGER NOT NULL
) STRICT;

-- Which answer is the receipt of which envelope, with the gateway's own number of it.
CREATE TABLE receipt (
  eid    BLOB PRIMARY KEY REFERENCES envelope (eid),
  answer INTEGER NOT NULL REFERENCES answer (id),
  number INTEGER NOT NULL
) STRICT;

-- What a volunteer must correct. `reason` is CBOR of field and code.
CREATE TABLE task (
  id        INTEGER PRIMARY KEY AUTOINCREMENT,
  rid       BLOB NOT NULL REFERENCES registration (rid),
  reason    BLOB NOT NULL,
  opened_at INTEGER NOT NULL,
  closed_at INTEGER
) STRICT;
CREATE INDEX task_open ON task (rid) WHERE closed_at IS NULL;

-- Words of what can be searched; rowid is registration.id. `folded`: without marks; `exact`: with marks; `numbers`:
-- digits and codes. The tokens are made by the program (đ included), so the tokenizer only splits at spaces.
-- Prefix indexes because every word is searched as a prefix; secure-delete because a purge must leave nothing.
CREATE VIRTUAL TABLE search USING fts5 (
  folded, exact, numbers,
  tokenize = 'ascii', prefix = '1 2 3 4 5 6', detail = column, columnsize = 0
);
INSERT INTO search (search, rank) VALUES ('secure-delete', 1);

-- Who did what when, without personal data. Each row's hash covers the row before.
CREATE TABLE audit (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  at       INTEGER NOT NULL,
  operator INTEGER,
  action   TEXT NOT NULL,
  rid      BLOB,
  eid      BLOB,
  hash     BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
CREATE TRIGGER audit_unchanged BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER audit_complete BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;

-- Number of rows and last hash, so that rows missing at the end are noticed too.
CREATE TABLE audit_head (
  id   INTEGER PRIMARY KEY CHECK (id = 1),
  rows INTEGER NOT NULL,
  hash BLOB NOT NULL
) STRICT;
INSERT INTO audit_head (id, rows, hash) VALUES (1, 0, zeroblob(32));
