"""The file of the durable log: opening, its version, and every statement on it.

Not shared between threads: the writer and the reader each open their own.
Foreign errors leave this module as `sqlite3.Error` after it was opened, since
its users decide whether to wait; at opening they are `LogError`.
"""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from importlib import resources
from pathlib import Path

from sussurro_relay.log.errors import LogError
from sussurro_relay.log.interface import Page, Query, Record

_VERSION = 1
_APPLICATION = 0x53757373  # "Suss": other programs' files are not ours to open
_CACHE_KIB = 8 * 1024
# Python reads what SQLite says of a damaged file as UTF-8, and it may quote the damage.
_DAMAGES = (sqlite3.DatabaseError, UnicodeDecodeError)


def open_database(path: Path, sync: str) -> sqlite3.Connection:
    """Open the file, made now if there is none.

    ``sync``: normal (a commit survives the process) or full (the power cord
    too). Raises LogError for a file that is damaged, newer, or not ours.
    """
    try:
        database = sqlite3.connect(path, isolation_level=None, timeout=5.0)
    except sqlite3.Error as error:
        raise LogError(f"the log {path} cannot be opened: {error}.") from None
    try:
        _prepare(database, path, sync)
    except _DAMAGES as error:
        database.close()
        raise LogError(
            f"the log {path} cannot be used: {error}; "
            "move it away to begin a new one, or put a backup in its place."
        ) from None
    except BaseException:
        database.close()
        raise
    return database


def _prepare(database: sqlite3.Connection, path: Path, sync: str) -> None:
    database.execute("PRAGMA journal_mode = WAL")
    database.execute(f"PRAGMA synchronous = {sync}")
    database.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    version = int(_one(database, "PRAGMA user_version"))
    application = int(_one(database, "PRAGMA application_id"))
    if version == 0 and not _one(database, "SELECT count(*) FROM sqlite_schema"):
        _create(database)
    elif application != _APPLICATION:
        raise LogError(f"the file {path} is not a log of Sussurro; name another with RELAY_LOG.")
    elif version > _VERSION:
        raise LogError(
            f"the log {path} was written by a newer relay (version {version}); "
            "run that relay, or name another file with RELAY_LOG."
        )


def _create(database: sqlite3.Connection) -> None:
    schema = resources.files("sussurro_relay.log").joinpath(f"sqlite_schema_{_VERSION}.sql")
    database.executescript(
        f"BEGIN IMMEDIATE;\n{schema.read_text()}\nINSERT INTO forgotten VALUES (0);\n"
        f"PRAGMA application_id = {_APPLICATION};\nPRAGMA user_version = {_VERSION};\nCOMMIT;"
    )


def check(database: sqlite3.Connection, path: Path) -> None:
    """Read the whole file once; raises LogError when it is damaged."""
    try:
        answer = str(_one(database, "PRAGMA quick_check(1)"))
        last_seq(database)
    except _DAMAGES as error:
        answer = str(error)
    if answer != "ok":
        raise LogError(
            f"the log {path} is damaged ({answer.splitlines()[0]}); "
            "move it away to begin a new one, or put a backup in its place."
        )


def last_seq(database: sqlite3.Connection) -> int:
    """Return the highest number that was ever given out."""
    try:
        row = database.execute("SELECT seq FROM sqlite_sequence WHERE name = 'chunk'").fetchone()
        return int(row[0]) if row else 0
    except (TypeError, ValueError) as error:
        raise sqlite3.DatabaseError(f"the last number is none: {error}") from None


def begin_at(database: sqlite3.Connection, seq: int) -> None:
    """Take note in a file without chunks that nothing before ``seq`` was ever kept in it."""
    database.execute("UPDATE forgotten SET seq = max(seq, ?)", (seq,))


def append(database: sqlite3.Connection, records: list[Record], at: int) -> None:
    """Insert records, within the caller's transaction."""
    for record in records:
        room = _room_for(database, record.room)
        database.execute(
            "INSERT INTO chunk VALUES (?, ?, ?, ?, ?, ?)",
            (record.seq, room, at, record.origin, record.count, record.lines),
        )
        database.execute(
            "UPDATE room SET bytes = bytes + ? WHERE id = ?", (len(record.lines), room)
        )


def _room_for(database: sqlite3.Connection, name: str) -> int:
    row = database.execute("SELECT id FROM room WHERE name = ?", (name,)).fetchone()
    if row is None:
        row = database.execute(
            "INSERT INTO room (name, oldest) SELECT ?, seq FROM forgotten RETURNING id", (name,)
        ).fetchone()
    return int(row[0])


def read(database: sqlite3.Connection, query: Query, head: int) -> Page:
    """Return the page that answers ``query``."""
    try:
        return _page(database, query, head)
    except (TypeError, ValueError) as error:
        raise sqlite3.DatabaseError(f"a row holds what was never written: {error}") from None


def _page(database: sqlite3.Connection, query: Query, head: int) -> Page:
    row = database.execute("SELECT id, oldest FROM room WHERE name = ?", (query.room,)).fetchone()
    if row is None:
        return Page((), int(_one(database, "SELECT seq FROM forgotten")), head, complete=True)
    room, oldest = row[0], int(row[1])
    if query.before is not None:
        rows = _rows(database, room, "seq < ? ORDER BY seq DESC", query.before)
        records, complete = _take(rows, query, query.messages)
        return Page(tuple(reversed(records)), oldest, head, complete)
    after = query.after if query.after is not None else _seq_before(database, room, query.messages)
    rows = _rows(database, room, "seq > ? ORDER BY seq", after)
    records, complete = _take(rows, query, None)
    return Page(tuple(records), oldest, head, complete)


def _rows(database: sqlite3.Connection, room: int, which: str, seq: int) -> sqlite3.Cursor:
    # A damaged file may hold other types than it was given, and the check does not see it.
    return database.execute(
        "SELECT seq, CAST(origin AS TEXT), CAST(count AS INTEGER), CAST(lines AS BLOB) "  # noqa: S608 - our own words
        f"FROM chunk WHERE room = ? AND {which}",
        (room, seq),
    )


def _take(
    rows: Iterator[tuple[int, str, int, bytes]], query: Query, messages: int | None
) -> tuple[list[Record], bool]:
    """Return as many records as fit, and whether that was all."""
    records: list[Record] = []
    size = count = 0
    for seq, origin, tokens, lines in rows:
        too_large = size + len(lines) > query.limit_bytes
        if records and (too_large or (messages is not None and count >= messages)):
            return records, False
        records.append(Record(query.room, seq, origin, tokens, lines))
        size += len(lines)
        count += tokens
    return records, True


def _seq_before(database: sqlite3.Connection, room: int, messages: int) -> int:
    """Return the seq after which at least ``messages`` messages are left."""
    if messages:
        rows = database.execute(
            "SELECT seq, count FROM chunk WHERE room = ? ORDER BY seq DESC", (room,)
        )
        for seq, tokens in rows:
            messages -= tokens
            if messages <= 0:
                return int(seq) - 1
        return 0
    row = database.execute("SELECT max(seq) FROM chunk WHERE room = ?", (room,)).fetchone()
    return int(row[0] or 0)


def space(path: Path) -> tuple[int | None, int | None]:
    """Return what the file and its write-ahead log take, and what is free beside them.

    None where the disk does not say.
    """
    try:
        size = path.stat().st_size
        with suppress(FileNotFoundError):
            size += path.with_name(f"{path.name}-wal").stat().st_size
        return size, shutil.disk_usage(path.parent).free
    except OSError:
        return None, None


def _one(database: sqlite3.Connection, statement: str) -> int | str:
    answer: int | str = database.execute(statement).fetchone()[0]
    return answer
