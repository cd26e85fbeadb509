-- A withdrawal's own body stays for good: what is due to be purged is found without looking at those.
DROP INDEX envelope_bodies;
CREATE INDEX envelope_bodies ON envelope (rid) WHERE bytes IS NOT NULL AND kind <> 'withdrawal';
