"""Every kind of log that the contract is held against."""

from collections.abc import Callable, Sequence
from pathlib import Path

from sussurro_relay.log import Log, Page, Query, Record
from sussurro_relay.log.memory import MemoryLog
from sussurro_relay.log.sqlite import SqliteLog
from sussurro_relay.log.sqlite_retention import Retention
from sussurro_wire.chunk import Chunk

MakeLog = Callable[[], Log]

# One maker a kind, in a folder; each call opens the same log again, as the next process would.
KINDS: dict[str, Callable[[Path], Log]] = {
    "memory": lambda _: MemoryLog(10_000_000, 100_000_000),
    "sqlite-normal": lambda folder: SqliteLog(folder / "log.db", "normal", Retention()),
    "sqlite-full": lambda folder: SqliteLog(folder / "log.db", "full", Retention()),
}


def chunk(number: int, size: int = 16) -> Chunk:
    """Return a chunk of one token, each number another."""
    return Chunk(b"gAAAAA%09d" % number + b"x" * (size - 16) + b"\n", 1)


class Heard:
    """What a log has called back with."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.sizes: list[int] = []

    def __call__(self, records: Sequence[Record]) -> None:
        self.sizes.append(len(records))
        self.records += records

    def of(self, room: str) -> list[Record]:
        return [record for record in self.records if record.room == room]


def read(log: Log, query: Query) -> Page:
    """Return the page; the logs of the contract answer before they close."""
    pages: list[Page] = []
    log.read(query, pages.append)
    (page,) = pages
    return page
