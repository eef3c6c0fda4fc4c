"""``memory:``, a bounded window of each room that ends with the process."""

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence

from sussurro_relay.budget import Budget, Charge, Kind
from sussurro_relay.log.interface import LogFigures, Page, Query, Record
from sussurro_wire.chunk import Chunk

# What a record costs beside its bytes: the objects that hold it.
_RECORD_OVERHEAD = 512
# And a room, however little is kept of it.
_SHELF_OVERHEAD = 1536


class _Shelf:
    """The newest records of one room. Owned by the log's lock."""

    __slots__ = ("oldest", "records", "size")

    def __init__(self, oldest: int) -> None:
        self.records: deque[Record] = deque()
        self.size = 0
        self.oldest = oldest

    def put(self, record: Record) -> int:
        size = len(record.lines) + _RECORD_OVERHEAD
        self.records.append(record)
        self.size += size
        return size

    def drop_oldest(self) -> int:
        record = self.records.popleft()
        size = len(record.lines) + _RECORD_OVERHEAD
        self.size -= size
        self.oldest = record.seq + 1
        return size


class MemoryLog:
    """Keeps the newest ``room_bytes`` of each room and ``total_bytes`` in all.

    Where all rooms together hold too much, the room that has been silent the
    longest forgets first. Sequence numbers begin at the clock's microseconds,
    so that a restarted relay counts on from above.
    """

    def __init__(
        self,
        room_bytes: int,
        total_bytes: int,
        clock: Callable[[], float] = time.time,
        budget: Budget | None = None,
    ) -> None:
        self._room_bytes = min(room_bytes, total_bytes)
        self._total_bytes = total_bytes
        self._budget = budget or Budget()
        self._budget.when_shrinking(self._shrink)
        # The lock guards everything below and is never held across a callback.
        self._lock = threading.Lock()
        self._first = int(clock() * 1_000_000)
        self._head = self._first - 1
        self._shelves: OrderedDict[str, _Shelf] = OrderedDict()
        self._forgotten = self._first  # rooms without a shelf keep everything from here on
        self._size = 0
        self._charge = Charge(self._budget, Kind.LOG)
        self._undelivered: list[Record] = []
        self._delivering = False
        self._committed: Callable[[Sequence[Record]], None] = lambda _: None

    def start(self, committed: Callable[[Sequence[Record]], None]) -> None:
        """Begin; nothing is to be opened."""
        self._committed = committed

    def append(self, room: str, chunk: Chunk, origin: str, read_at: float) -> None:
        """Keep a chunk at once, and pass it on unless another thread is doing so."""
        with self._lock:
            self._head += 1
            record = Record(room, self._head, origin, chunk.count, chunk.lines, read_at)
            self._put(record)
            self._charge.settle(self._held())
            self._undelivered.append(record)
            if self._delivering:
                return
            self._delivering = True
        # One thread delivers at a time, so that the order is the log's.
        while records := self._take_undelivered():
            self._committed(records)

    def read(self, query: Query, done: Callable[[Page], None]) -> None:
        """Read a page and call ``done`` at once, in the caller's thread."""
        with self._lock:
            shelf = self._shelves.get(query.room)
            records = list(shelf.records) if shelf else []
            oldest = shelf.oldest if shelf else self._forgotten
            head = self._head
        done(select(records, query, oldest, head))

    def is_available(self) -> bool:
        """Return true: memory is always there."""
        return True

    def is_behind(self) -> bool:
        """Return false: what is handed over is kept."""
        return False

    def figures(self) -> LogFigures:
        """Return how much is kept; no times, as a chunk is kept once it is handed over."""
        return LogFigures(size_bytes=self._size, limit_bytes=self._total_bytes)

    def close(self) -> None:
        """End; nothing is kept anywhere."""

    def _take_undelivered(self) -> list[Record]:
        with self._lock:
            records, self._undelivered = self._undelivered, []
            self._delivering = bool(records)
            return records

    def _put(self, record: Record) -> None:
        shelf = self._shelves.get(record.room)
        if shelf is None:
            shelf = self._shelves[record.room] = _Shelf(self._forgotten)
        self._shelves.move_to_end(record.room)
        self._size += shelf.put(record)
        while shelf.size > self._room_bytes and len(shelf.records) > 1:
            self._size -= shelf.drop_oldest()
        self._forget_silent_rooms()

    def _shrink(self) -> None:
        with self._lock:
            self._forget_silent_rooms()
            self._charge.settle(self._held())

    def _held(self) -> int:
        return self._size + len(self._shelves) * _SHELF_OVERHEAD

    def _forget_silent_rooms(self) -> None:
        allowed = self._budget.log_bytes
        while len(self._shelves) > 1 and (self._size > self._total_bytes or self._held() > allowed):
            self._forget_silent_room()

    def _forget_silent_room(self) -> None:
        _, shelf = self._shelves.popitem(last=False)
        self._size -= shelf.size
        self._forgotten = max(self._forgotten, shelf.records[-1].seq + 1)


def select(records: Sequence[Record], query: Query, oldest: int, head: int) -> Page:
    """Return the page that answers ``query`` from a room's kept ``records``."""
    if query.before is not None:
        older = [record for record in records if record.seq < query.before]
        chosen: deque[Record] = deque()
        count = size = 0
        while older and (not chosen or (count < query.messages and size < query.limit_bytes)):
            record = older.pop()
            chosen.appendleft(record)
            count += record.count
            size += len(record.lines)
        return Page(tuple(chosen), oldest, head, complete=not older)
    start = len(records)
    if query.after is not None:
        start = next((i for i, record in enumerate(records) if record.seq > query.after), start)
    else:
        count = 0
        while start and count < query.messages:
            start -= 1
            count += records[start].count
    taken: list[Record] = []
    size = 0
    for record in records[start:]:
        if taken and size + len(record.lines) > query.limit_bytes:
            break
        taken.append(record)
        size += len(record.lines)
    return Page(tuple(taken), oldest, head, complete=start + len(taken) == len(records))
