-- Master data (notices, communes, settings) as the platform's root signed it: every statement that ever came, for a record
-- is judged by what was said when it was made. Nobody is in it.
CREATE TABLE master (
  serial  INTEGER PRIMARY KEY CHECK (serial >= 1),
  signed  BLOB NOT NULL,
  kept_at INTEGER NOT NULL
) STRICT;
CREATE TRIGGER master_stays BEFORE DELETE ON master
BEGIN SELECT RAISE(ABORT, 'master data is never deleted'); END;
