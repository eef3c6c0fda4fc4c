"""What the durable log forgets, a little at a time, so that nobody waits for it."""

import sqlite3
from itertools import takewhile

from sussurro_relay.log.retention import Retention

# Rows in one transaction: a few milliseconds of the writer's time.
_ROWS_A_TIME = 200
# Rooms that hold nothing are remembered up to this many, so that who comes back to a silent room
# is not told of a gap that was other rooms'.
_EMPTY_ROOMS = 10_000

_Row = tuple[int, int, int, int]  # seq, room, bytes, at


def trim(database: sqlite3.Connection, retention: Retention, now: int) -> int:
    """Forget some of what is over the limits; return how many rows. In a transaction of its own."""
    database.execute("BEGIN IMMEDIATE")
    try:
        rows = _over_limits(database, retention, now)
        for seq, room, size, _ in rows:
            database.execute("DELETE FROM chunk WHERE seq = ?", (seq,))
            database.execute(
                "UPDATE room SET bytes = bytes - ?, oldest = max(oldest, ?) WHERE id = ?",
                (size, seq + 1, room),
            )
        if rows:
            _drop_empty_rooms(database)
        database.execute("COMMIT")
    except sqlite3.Error:
        database.execute("ROLLBACK")
        raise
    return len(rows)


def _over_limits(database: sqlite3.Connection, retention: Retention, now: int) -> list[_Row]:
    """Return the oldest rows that must go, a limited number."""
    if retention.seconds:
        # Rows are as old as their numbers say, so the first young one ends the search.
        oldest = _select(database, "1 OR ?", 0)
        rows = list(takewhile(lambda row: row[3] < now - retention.seconds, oldest))
        if rows:
            return rows
    if retention.room_bytes:
        over = database.execute(
            "SELECT id, bytes FROM room WHERE bytes > ? LIMIT 1", (retention.room_bytes,)
        ).fetchone()
        if over:
            return _until(_select(database, "room = ?", over[0]), over[1] - retention.room_bytes)
    if retention.total_bytes:
        total = database.execute("SELECT coalesce(sum(bytes), 0) FROM room").fetchone()[0]
        if total > retention.total_bytes:
            return _until(_select(database, "1 OR ?", 0), total - retention.total_bytes)
    return []


def _select(database: sqlite3.Connection, which: str, value: int) -> list[_Row]:
    return database.execute(
        f"SELECT seq, room, length(lines), at FROM chunk WHERE {which} ORDER BY seq LIMIT {_ROWS_A_TIME}",  # noqa: S608 - our own words
        (value,),
    ).fetchall()


def _until(rows: list[_Row], size: int) -> list[_Row]:
    """Return the first rows that together have at least ``size`` bytes."""
    chosen = []
    for row in rows:
        if size <= 0:
            break
        chosen.append(row)
        size -= row[2]
    return chosen


def _drop_empty_rooms(database: sqlite3.Connection) -> None:
    """Forget rooms without chunks when they are many, and remember how far they are forgotten."""
    count, oldest = database.execute(
        "SELECT count(*), max(oldest) FROM room WHERE bytes = 0"
    ).fetchone()
    if count > _EMPTY_ROOMS:
        database.execute("UPDATE forgotten SET seq = max(seq, ?)", (oldest,))
        database.execute("DELETE FROM room WHERE bytes = 0")
