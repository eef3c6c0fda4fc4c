"""The tail of a room's log in memory, as the bytes that members are sent. Pure.

A position numbers the entries of one window from 0; a cursor is a position.
All cursors at one position share one joined buffer. Owned by the room's lock.
"""

from collections import OrderedDict
from dataclasses import dataclass

# One send carries about this much: enough to make calls rare, little enough that
# readers who lag at different places do not pin much memory.
BATCH_BYTES = 256 * 1024
_CACHED_BATCHES = 32
_COMPACT_AFTER = 1024
# What an entry costs beside its bytes: the objects that hold it. A line may be shorter.
ENTRY_BYTES = 384
_FEWEST_ENTRIES = 64  # that the limit allows, however small it is


# Entries and batches are made for each chunk, and freezing them would cost more than making
# them: nobody changes one.
@dataclass(slots=True)
class Entry:
    """A chunk with its ``AT`` line, or a line about presence (``seq`` and ``count`` are 0)."""

    seq: int
    origin: str
    count: int
    frame: bytes
    read_at: float


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom a batch is made: what it must not hold.

    ``session``: its own entries. ``after_seq``: chunks up to it, which it has.
    ``entered_at``: presence before that position, which is not news.
    """

    session: str
    after_seq: int
    entered_at: int

    def wants(self, position: int, entry: Entry) -> bool:
        """Return whether the entry is for this reader."""
        if entry.origin == self.session:
            return False
        return entry.seq > self.after_seq if entry.seq else position >= self.entered_at


@dataclass(slots=True)
class Batch:
    """What a cursor is due: bytes up to ``end``, and what was passed on the way.

    ``seq`` is the last chunk's (0: none), ``count`` the tokens in the data,
    ``own`` the reader's own tokens left out and ``own_seq`` the last chunk of them,
    ``origins`` everyone who sent, in that order, ``read_at`` when the oldest chunk was read (0: none).
    """

    data: bytes
    end: int
    seq: int
    count: int
    own: int
    own_seq: int
    origins: dict[str, None]
    read_at: float


def _copied_bytes(position: int, batch: Batch) -> int:
    """Return what a batch takes beside its entries; one of a single entry is that entry's frame."""
    return len(batch.data) if batch.end - position > 1 else 0


def _nothing_at(position: int) -> Batch:
    return Batch(b"", position, 0, 0, 0, 0, {}, 0.0)


_LET_GO = Entry(0, "", 0, b"", 0.0)  # stands where an entry stood, until the list is cut


class Window:
    """The newest entries of a room, about ``limit_bytes`` of them."""

    __slots__ = (
        "_base", "_batches", "_ends", "_entries", "_first", "_limit", "_most_entries", "_nothing",
        "batch_bytes", "batch_limit", "floor", "head", "last_seq",
    )  # fmt: skip

    def __init__(self, limit_bytes: int) -> None:
        self._limit = limit_bytes
        # Tiny entries are mostly overhead: together they must not take much more than large ones.
        self._most_entries = max(_FEWEST_ENTRIES, limit_bytes // ENTRY_BYTES)
        self._entries: list[Entry] = []
        self._ends: list[int] = []  # bytes ever appended, up to each entry's end
        self._first = 0  # index of the oldest kept entry in the lists
        self._base = 0  # its position
        self.head = 0  # the position after the newest entry
        self._nothing = _nothing_at(0)  # what is due at the head, once somebody has asked
        self._batches: OrderedDict[int, Batch] = OrderedDict()
        self.batch_bytes = 0  # copied for all of them
        self.batch_limit = BATCH_BYTES  # the owner may want smaller ones for a while
        self.floor = 0  # chunks up to this seq may be missing here
        self.last_seq = 0  # the newest chunk's

    @property
    def held_bytes(self) -> int:
        """What the window takes in memory: entries, what they cost beside, and joined batches."""
        kept = self.head - self._base
        return self.bytes_from(self._base) + kept * ENTRY_BYTES + self.batch_bytes

    def append(self, entry: Entry) -> None:
        """Add the newest entry, and let go of the oldest ones over the limit."""
        self._ends.append((self._ends[-1] if self._ends else 0) + len(entry.frame))
        self._entries.append(entry)
        self.head += 1
        if not self.last_seq and not self.floor:
            # Nobody has said yet where the log stands: it may hold more below.
            self.floor = max(entry.seq - 1, 0)
        self.last_seq = entry.seq or self.last_seq
        while self._base < self.head - 1 and (
            self.bytes_from(self._base) > self._limit or self.head - self._base > self._most_entries
        ):
            self._drop_oldest()

    def shrink(self, limit_bytes: int, keep: int) -> None:
        """Hold no more than ``limit_bytes``, but keep the newest ``keep`` entries.

        Nothing is lost: whoever needs what goes here reads it from the log.
        """
        if self.held_bytes > limit_bytes:
            self._batches.clear()
            self.batch_bytes = 0
        while self.held_bytes > limit_bytes and self.head - self._base > keep:
            self._drop_oldest()

    def bytes_from(self, position: int) -> int:
        """Return how many bytes lie between ``position`` and the head."""
        before = position - self._base + self._first - 1
        return self._ends[-1] - (self._ends[before] if before >= 0 else 0) if self._ends else 0

    def batch(self, position: int) -> Batch | None:
        """Return the shared batch from ``position``; None where that is no longer kept."""
        if position < self._base:
            return None
        if position == self.head:
            if self._nothing.end != position:
                self._nothing = _nothing_at(position)
            return self._nothing
        batch = self._batches.get(position)
        if batch is None or (
            batch.end < self.head and len(batch.data) < min(BATCH_BYTES, self.batch_limit)
        ):
            self._forget_batch(position)
            batch = self._join(position, None)
            self._batches[position] = batch
            self.batch_bytes += _copied_bytes(position, batch)
            count = len(self._batches)
            if count > _CACHED_BATCHES or (count > 1 and self.batch_bytes > self._limit):
                self._forget_batch(next(iter(self._batches)))
        return batch

    def _forget_batch(self, position: int) -> None:
        batch = self._batches.pop(position, None)
        if batch is not None:
            self.batch_bytes -= _copied_bytes(position, batch)

    def batch_for(self, position: int, reader: Reader) -> Batch | None:
        """Return a batch of what ``reader`` wants; None where ``position`` is no longer kept."""
        return None if position < self._base else self._join(position, reader)

    def position_after(self, seq: int, entered_at: int) -> int | None:
        """Return where someone has to go on who has the chunks up to ``seq``.

        It is told of presence from ``entered_at`` on. None where chunks are missing.
        """
        if seq < self.floor:
            return None
        position = self.head
        first = max(min(entered_at, position), self._base)
        if self.last_seq <= seq:
            return first
        for index in range(len(self._entries) - 1, self._first - 1, -1):
            position -= 1
            at = self._entries[index].seq
            if at and at <= seq:
                break
            if at:
                first = min(first, position)
        return first

    def _join(self, position: int, reader: Reader | None) -> Batch:
        frames: list[bytes] = []
        origins: dict[str, None] = {}
        size = seq = count = own = own_seq = 0
        read_at = 0.0
        limit = min(BATCH_BYTES, self.batch_limit)
        for index in range(position - self._base + self._first, len(self._entries)):
            if size >= limit:
                break
            entry = self._entries[index]
            seq = entry.seq or seq
            if reader is None or reader.wants(position, entry):
                frames.append(entry.frame)
                size += len(entry.frame)
                count += entry.count
                origins[entry.origin] = None
                read_at = read_at or entry.read_at
            elif entry.origin == reader.session and entry.seq > reader.after_seq:
                own += entry.count
                own_seq = entry.seq or own_seq
            position += 1
        data = frames[0] if len(frames) == 1 else b"".join(frames)
        return Batch(data, position, seq, count, own, own_seq, origins, read_at)

    def _drop_oldest(self) -> None:
        self.floor = max(self.floor, self._entries[self._first].seq)
        self._forget_batch(self._base)
        self._entries[self._first] = _LET_GO
        self._first += 1
        self._base += 1
        if self._first > _COMPACT_AFTER and self._first * 2 > len(self._entries):
            # One end stays in front, so that sizes can still be told.
            del self._entries[: self._first - 1]
            del self._ends[: self._first - 1]
            self._first = 1
