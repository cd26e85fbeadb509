-- One person is one person, whatever becomes of a later revision.

-- The keyed number under which this person has an account, or waits for one: that of the last revision that was accepted
-- or is possibly a duplicate. `number` is that of the present revision.
ALTER TABLE persons ADD COLUMN claim BLOB;
-- Keyed name, birth and sex of the same revision: for who has no number. Filled in when the opener starts.
ALTER TABLE persons ADD COLUMN likeness BLOB;
-- 1 where a person decided that this is somebody else with the same number.
ALTER TABLE persons ADD COLUMN apart INTEGER NOT NULL DEFAULT 0 CHECK (apart IN (0, 1));
UPDATE persons SET claim = number WHERE account IS NOT NULL OR standing = 'possible_duplicate';
UPDATE persons SET apart = 1 WHERE account IS NOT NULL AND EXISTS (
    SELECT 1 FROM persons AS other
    WHERE other.claim = persons.claim AND other.account IS NOT NULL AND other.rid < persons.rid);
CREATE UNIQUE INDEX one_account ON persons (claim) WHERE account IS NOT NULL AND apart = 0;
CREATE INDEX persons_by_claim ON persons (claim) WHERE claim IS NOT NULL;
CREATE INDEX persons_by_likeness ON persons (likeness) WHERE likeness IS NOT NULL;

-- Whose registration it was: another device's under the same rid is not touched by it.
ALTER TABLE tombstones ADD COLUMN device INTEGER;
