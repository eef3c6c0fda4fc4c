"""What an operator or a disk hands over: settings, and files that are damaged."""

import sqlite3
import tempfile
from functools import cache
from pathlib import Path

from pydantic import ValidationError

from sussurro_client.display import looks_of
from sussurro_client.errors import ClientError
from sussurro_client.events import Person
from sussurro_client.memory import Memory
from sussurro_client.room_folder import RoomFolder
from sussurro_relay.log import sqlite_file
from sussurro_relay.log.errors import LogError
from sussurro_relay.log.interface import Query, Record
from sussurro_relay.log.retention import Retention
from sussurro_relay.log.sqlite import SqliteLog
from sussurro_relay.settings import RelaySettings
from sussurro_wire.codec import encode
from sussurro_wire.messages import At
from sussurro_wire.room import public_key_of
from tests.fuzz.choices import Choices

FIELDS = tuple(RelaySettings.model_fields)
_ROOM = "room"
_QUERIES = (
    Query(_ROOM, after=0),
    Query(_ROOM, messages=5),
    Query(_ROOM, messages=5, before=100),
    Query("another"),
)


def fuzz_relay_settings(data: bytes) -> None:
    """A value is refused as such, or is one that the relay can run with."""
    choices = Choices(data)
    field = FIELDS[choices.below(len(FIELDS))]
    value = choices.rest().decode("utf-8", "surrogateescape")
    try:
        settings = RelaySettings.model_validate({field: value})
    except ValidationError:
        return
    assert all(0 <= port < 65536 for port in (settings.port, settings.metrics_port))
    for room in settings.rooms:
        assert len(public_key_of(room)) == 32
    assert settings.log_path is None or settings.log_path.is_absolute()
    seconds = (
        settings.handshake_seconds,
        settings.heartbeat_seconds,
        settings.count_seconds,
        settings.drain_seconds,
    )
    # What a lock waits for, a socket option holds in milliseconds, and SQLite in a column.
    assert all(0 < 2000 * value < 2**31 for value in seconds)
    numbers = (value for _, value in settings if isinstance(value, int))
    assert all(0 <= value < 2**63 for value in numbers)
    assert settings.max_line_bytes >= 1024
    assert settings.io_threads > 0


def fuzz_log_file(data: bytes) -> None:
    """A damaged file is refused with a sentence, or what can be read of it is sound."""
    choices = Choices(data)
    damaged = bytearray(good_file())
    if choices.below(4) == 1:
        del damaged[choices.number() % len(damaged) :]
    while choices:
        # Most of the file is empty pages: the first bytes of each are where damage matters.
        page, place, change = choices.below(256), choices.take(2), choices.take(4)
        start = (page * 4096 + int.from_bytes(place, "big") % 4096) % (len(damaged) or 1)
        damaged[start : start + len(change)] = change
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        path = Path(folder, "log.db")
        path.write_bytes(damaged)
        try:
            SqliteLog(path, "normal", Retention(0, 0, 0), clock=lambda: 1.0)
        except LogError as error:
            assert str(path) in str(error)
            return
        _read_all(path)


def fuzz_memory_files(data: bytes) -> None:
    """What a client kept is refused with a sentence, or can be used and kept again."""
    choices = Choices(data)
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        kept = RoomFolder(Path(folder), _ROOM, "relay.example:5454")
        room = Path(folder, "rooms", _ROOM)
        room.mkdir(parents=True)
        (room / ("people.json", "heard.json")[choices.below(2)]).write_bytes(choices.rest())
        try:
            snapshot = kept.load()
        except ClientError as error:
            assert str(room) in str(error)
            return
        memory = Memory(Person("Ana", bytes(32)), snapshot)
        assert kept.save(memory.snapshot())
        people = kept.load().people
        assert {each.person for each in people} >= {each.person for each in memory.acquaintances}
        owners = [looks_of(each.person.name) for each in people if each.is_owner]
        assert len(owners) == len(set(owners)), "a name is one person's"


def _read_all(path: Path) -> None:
    database = sqlite_file.open_database(path, "normal")
    try:
        for query in _QUERIES:
            page = sqlite_file.read(database, query, 1_000_000)
            assert isinstance(page.oldest, int)
            for record in page.records:
                # What the relay does with a record in a thread that serves everybody.
                assert encode(At(record.seq)) + record.lines
                assert isinstance(record.origin, str)
                assert isinstance(record.count, int)
    except sqlite3.Error:
        return  # the reader waits for the disk to come to its senses
    finally:
        database.close()


@cache
def good_file() -> bytes:
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        path = Path(folder, "log.db")
        database = sqlite_file.open_database(path, "normal")
        sqlite_file.begin_at(database, 5)
        lines = b"gAAAAAa\n" * 60
        records = [Record(_ROOM, 10 + seq, "ana", 60, lines) for seq in range(20)]
        sqlite_file.append(database, records, at=1)
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.close()
        return path.read_bytes()
