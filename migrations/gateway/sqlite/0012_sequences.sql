-- Whether a device's sequence has gaps, kept with every envelope: a board looks for them only where there are some.
CREATE TABLE device_sequences (
    device  INTEGER NOT NULL REFERENCES devices (id),
    epoch   INTEGER NOT NULL,
    highest INTEGER NOT NULL,
    -- Numbers that came, each once.
    here    INTEGER NOT NULL,
    PRIMARY KEY (device, epoch)
) STRICT, WITHOUT ROWID;
INSERT INTO device_sequences
    SELECT device, epoch, MAX(seq), COUNT(DISTINCT seq) FROM envelopes WHERE seq > 0 GROUP BY device, epoch;
CREATE TRIGGER envelopes_numbered AFTER INSERT ON envelopes
    WHEN new.seq > 0 AND NOT EXISTS (
        SELECT 1 FROM envelopes
        WHERE device = new.device AND epoch = new.epoch AND seq = new.seq AND number <> new.number)
BEGIN
    INSERT INTO device_sequences VALUES (new.device, new.epoch, new.seq, 1)
        ON CONFLICT (device, epoch) DO UPDATE SET highest = MAX(highest, new.seq), here = here + 1;
END;
