-- A team is a ward's: every ward has a "Tổ 1". What a coordinator's device may see is granted, never derived from where a
-- team works. People join and leave. `teams` is rebuilt because SQLite cannot alter a UNIQUE.

CREATE TABLE teams_2 (
    id   INTEGER PRIMARY KEY,
    -- The commune whose team it is, wherever it works; 0 where none was known.
    ward INTEGER NOT NULL,
    name TEXT NOT NULL,
    UNIQUE (ward, name)
) STRICT;
INSERT INTO teams_2 (id, ward, name)
SELECT id, COALESCE((SELECT MIN(commune) FROM team_communes WHERE team = teams.id), 0), name FROM teams;
DROP TABLE teams;
ALTER TABLE teams_2 RENAME TO teams;
CREATE INDEX teams_by_name ON teams (name);

-- When a person was of a team: a record's operator and witness are people of the team at the time of the capture.
CREATE TABLE operator_terms (
    operator  INTEGER NOT NULL REFERENCES operators (id),
    joined_at INTEGER NOT NULL,
    left_at   INTEGER,
    PRIMARY KEY (operator, joined_at)
) STRICT, WITHOUT ROWID;
INSERT INTO operator_terms (operator, joined_at) SELECT id, 0 FROM operators;

-- The wards whose board a coordinator's device may see.
CREATE TABLE grants (
    device     INTEGER NOT NULL REFERENCES devices (id),
    ward       INTEGER NOT NULL,
    granted_at INTEGER NOT NULL,
    PRIMARY KEY (device, ward)
) STRICT, WITHOUT ROWID;
-- Who was a coordinator before keeps what it could see.
INSERT INTO grants (device, ward, granted_at)
SELECT devices.id, commune, enrolled_at FROM devices JOIN team_communes USING (team) WHERE role = 'coordinator';

-- The wards that the device gets which takes the invitation.
CREATE TABLE invitation_grants (
    code_hash BLOB NOT NULL REFERENCES invitations (code_hash),
    ward      INTEGER NOT NULL,
    PRIMARY KEY (code_hash, ward)
) STRICT, WITHOUT ROWID;
INSERT INTO invitation_grants (code_hash, ward)
SELECT code_hash, commune FROM invitations JOIN team_communes USING (team)
WHERE role = 'coordinator' AND device IS NULL;

-- Invitations are listed and can be cancelled.
ALTER TABLE invitations ADD COLUMN made_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE invitations ADD COLUMN cancelled_at INTEGER;

-- A device brings keys of its own: those of another one are refused.
CREATE INDEX devices_by_sealing ON devices (sealing);
CREATE INDEX devices_by_transport ON devices (transport);
