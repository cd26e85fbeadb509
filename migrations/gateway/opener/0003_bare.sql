-- The verdict without the person, for the log once the device has it.
ALTER TABLE decisions ADD COLUMN bare BLOB;
