-- One random key for each person, in a file of its own: a copy of opener.db alone opens nothing, and erasing a person
-- is deleting one row here.
CREATE TABLE person_keys (
    rid BLOB PRIMARY KEY,
    key BLOB NOT NULL CHECK (length(key) = 32)
) STRICT, WITHOUT ROWID;
