"""What the relay holds in memory for others, by kind, against one limit.

Everything that somebody outside can make the relay keep is charged here by
whoever keeps it. As the limit comes near, things happen in this order, each at
its own mark: windows and the log in memory shrink; members are not read until
there is space again; new connections are refused; joins are refused. Backpressure
loses nothing, so it comes before any refusal. No socket, no clock.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

# Sixteenths of the limit. Between two marks there is space for what is under way.
_SHRINK_AT, _READ_BELOW, _READ_LITTLE_BELOW, _CONNECT_BELOW, _JOIN_BELOW = 10, 12, 13, 14, 15
_LOG_SHARE = 6
# A quarter of the limit is for what single connections hold; each may have this much in any case.
_FAIR_SHARE = 4
_LEAST_FAIR_BYTES = 16 * 1024
# What all connections together may bring a second while memory is full, as a share of the limit.
_RATE_SHARE = 16
# Once members had to wait, hogs are sent away until this mark, and not only until the next byte.
_ENOUGH_AT = 11

# What the objects cost beside the bytes that they hold, measured and rounded up.
CONNECTION_BYTES = 4 * 1024
ROOM_BYTES = 4 * 1024
MEMBER_BYTES = 512
_BUFFER_BYTES = 256

UNLIMITED = 1 << 62


class Kind(StrEnum):
    """What memory is held for."""

    CONNECTIONS = "connections"  # sockets, their state, unfinished lines, pages not sent yet
    ROOMS = "rooms"  # members, their cards, rosters
    WINDOWS = "windows"  # the newest chunks of rooms, as members are sent them
    BUFFERS = "buffers"  # answers, and what sockets have not taken
    PAGES = "pages"  # of the log, on their way to a connection
    UNWRITTEN = "unwritten"  # handed to the log and not kept yet
    LOG = "log"  # kept by the log in memory


@dataclass(slots=True)
class _Held:
    """A buffer that several may hold; keeping it here keeps its id from being given again."""

    buffer: bytes
    holders: int


class Budget:
    """The account. Its lock guards all of it, and nothing else is done while it is held."""

    __slots__ = (
        "_buffers", "_by_kind", "_connect_below", "_is_short", "_lock", "_read_below", "_share",
        "_shrink", "_shrink_at", "_total", "fair_bytes", "fair_rate", "limit", "log_bytes",
    )  # fmt: skip

    def __init__(self, limit: int = UNLIMITED) -> None:
        self.limit = limit
        # The marks that are looked at for each chunk.
        self._shrink_at = limit // 16 * _SHRINK_AT
        self._read_below = limit // 16 * _READ_BELOW
        self._connect_below = limit // 16 * _CONNECT_BELOW
        self._lock = threading.Lock()
        self._total = 0
        self._by_kind = dict.fromkeys(Kind, 0)
        self._buffers: dict[int, _Held] = {}
        self._shrink: list[Callable[[], None]] = []
        # Set by `share_out`, read by all: what the log in memory may keep, each window, and
        # each connection that takes nothing away.
        self.fair_bytes = limit
        self.fair_rate = limit  # a second
        self._is_short = False
        self.log_bytes = limit // 16 * _LOG_SHARE
        self._share = limit

    def charge(self, kind: Kind, size: int) -> None:
        """Take note of ``size`` bytes more, or fewer where it is negative."""
        with self._lock:
            self._total += size
            self._by_kind[kind] += size

    def hold(self, buffer: bytes) -> None:
        """Charge a buffer; one that many hold is charged once."""
        with self._lock:
            held = self._buffers.get(id(buffer))
            if held is not None:
                held.holders += 1
                return
            self._buffers[id(buffer)] = _Held(buffer, 1)
            self._charge_buffer(len(buffer) + _BUFFER_BYTES)

    def drop(self, buffer: bytes) -> None:
        """Take note that one holder has let go of a buffer; once for each `hold`."""
        with self._lock:
            held = self._buffers[id(buffer)]
            held.holders -= 1
            if not held.holders:
                del self._buffers[id(buffer)]
                self._charge_buffer(-len(buffer) - _BUFFER_BYTES)

    def _charge_buffer(self, size: int) -> None:
        self._total += size
        self._by_kind[Kind.BUFFERS] += size

    # What it means for others; a single number is read, so no lock.

    @property
    def is_tight(self) -> bool:
        """Whether windows and the log in memory have to shrink."""
        return self._total >= self._shrink_at

    @property
    def window_bytes(self) -> int:
        """How much one room's window may hold."""
        return self._share if self.is_tight else self.limit

    @property
    def may_read_little(self) -> bool:
        """Whether those are read who bring and hold little."""
        return self._total < self.limit // 16 * _READ_LITTLE_BELOW

    @property
    def may_connect(self) -> bool:
        """Whether a new connection is taken."""
        return self._total < self._connect_below

    @property
    def may_join(self) -> bool:
        """Whether who is connected may enter a room."""
        return self._total < self.limit // 16 * _JOIN_BELOW

    @property
    def may_read(self) -> bool:
        """Whether every member is read."""
        return self._total < self._read_below

    @property
    def is_short(self) -> bool:
        """Whether who holds more than its fair share, and moves nothing, has to go."""
        return self._is_short and self._total >= self.limit // 16 * _ENOUGH_AT

    def held(self) -> dict[Kind, int]:
        """Return how many bytes are held of each kind; any thread."""
        with self._lock:
            return dict(self._by_kind)

    # What gives way.

    def when_shrinking(self, shrink: Callable[[], None]) -> None:
        """Have ``shrink`` called by `share_out`; before any thread is started."""
        self._shrink.append(shrink)

    def share_out(self, rooms: int, connections: int) -> None:
        """Divide what is left among the log in memory, the rooms' windows and the connections.

        Where memory is tight, those who hold more than their share are told to shrink.
        """
        with self._lock:
            log, windows = self._by_kind[Kind.LOG], self._by_kind[Kind.WINDOWS]
            left = max(0, self._shrink_at - (self._total - log - windows))
            self.log_bytes = min(self.limit // 16 * _LOG_SHARE, left * 2 // 3)
            self._share = (left - min(log, self.log_bytes)) // max(rooms, 1)
            each = max(connections, 1)
            self.fair_bytes = max(_LEAST_FAIR_BYTES, self.limit // _FAIR_SHARE // each)
            self.fair_rate = max(1, self.limit // _RATE_SHARE // each)
            is_tight = self.is_tight
            self._is_short = not self.may_read or self.is_short
        if is_tight:
            for shrink in self._shrink:
                shrink()


class Charge:
    """What one holder is charged for one kind. Belongs to the holder."""

    __slots__ = ("_budget", "_kind", "size")

    def __init__(self, budget: Budget, kind: Kind) -> None:
        self._budget = budget
        self._kind = kind
        self.size = 0

    def add(self, size: int) -> None:
        """Take note that the holder holds ``size`` bytes more, or fewer where it is negative."""
        self.settle(self.size + size)

    def settle(self, size: int) -> None:
        """Take note that the holder holds ``size`` bytes now."""
        if size != self.size:
            self._budget.charge(self._kind, size - self.size)
            self.size = size
