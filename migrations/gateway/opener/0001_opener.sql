-- What the opener knows. Personal fields stand here only under a key of their person, which lies in another file.

CREATE TABLE persons (
    rid    BLOB PRIMARY KEY,
    -- HMAC-SHA-256 of the number under a key that never leaves the opener; null without a number.
    number BLOB,
    -- Account, made at the first acceptance and kept through corrections.
    account TEXT UNIQUE,
    -- The decision about the present revision.
    standing TEXT NOT NULL CHECK (standing IN ('accepted', 'possible_duplicate', 'refused', 'unreadable'))
) STRICT, WITHOUT ROWID;
CREATE INDEX persons_by_number ON persons (number) WHERE number IS NOT NULL;

-- Opened bodies, ChaCha20-Poly1305: nonce (12 bytes) and ciphertext, bound to the eid.
CREATE TABLE bodies (
    eid       BLOB PRIMARY KEY,
    rid       BLOB NOT NULL,
    encrypted BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX bodies_by_rid ON bodies (rid);

-- What was decided about each revision, and the verdict sealed to its device, so that it can be handed over again.
CREATE TABLE decisions (
    eid        BLOB PRIMARY KEY,
    rid        BLOB NOT NULL,
    standing   TEXT NOT NULL CHECK (standing IN ('accepted', 'possible_duplicate', 'refused', 'unreadable')),
    decided_at INTEGER NOT NULL,
    sealed     BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX decisions_by_rid ON decisions (rid);

-- Who withdrew: never processed again.
CREATE TABLE tombstones (
    rid       BLOB PRIMARY KEY,
    erased_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
