-- A form's age is counted by the clock that nobody can set: seconds that passed since it was touched, and the boot and
-- monotonic time up to which they were counted.
ALTER TABLE draft ADD COLUMN idle INTEGER NOT NULL DEFAULT 0;
ALTER TABLE draft ADD COLUMN boot INTEGER;
ALTER TABLE draft ADD COLUMN monotonic INTEGER;
