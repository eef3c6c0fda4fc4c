"""Where one member stands in its room's log, and what it is due next.

The cursor reads pages of the log until it reaches the room's window, and then
lives on the window, where all cursors share their buffers. Falling behind the
window and joining with FROM or LAST are the same path. Passing over a chunk of
its own, it says ACK instead. Pure; belongs to its connection.
"""

from collections import deque
from collections.abc import Callable
from enum import Enum, auto
from typing import Protocol

from sussurro_relay.log import Page, Query
from sussurro_relay.room import Room
from sussurro_relay.window import Batch, Reader
from sussurro_wire.chunk import Chunk
from sussurro_wire.codec import encode
from sussurro_wire.messages import Ack, At

_UNKEPT_BYTES = 160  # what each chunk that was handed over costs here


class Pages(Protocol):
    """Where a cursor gets pages of the log from."""

    def read(self, query: Query, done: Callable[[Page], None]) -> None:
        """Read a page; ``done`` is called later, in the connection's thread."""

    def note_behind(self, *, is_behind: bool) -> None:
        """Take note that the cursor needs pages from now on, or has reached the window."""


class Phase(Enum):
    """What a cursor is doing."""

    READING = auto()  # a page of the log has been asked for
    CATCHING_UP = auto()  # a page is there, or was sent
    LIVE = auto()  # on the room's window
    IN_STEP = auto()  # there as well, but others count its place, for all who stand there
    LAGGED = auto()  # what it needs is not kept any more


class Cursor:
    """One member's place in one room."""

    __slots__ = (
        "_backlog", "_entered_at", "_kept", "_live_after", "_pages", "_position", "_read_at",
        "_room", "_seq", "_session", "_settled", "_unkept", "phase", "unkept_bytes",
    )  # fmt: skip

    def __init__(self, room: Room, session: str, entered_at: int, seq: int, pages: Pages) -> None:
        """Stand after chunk ``seq``, as a member since the window's position ``entered_at``."""
        self.phase = Phase.READING
        self.unkept_bytes = 0  # handed to the log, and not passed yet
        self._room = room
        self._session = session
        self._pages = pages
        self._read_at = 0.0  # when the last chunk taken from the window had been read
        self._seq = seq  # the last chunk passed
        self._position = 0  # in the window
        self._entered_at = entered_at
        self._live_after = 0  # chunks up to it came from pages
        self._settled = False  # the window may be read without regard to the two above
        self._backlog: tuple[bytes, int] | None = None  # a page to send, and its tokens
        # Tokens and bytes of each chunk; None: most members only listen, and an empty deque
        # takes 760 bytes.
        self._unkept: deque[tuple[int, int]] | None = None
        self._kept = 0  # tokens acknowledged
        pages.note_behind(is_behind=True)

    @property
    def held_bytes(self) -> int:
        """How much is held of a page that waits to be sent, and for chunks not passed yet."""
        backlog = len(self._backlog[0]) if self._backlog is not None else 0
        return backlog + self.unkept_chunks * _UNKEPT_BYTES

    @property
    def unkept_chunks(self) -> int:
        """How many chunks were handed to the log and not passed yet."""
        return len(self._unkept) if self._unkept is not None else 0

    def hand_over(self, chunk: Chunk) -> None:
        """Take note that a chunk of this member's is on its way into the log."""
        if self._unkept is None:
            self._unkept = deque()
        self._unkept.append((chunk.count, len(chunk.lines)))
        self.unkept_bytes += len(chunk.lines)

    @property
    def place(self) -> int | None:
        """Its position in the window, where all who stand there are due the same; None: not so."""
        return self._position if self.phase is Phase.LIVE and self._settled else None

    def step_in(self) -> None:
        """Let others count its place from now on."""
        self.phase = Phase.IN_STEP

    def step_out(self, position: int, seq: int) -> None:
        """Count again, from ``position``, with the last chunk passed there."""
        self.phase, self._position, self._seq = Phase.LIVE, position, max(self._seq, seq)

    def pass_own(self, batch: Batch) -> bytes:
        """Go past a shared batch of none but our own entries; return what is due for it."""
        self._position, self._seq = batch.end, max(self._seq, batch.seq)
        return self._acknowledge(batch.count, batch.seq) if batch.count else b""

    @property
    def is_reading(self) -> bool:
        """Whether it is on its way through pages of the log."""
        return self.phase in (Phase.READING, Phase.CATCHING_UP)

    def note_blocked(self, *, blocked: bool) -> None:
        """Let the room know that this reader's socket is full, or is full no more."""
        if self.phase is Phase.LIVE:
            self._room.note_lag(self._session, self._position if blocked else None)

    def take_read_at(self) -> float:
        """Return when the last chunk taken from the window had been read; 0: none since asked."""
        read_at, self._read_at = self._read_at, 0.0
        return read_at

    def next_data(self) -> tuple[bytes, int]:
        """Return what is due next and how many tokens it holds; empty: nothing for now."""
        if self.phase is Phase.CATCHING_UP:
            if self._backlog is not None:
                backlog, self._backlog = self._backlog, None
                return backlog
            self._go_on()
        return self._take_batch() if self.phase is Phase.LIVE else (b"", 0)

    def take_page(self, page: Page) -> None:
        """Take the page that was asked for, or the first one."""
        if self.phase is not Phase.READING:
            return
        lines: list[bytes] = []
        count = own = own_seq = 0
        for record in page.records:
            self._seq = record.seq
            if record.origin == self._session:
                own += record.count
                own_seq = record.seq
            else:
                lines += (encode(At(record.seq)), record.lines)
                count += record.count
        if page.complete:
            self._seq = max(self._seq, page.head)
        if own:
            lines.append(self._acknowledge(own, own_seq))
        self._backlog = (b"".join(lines), count) if lines else None
        self.phase = Phase.CATCHING_UP

    def _go_on(self) -> None:
        position = self._room.position_after(self._seq, self._entered_at)
        if position is None:
            self._read_on()
        else:
            self.phase, self._position = Phase.LIVE, position
            self._live_after, self._settled = self._seq, False
            self._pages.note_behind(is_behind=False)

    def _read_on(self) -> None:
        self.phase = Phase.READING
        self._pages.read(Query(self._room.id, after=self._seq), self._take_next_page)

    def _take_next_page(self, page: Page) -> None:
        if page.oldest > self._seq + 1:
            self.phase = Phase.LAGGED
            self._pages.note_behind(is_behind=False)  # it will not read on
        else:
            self.take_page(page)

    def _take_batch(self) -> tuple[bytes, int]:
        if self._settled:
            if self._position == self._room.head:
                return b"", 0
            batch = self._room.batch(self._position, self._session)
        else:
            reader = Reader(self._session, self._live_after, self._entered_at)
            batch = self._room.batch_for(self._position, reader)
        if batch is None:
            self._pages.note_behind(is_behind=True)
            self._read_on()
            return b"", 0
        self._position = batch.end
        self._seq = max(self._seq, batch.seq)
        if not self._settled:
            self._settled = batch.end >= self._entered_at and batch.seq >= self._live_after
        self._read_at = batch.read_at or self._read_at
        if batch.own:
            return batch.data + self._acknowledge(batch.own, batch.own_seq), batch.count
        return batch.data, batch.count

    def _acknowledge(self, own: int, seq: int) -> bytes:
        self._kept += own
        unkept = self._unkept or deque()
        while own > 0:
            tokens, size = unkept.popleft()
            own -= tokens
            self.unkept_bytes -= size
        self._unkept = unkept or None
        return encode(Ack(self._kept, seq))
