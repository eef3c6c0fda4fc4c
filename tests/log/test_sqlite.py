"""What the durable log promises beyond the contract: its file, what it forgets, a disk that fails."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from sussurro_relay.log import Page, Query
from sussurro_relay.log.errors import LogError
from sussurro_relay.log.retention import Retention
from sussurro_relay.log.sqlite import SqliteLog
from sussurro_relay.log.sqlite_file import open_database
from tests.log.kinds import Heard, chunk
from tests.support.relay import until

YEAR = 365 * 24 * 3600


class Clock:
    """Seconds since 1970, moved by hand."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "log.db"


def opened(
    path: Path, heard: Heard, clock: Clock | None = None, keep: Retention | None = None
) -> SqliteLog:
    log = SqliteLog(path, "normal", keep or Retention(), clock or Clock())
    log.start(heard)
    return log


def page_of(log: SqliteLog, query: Query) -> Page:
    pages: list[Page] = []
    log.read(query, pages.append)
    until(lambda: pages)
    return pages[0]


def fill(log: SqliteLog, heard: Heard, room: str, count: int, size: int = 1000) -> None:
    already = len(heard.records)
    for number in range(count):
        log.append(room, chunk(number, size), "ana", 0.0)
    until(lambda: len(heard.records) == already + count)


def kept(log: SqliteLog, room: str) -> int:
    return len(page_of(log, Query(room, after=0, limit_bytes=10**9)).records)


def test_what_was_committed_is_there_for_the_next_process(path: Path) -> None:
    heard = Heard()
    log = opened(path, heard)
    fill(log, heard, "room", 50)
    log.close()
    again = opened(path, Heard())
    records = page_of(again, Query("room", after=0, limit_bytes=10**9)).records
    assert records == tuple(heard.records)
    again.close()


def test_a_kill_loses_nothing_that_was_committed(path: Path) -> None:
    """The writer is killed while it writes; every seq that it had told of is in the file."""
    program = f"""
import sys
from pathlib import Path
from sussurro_relay.log.sqlite import SqliteLog
from sussurro_relay.log.retention import Retention
from sussurro_wire.chunk import Chunk
log = SqliteLog(Path({str(path)!r}), "normal", Retention())
log.start(lambda records: print(*(record.seq for record in records), sep="\\n", flush=True))
for number in range(100000):
    log.append("room", Chunk(b"gAAAAA%09d\\n" % number, 1), "ana", 0.0)
"""
    writer = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    with writer.stdout as told:
        first = told.readline()
        writer.send_signal(signal.SIGKILL)
        seqs = {int(line) for line in (first + told.read()).split("\n")[:-1] if line.strip()}
    writer.wait()
    log = opened(path, Heard())
    page = page_of(log, Query("room", after=0, limit_bytes=10**9))
    assert seqs <= {record.seq for record in page.records}
    log.close()


def test_many_chunks_handed_over_at_once_share_a_commit(path: Path) -> None:
    heard = Heard()
    gate = threading.Event()
    log = SqliteLog(path, "normal", Retention(), Clock())

    def committed(records: list[object]) -> None:
        gate.wait(10)
        heard(records)  # type: ignore[arg-type]

    log.start(committed)  # type: ignore[arg-type]
    for number in range(500):
        log.append("room", chunk(number), "ana", 0.0)
    gate.set()
    until(lambda: len(heard.records) == 500)
    assert len(heard.sizes) <= 5
    log.close()


def test_a_newer_file_is_refused_and_left_as_it_is(path: Path) -> None:
    open_database(path, "normal").close()
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    before = path.read_bytes()
    with pytest.raises(LogError, match="newer relay"):
        SqliteLog(path, "normal", Retention())
    assert path.read_bytes() == before


def test_another_programs_file_is_refused(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE recipes (name TEXT)")
    database.close()
    with pytest.raises(LogError, match="not a log of Sussurro"):
        SqliteLog(path, "normal", Retention())


@pytest.mark.parametrize("damage", ["no database at all", "a hole in its middle", "cut short"])
def test_a_damaged_file_is_refused_with_what_to_do_and_never_deleted(
    path: Path, damage: str
) -> None:
    heard = Heard()
    log = opened(path, heard)
    fill(log, heard, "room", 500)
    log.close()
    data = path.read_bytes()
    match damage:
        case "no database at all":
            data = b"these are not the bytes of a database" * 1000
        case "a hole in its middle":
            data = data[:8192] + bytes(65536) + data[8192 + 65536 :]
        case "cut short":
            data = data[: len(data) // 2]
    path.write_bytes(data)
    with pytest.raises(LogError, match="move it away"):
        SqliteLog(path, "normal", Retention())
    assert path.read_bytes() == data


def test_a_folder_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(LogError, match="cannot be opened"):
        SqliteLog(tmp_path / "nowhere" / "log.db", "normal", Retention())


def test_messages_are_forgotten_by_age(path: Path) -> None:
    heard, clock = Heard(), Clock()
    log = opened(path, heard, clock, Retention(seconds=3600))
    fill(log, heard, "room", 10)
    clock.now += 3601
    fill(log, heard, "room", 1)
    until(lambda: kept(log, "room") == 1)
    page = page_of(log, Query("room", after=0))
    assert page.oldest == heard.records[9].seq + 1
    log.close()


@pytest.mark.parametrize("limit", ["room_bytes", "total_bytes"])
def test_messages_are_forgotten_by_size_the_oldest_first(path: Path, limit: str) -> None:
    heard = Heard()
    log = opened(path, heard, keep=Retention(**{limit: 20_000}))
    fill(log, heard, "room", 500)
    until(lambda: kept(log, "room") == 20)
    assert page_of(log, Query("room", after=0)).records[-1] == heard.records[-1]
    log.close()


def test_one_loud_room_makes_no_other_forget(path: Path) -> None:
    heard = Heard()
    log = opened(path, heard, keep=Retention(room_bytes=20_000))
    fill(log, heard, "quiet", 5)
    fill(log, heard, "loud", 500)
    until(lambda: kept(log, "loud") == 20)
    assert kept(log, "quiet") == 5
    assert page_of(log, Query("quiet", after=0)).oldest <= heard.records[0].seq
    log.close()


def test_a_seq_is_not_used_again_when_everything_was_forgotten_and_the_clock_went_back(
    path: Path,
) -> None:
    heard, clock = Heard(), Clock()
    log = opened(path, heard, clock, Retention(seconds=1))
    fill(log, heard, "room", 10)
    clock.now += YEAR
    until(lambda: kept(log, "room") == 0)
    log.close()
    clock.now -= 2 * YEAR
    again = Heard()
    log = opened(path, again, clock)
    fill(log, again, "room", 1)
    assert again.records[0].seq > heard.records[-1].seq
    log.close()


def test_a_full_disk_keeps_nothing_back_and_goes_on_by_itself(
    path: Path, small_disk: Callable[[], Path]
) -> None:
    """On a file system of 4 MiB: what is not kept is not told, and later it is, in order."""
    del path
    folder = small_disk()
    heard = Heard()
    log = opened(folder / "log.db", heard)
    filler = folder / "filler"
    fill(log, heard, "room", 10)
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    already = len(heard.records)
    for number in range(2000):
        log.append("room", chunk(number, 1000), "bia", 0.0)
    until(lambda: not log.is_available())
    told = len(heard.records)
    assert told - already < 2000
    filler.unlink()
    until(lambda: len(heard.records) == already + 2000)
    assert log.is_available()
    assert [record.lines for record in heard.records[already:]] == [
        chunk(number, 1000).lines for number in range(2000)
    ]
    log.close()


@pytest.fixture
def small_disk(tmp_path: Path, request: pytest.FixtureRequest) -> Callable[[], Path]:
    """Mount a file system of 4 MiB; only root can."""

    def mount() -> Path:
        folder = tmp_path / "small"
        folder.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
        if os.geteuid() or subprocess.run(command, check=False).returncode:
            pytest.skip("only root can mount a small disk to fill")
        request.addfinalizer(lambda: subprocess.run(["umount", str(folder)], check=True))
        return folder

    return mount
