-- Since when a device can have signed, and which codes: a card of an earlier day or of another group is none of its own.
ALTER TABLE signer ADD COLUMN enrolled INTEGER;
ALTER TABLE signer ADD COLUMN code_group INTEGER;

-- The list is asked for once more at the next contact, with these; what is known of it stays.
DELETE FROM setting WHERE name = 'signer_serial';
