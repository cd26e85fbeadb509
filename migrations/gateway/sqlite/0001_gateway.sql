-- What the HTTP side knows: who may call, what was received, what was answered. Bodies stay sealed.

CREATE TABLE settings (
    key   TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE teams (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE team_communes (
    team    INTEGER NOT NULL REFERENCES teams (id),
    commune INTEGER NOT NULL,
    PRIMARY KEY (team, commune)
) STRICT, WITHOUT ROWID;
CREATE INDEX team_communes_by_commune ON team_communes (commune);

CREATE TABLE operators (
    id   INTEGER PRIMARY KEY AUTOINCREMENT,
    team INTEGER NOT NULL REFERENCES teams (id),
    name TEXT NOT NULL,
    UNIQUE (team, name)
) STRICT;

CREATE TABLE devices (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    code_group   INTEGER NOT NULL,
    team         INTEGER NOT NULL REFERENCES teams (id),
    role         TEXT NOT NULL CHECK (role IN ('volunteer', 'coordinator')),
    signing      BLOB NOT NULL UNIQUE,
    sealing      BLOB NOT NULL,
    transport    BLOB NOT NULL,
    program      TEXT NOT NULL,
    enrolled_at  INTEGER NOT NULL,
    revoked_at   INTEGER,
    last_contact INTEGER,
    -- The last number of this device's log of changes; numbers are never used twice.
    log_last     INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX devices_by_team ON devices (team);

-- Only a hash of the code is kept. `answer` is what the one device was answered, for when the answer got lost.
CREATE TABLE invitations (
    code_hash  BLOB PRIMARY KEY,
    team       INTEGER NOT NULL REFERENCES teams (id),
    role       TEXT NOT NULL CHECK (role IN ('volunteer', 'coordinator')),
    expires_at INTEGER NOT NULL,
    device     INTEGER REFERENCES devices (id),
    answer     BLOB,
    CHECK ((device IS NULL) = (answer IS NULL))
) STRICT, WITHOUT ROWID;

-- A nonce of a token request is good once. The request carries no time, so it is remembered for good.
CREATE TABLE nonces (
    device INTEGER NOT NULL REFERENCES devices (id),
    nonce  BLOB NOT NULL,
    PRIMARY KEY (device, nonce)
) STRICT, WITHOUT ROWID;

-- Every envelope ever taken. `sealed` goes when the resident withdraws; header, hash and signature stay and still verify.
CREATE TABLE envelopes (
    number      INTEGER PRIMARY KEY AUTOINCREMENT,
    eid         BLOB NOT NULL UNIQUE,
    digest      BLOB NOT NULL,
    link        BLOB NOT NULL,
    rid         BLOB NOT NULL,
    kind        TEXT NOT NULL CHECK (kind IN ('registration', 'correction', 'withdrawal')),
    base        BLOB,
    device      INTEGER NOT NULL REFERENCES devices (id),
    epoch       INTEGER NOT NULL,
    seq         INTEGER NOT NULL,
    prev        BLOB,
    commune     INTEGER NOT NULL,
    code        INTEGER NOT NULL,
    header      BLOB NOT NULL,
    sealed      BLOB,
    body_hash   BLOB NOT NULL,
    signature   BLOB NOT NULL,
    received_at INTEGER NOT NULL,
    -- Why a person decides first; null for a revision in the chain of its registration.
    held        TEXT CHECK (held IN ('revoked', 'other_device', 'base_unknown', 'stale_base', 'misformed'))
) STRICT;
CREATE INDEX envelopes_by_rid ON envelopes (rid, number);
CREATE INDEX envelopes_by_sequence ON envelopes (device, epoch, seq);

-- One row for each registration ever received, so that the counts of the board add up.
CREATE TABLE registrations (
    rid      BLOB PRIMARY KEY,
    device   INTEGER NOT NULL REFERENCES devices (id),
    commune  INTEGER NOT NULL,
    -- The one accepted head; null while everything received is held.
    head     INTEGER UNIQUE REFERENCES envelopes (number),
    standing TEXT NOT NULL
        CHECK (standing IN ('held', 'waiting', 'accepted', 'possible_duplicate', 'refused', 'withdrawn', 'unreadable')),
    -- 1 once the opener destroyed what it had opened.
    erased   INTEGER NOT NULL DEFAULT 0 CHECK (erased IN (0, 1)),
    CHECK ((head IS NULL) = (standing = 'held'))
) STRICT, WITHOUT ROWID;
CREATE INDEX registrations_waiting ON registrations (head) WHERE standing = 'waiting';
CREATE INDEX registrations_to_erase ON registrations (rid) WHERE standing = 'withdrawn' AND erased = 0;
CREATE INDEX registrations_by_commune ON registrations (commune);

-- The first registration with a code owns it for life.
CREATE TABLE codes (
    code INTEGER PRIMARY KEY,
    rid  BLOB NOT NULL
) STRICT;

-- Other bytes under a known eid: kept as evidence, never in place of the first.
CREATE TABLE conflicts (
    eid         BLOB NOT NULL,
    digest      BLOB NOT NULL,
    device      INTEGER NOT NULL REFERENCES devices (id),
    bytes       BLOB NOT NULL,
    received_at INTEGER NOT NULL,
    PRIMARY KEY (eid, digest)
) STRICT, WITHOUT ROWID;

CREATE TABLE device_flags (
    device   INTEGER NOT NULL REFERENCES devices (id),
    flag     TEXT NOT NULL CHECK (flag IN ('cloned', 'chain_broken', 'foreign_code')),
    noted_at INTEGER NOT NULL,
    PRIMARY KEY (device, flag)
) STRICT, WITHOUT ROWID;

-- Exactly one verdict for each revision the opener decided.
CREATE TABLE verdicts (
    eid        BLOB PRIMARY KEY,
    rid        BLOB NOT NULL,
    standing   TEXT NOT NULL CHECK (standing IN ('accepted', 'possible_duplicate', 'refused', 'unreadable')),
    decided_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Each device's log. A row without payload says "the present state of this", and a later row of its kind replaces it.
CREATE TABLE changes (
    device  INTEGER NOT NULL REFERENCES devices (id),
    number  INTEGER NOT NULL,
    kind    TEXT NOT NULL CHECK (kind IN ('verdict', 'stopped', 'device_keys', 'team', 'trust', 'revoked')),
    rid     BLOB,
    payload BLOB,
    PRIMARY KEY (device, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX changes_by_rid ON changes (rid) WHERE rid IS NOT NULL;

CREATE TABLE reports (
    device      INTEGER PRIMARY KEY REFERENCES devices (id),
    report      BLOB NOT NULL,
    received_at INTEGER NOT NULL
) STRICT;
