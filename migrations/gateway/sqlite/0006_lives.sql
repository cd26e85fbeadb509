-- A platform that forgot: which life of the server a device's cursor is of, and what devices were asked to send again.

-- From a start of the server to the next, each with a random name.
CREATE TABLE lives (
    number   INTEGER PRIMARY KEY AUTOINCREMENT,
    instance BLOB NOT NULL UNIQUE CHECK (length(instance) = 16),
    began_at INTEGER NOT NULL
) STRICT;

-- Where a device's log of changes stood when a life ended; only where it had grown since the end before.
CREATE TABLE log_ends (
    device INTEGER NOT NULL REFERENCES devices (id),
    life   INTEGER NOT NULL REFERENCES lives (number),
    last   INTEGER NOT NULL,
    PRIMARY KEY (device, life)
) STRICT, WITHOUT ROWID;

-- Numbers of a device's sequence that had been received and were not here any more.
CREATE TABLE healings (
    device   INTEGER NOT NULL REFERENCES devices (id),
    epoch    INTEGER NOT NULL,
    first    INTEGER NOT NULL,
    last     INTEGER NOT NULL CHECK (last >= first),
    noted_at INTEGER NOT NULL,
    PRIMARY KEY (device, epoch, first, last)
) STRICT, WITHOUT ROWID;
