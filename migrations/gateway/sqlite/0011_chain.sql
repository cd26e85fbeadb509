-- A chain over what was received: each envelope's link is made from the one before it, so that a row that went shows.
-- Links of what was received before are made when the server starts.
ALTER TABLE envelopes ADD COLUMN chain BLOB;

-- The last link, apart from its envelope.
CREATE TABLE chain_head (
    one    INTEGER PRIMARY KEY CHECK (one = 1),
    number INTEGER NOT NULL,
    hash   BLOB NOT NULL
) STRICT;
INSERT INTO chain_head VALUES (1, 0, zeroblob(32));

-- Heads that the platform signed, now and then; devices are shown the last one.
CREATE TABLE signed_heads (
    number    INTEGER PRIMARY KEY,
    hash      BLOB NOT NULL,
    signed_at INTEGER NOT NULL,
    signature BLOB NOT NULL
) STRICT;
