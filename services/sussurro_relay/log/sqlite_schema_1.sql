-- Version 1 of the durable log. A file of a later version is refused, never changed.
-- Applied as one transaction to an empty file; the version stands in PRAGMA user_version.

CREATE TABLE room (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    oldest INTEGER NOT NULL,            -- from this seq on every chunk is kept
    bytes INTEGER NOT NULL DEFAULT 0    -- of its chunks' lines
);

-- One row a chunk. AUTOINCREMENT: a number is never used again, even when its row is gone.
CREATE TABLE chunk (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    room INTEGER NOT NULL REFERENCES room (id),
    at INTEGER NOT NULL,                -- when it was kept, in seconds since 1970
    origin TEXT NOT NULL,               -- the session that sent it
    count INTEGER NOT NULL,             -- tokens in it
    lines BLOB NOT NULL
);

-- Reading a room forwards, backwards, and counting messages back, without touching the lines.
CREATE INDEX chunk_of_room ON chunk (room, seq, count);

-- One number: rooms without a row keep everything from here on.
CREATE TABLE forgotten (
    seq INTEGER NOT NULL
);
