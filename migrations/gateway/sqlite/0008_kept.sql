-- The opener's search for work asks for held withdrawals: by an index of their own, whatever else a device has sent.
CREATE INDEX envelopes_withdrawals_held ON envelopes (rid, device) WHERE kind = 'withdrawal' AND held IS NOT NULL;
-- The other lists of a board: who was refused, which cards were quarrelled about.
CREATE INDEX registrations_refused ON registrations (commune) WHERE standing = 'refused';
CREATE INDEX card_refusals_by_device ON card_refusals (device);

-- What the board counts, kept with every change of what is counted. `received` counts registrations of which an envelope is
-- here, so that conservation says something: both are kept apart.
CREATE TABLE board_counts (
    commune  INTEGER NOT NULL,
    standing TEXT NOT NULL,
    count    INTEGER NOT NULL,
    PRIMARY KEY (commune, standing)
) STRICT, WITHOUT ROWID;
INSERT INTO board_counts SELECT commune, standing, COUNT(*) FROM registrations GROUP BY commune, standing;
INSERT INTO board_counts
    SELECT COALESCE(registrations.commune, envelopes.commune), 'received', COUNT(DISTINCT envelopes.rid)
    FROM envelopes LEFT JOIN registrations USING (rid) GROUP BY 1;

CREATE TRIGGER registrations_begun AFTER INSERT ON registrations
BEGIN
    INSERT INTO board_counts VALUES (new.commune, new.standing, 1)
        ON CONFLICT (commune, standing) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER registrations_moved AFTER UPDATE OF commune, standing ON registrations
    WHEN old.commune <> new.commune OR old.standing <> new.standing
BEGIN
    UPDATE board_counts SET count = count - 1 WHERE commune = old.commune AND standing = old.standing;
    INSERT INTO board_counts VALUES (new.commune, new.standing, 1)
        ON CONFLICT (commune, standing) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER envelopes_begun AFTER INSERT ON envelopes
    WHEN NOT EXISTS (SELECT 1 FROM envelopes WHERE rid = new.rid AND number <> new.number)
BEGIN
    INSERT INTO board_counts
        VALUES (COALESCE((SELECT commune FROM registrations WHERE rid = new.rid), new.commune), 'received', 1)
        ON CONFLICT (commune, standing) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER envelopes_moved AFTER UPDATE OF commune ON registrations
    WHEN old.commune <> new.commune AND EXISTS (SELECT 1 FROM envelopes WHERE rid = new.rid)
BEGIN
    UPDATE board_counts SET count = count - 1 WHERE commune = old.commune AND standing = 'received';
    INSERT INTO board_counts VALUES (new.commune, 'received', 1)
        ON CONFLICT (commune, standing) DO UPDATE SET count = count + 1;
END;
