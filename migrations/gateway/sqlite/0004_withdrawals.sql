-- A withdrawal stops the processing at once, is examined, and erases later.

ALTER TABLE registrations ADD COLUMN withdrawn_at INTEGER;
-- 1 once the opener saw that the withdrawal is one.
ALTER TABLE registrations ADD COLUMN examined INTEGER NOT NULL DEFAULT 0 CHECK (examined IN (0, 1));
-- When it is erased; null while a person's word is awaited.
ALTER TABLE registrations ADD COLUMN erase_at INTEGER;
UPDATE registrations SET withdrawn_at = 0, examined = 1, erase_at = 0 WHERE standing = 'withdrawn';
CREATE INDEX registrations_to_examine ON registrations (rid) WHERE standing = 'withdrawn' AND examined = 0;
CREATE INDEX registrations_withdrawn ON registrations (device, withdrawn_at) WHERE standing = 'withdrawn';

-- What people said about withdrawals that waited for their word.
CREATE TABLE withdrawal_words (
    rid     BLOB NOT NULL,
    word    TEXT NOT NULL CHECK (word IN ('erase', 'keep')),
    by      TEXT NOT NULL,
    said_at INTEGER NOT NULL
) STRICT;
