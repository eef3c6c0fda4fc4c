"""Every kind of log that the contract is held against."""

import asyncio
import atexit
import tempfile
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import nats
import pytest
from nats.js.errors import NotFoundError

from sussurro_relay.cluster.bus import Bus
from sussurro_relay.log import Log, Page, Query, Record
from sussurro_relay.log.memory import MemoryLog
from sussurro_relay.log.nats import NatsLog
from sussurro_relay.log.nats_stream import NAME
from sussurro_relay.log.retention import Retention
from sussurro_relay.log.sqlite import SqliteLog
from sussurro_wire.chunk import Chunk
from tests.support.nats_server import NatsServer, why_no_nats
from tests.support.relay import until

MakeLog = Callable[[], Log]


@cache
def nats_server() -> NatsServer:
    """Return the one server of this run, started; skips where there is none to be had."""
    reason = why_no_nats()
    if reason:
        pytest.skip(reason)
    server = NatsServer(Path(tempfile.mkdtemp()))
    atexit.register(server.remove)
    server.start()
    return server


def open_nats(folder: Path) -> Log:
    """Open the log on the server; one that is new in this folder is empty."""
    url = nats_server().url
    opened = folder / "opened"
    if not opened.exists():
        opened.touch()
        asyncio.run(_forget_stream(url))
    return NatsLog(Bus([url]), 1, Retention())


async def _forget_stream(url: str) -> None:
    client = await nats.connect(url)
    try:
        await client.jetstream().delete_stream(NAME)
    except NotFoundError:
        pass
    finally:
        await client.close()


# One maker a kind, in a folder; each call opens the same log again, as the next process would.
KINDS: dict[str, Callable[[Path], Log]] = {
    "memory": lambda _: MemoryLog(10_000_000, 100_000_000),
    "sqlite-normal": lambda folder: SqliteLog(folder / "log.db", "normal", Retention()),
    "sqlite-full": lambda folder: SqliteLog(folder / "log.db", "full", Retention()),
    "nats": open_nats,
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


OpenLog = Callable[..., tuple[NatsLog, Heard]]


def lines(records: Sequence[Record]) -> list[bytes]:
    return [record.lines for record in records]


def enter(log: NatsLog, room: str) -> None:
    """Have the room followed, as its first member's arrival does."""
    pages: list[Page] = []
    log.read(Query(room, messages=0), pages.append)
    until(lambda: pages)


def read(log: Log, query: Query) -> Page:
    """Return the page; the logs of the contract answer before they close."""
    pages: list[Page] = []
    log.read(query, pages.append)
    (page,) = pages
    return page
