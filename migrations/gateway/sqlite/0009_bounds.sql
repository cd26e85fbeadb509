-- Tokens are statements under a key of the running server and need no table; nonces are remembered in memory, few of each device.
DROP TABLE nonces;

-- What a device may repeat has an end within a day (UTC). Rows of earlier days go.
CREATE TABLE device_days (
    device INTEGER NOT NULL REFERENCES devices (id),
    what   TEXT NOT NULL,
    day    INTEGER NOT NULL,
    used   INTEGER NOT NULL,
    PRIMARY KEY (device, what)
) STRICT, WITHOUT ROWID;
