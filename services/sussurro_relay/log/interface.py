"""The values and the interface that every kind of log shares."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from sussurro_relay.tally import Times
from sussurro_wire.chunk import Chunk

PAGE_BYTES = 256 * 1024


# Made for each chunk, and freezing it would cost more than making it: nobody changes one.
@dataclass(slots=True)
class Record:
    """A chunk that is kept.

    ``origin`` is the session that sent it; ``read_at`` is when it was read from
    its connection, in seconds of the monotonic clock (0 in what was stored).
    """

    room: str
    seq: int
    origin: str
    count: int
    lines: bytes
    read_at: float = field(default=0.0, compare=False)


@dataclass(frozen=True, slots=True)
class Query:
    """Which records of a room to read, in one of three ways.

    ``after``: those above this seq, oldest first, as many as fit.
    ``messages`` alone: the same, from where that many messages are left.
    ``messages`` with ``before``: the newest below ``before`` that together hold
    as many messages, or as fit. A page always holds at least one record if there
    is one.
    """

    room: str
    after: int | None = None
    messages: int = 0
    before: int | None = None
    limit_bytes: int = PAGE_BYTES


@dataclass(frozen=True, slots=True)
class Page:
    """Records by rising seq, and where they stand in the room's log.

    From ``oldest`` on every chunk is kept. ``complete``: there is no more up to
    ``head`` than this page (read with ``before``: no more below it).
    """

    records: tuple[Record, ...]
    oldest: int
    head: int
    complete: bool


@dataclass(frozen=True, slots=True)
class LogFigures:
    """What a log tells of itself for the metrics. None: this kind has no such figure."""

    waiting_bytes: int = 0  # handed over and not kept yet
    append_times: Times | None = None  # from the read of a chunk until it is kept
    size_bytes: int | None = None  # what it takes where it is kept
    limit_bytes: int | None = None  # of the messages that it keeps; 0: none
    disk_free_bytes: int | None = None
    is_connected: bool | None = None  # to the servers that keep it
    reconnects: int | None = None  # since the start


class Log(Protocol):
    """Keeps chunks; see the package for what each method must hold to."""

    def start(self, committed: Callable[[Sequence[Record]], None]) -> None:
        """Begin; called once, before anything else."""

    def append(self, room: str, chunk: Chunk, origin: str, read_at: float) -> None:
        """Hand over a chunk; any thread, returns at once."""

    def read(self, query: Query, done: Callable[[Page], None]) -> None:
        """Read a page and call ``done`` with it, now or later, in any thread."""

    def is_available(self) -> bool:
        """Return whether chunks can be kept now; any thread."""

    def is_behind(self) -> bool:
        """Return whether so much waits to be kept that senders should; any thread."""

    def figures(self) -> LogFigures:
        """Return what the metrics tell of it; any thread, and it waits for no lock of a writer."""

    def close(self) -> None:
        """Keep what was handed over, and end."""
