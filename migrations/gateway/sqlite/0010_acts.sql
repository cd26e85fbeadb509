-- What people did at the server: each row names the one before it by its hash and is signed by the platform.
CREATE TABLE acts (
    number    INTEGER PRIMARY KEY AUTOINCREMENT,
    at        INTEGER NOT NULL,
    -- Who says so.
    by        TEXT NOT NULL,
    what      TEXT NOT NULL,
    -- About whom or what, JSON.
    about     TEXT NOT NULL,
    hash      BLOB NOT NULL,
    signature BLOB NOT NULL
) STRICT;
CREATE TRIGGER acts_stay BEFORE DELETE ON acts
BEGIN SELECT RAISE(ABORT, 'what was done is never deleted'); END;
CREATE TRIGGER acts_stand BEFORE UPDATE ON acts
BEGIN SELECT RAISE(ABORT, 'what was done is never changed'); END;
