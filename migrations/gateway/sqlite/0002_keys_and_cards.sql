-- Keys of devices as one list for the whole city, sent in parts; pools of pre-printed blank cards.

-- Rises with every enrolment and revocation: "what changed after N" is the part of the list a verifier lacks.
ALTER TABLE devices ADD COLUMN key_serial INTEGER NOT NULL DEFAULT 0;
UPDATE devices SET key_serial = id;
CREATE UNIQUE INDEX devices_by_key_serial ON devices (key_serial);

-- The log of changes no longer carries the whole list at every change, and carries the pool of the team's cards.
CREATE TABLE changes_2 (
    device  INTEGER NOT NULL REFERENCES devices (id),
    number  INTEGER NOT NULL,
    kind    TEXT NOT NULL CHECK (kind IN ('verdict', 'stopped', 'team', 'trust', 'revoked', 'cards')),
    rid     BLOB,
    payload BLOB,
    PRIMARY KEY (device, number)
) STRICT, WITHOUT ROWID;
INSERT INTO changes_2 SELECT device, number, kind, rid, payload FROM changes WHERE kind <> 'device_keys';
DROP TABLE changes;
ALTER TABLE changes_2 RENAME TO changes;
CREATE INDEX changes_by_rid ON changes (rid) WHERE rid IS NOT NULL;

-- Every pre-printed card ever made, by its number without check digits.
CREATE TABLE cards (
    number     INTEGER PRIMARY KEY,
    team       INTEGER NOT NULL REFERENCES teams (id),
    sheet      INTEGER NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('blank', 'bound', 'spoiled', 'void')),
    -- Who bound or spoiled it, and the registration's code it was bound to last.
    device     INTEGER REFERENCES devices (id),
    code       INTEGER,
    changed_at INTEGER NOT NULL,
    CHECK (state <> 'bound' OR (device IS NOT NULL AND code IS NOT NULL))
) STRICT;
CREATE INDEX cards_by_team ON cards (team, state);
CREATE INDEX cards_by_sheet ON cards (sheet);

-- A card is never deleted: every one stays accounted for.
CREATE TRIGGER cards_stay BEFORE DELETE ON cards
BEGIN SELECT RAISE(ABORT, 'a card is never deleted'); END;

-- What a device did with a card and was told it does not hold: a copy, a card of another team, one that is void.
CREATE TABLE card_refusals (
    number  INTEGER NOT NULL,
    device  INTEGER NOT NULL REFERENCES devices (id),
    code    INTEGER NOT NULL,
    reason  TEXT NOT NULL CHECK (reason IN ('bound', 'spoiled', 'void', 'other_team', 'unknown')),
    noted_at INTEGER NOT NULL,
    PRIMARY KEY (number, device, code)
) STRICT, WITHOUT ROWID;
