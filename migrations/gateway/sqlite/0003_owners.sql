-- Whose a code, a rid and a verdict are.

-- Why a revision is held, in words that the list of `held` does not have; null for what was held before.
ALTER TABLE envelopes ADD COLUMN held_for TEXT;
CREATE INDEX codes_by_rid ON codes (rid);

-- A verdict that carries a person stays in the log only until its device has it, or a later revision is decided.
-- `bare` takes its place then: the same verdict without the person.
ALTER TABLE changes ADD COLUMN carries INTEGER NOT NULL DEFAULT 0 CHECK (carries IN (0, 1));
ALTER TABLE changes ADD COLUMN bare BLOB;
ALTER TABLE changes ADD COLUMN added_at INTEGER NOT NULL DEFAULT 0;
CREATE INDEX changes_that_carry ON changes (device, number) WHERE carries = 1;
-- Up to where the device has its log.
ALTER TABLE devices ADD COLUMN cursor INTEGER NOT NULL DEFAULT 0;

-- What lies in the logs from before.
DELETE FROM changes WHERE kind IN ('verdict', 'stopped', 'team', 'cards')
    AND device IN (SELECT id FROM devices WHERE revoked_at IS NOT NULL);
DELETE FROM changes WHERE kind = 'verdict' AND EXISTS (
    SELECT 1 FROM changes AS later
    WHERE later.rid = changes.rid AND later.device = changes.device AND later.kind = 'verdict'
        AND later.number > changes.number);
UPDATE changes SET carries = 1 WHERE kind = 'verdict' AND NOT EXISTS (
    SELECT 1 FROM registrations WHERE registrations.rid = changes.rid AND standing = 'accepted');
