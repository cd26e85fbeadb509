-- Signed master data: notices, communes, settings. Nothing is taken back, a later serial goes before an earlier one.
CREATE TABLE master (
    serial INTEGER PRIMARY KEY CHECK (serial >= 1),
    signed BLOB NOT NULL
) STRICT;
CREATE TRIGGER master_stays BEFORE DELETE ON master
BEGIN SELECT RAISE(ABORT, 'master data is never deleted'); END;

-- Revisions whose notice this gateway does not know (yet): received, in their place, and not shown to the opener before
-- the notice is imported.
CREATE TABLE waiting_for_notice (
    number INTEGER PRIMARY KEY REFERENCES envelopes (number),
    notice INTEGER NOT NULL
) STRICT;
CREATE INDEX waiting_for_notice_by_notice ON waiting_for_notice (notice);
