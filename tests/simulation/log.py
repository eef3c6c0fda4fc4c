"""A log that keeps and tells when the simulation says so, and loses what a crash would."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random

from sussurro_relay.log import LogFigures, Page, Query, Record
from sussurro_relay.log.memory import select
from sussurro_wire.chunk import Chunk

_BEHIND_AT = 6


class SimulatedLog:
    """Holds to the promises of `sussurro_relay.log`, at the latest legal moment or the earliest.

    A chunk is handed over, then kept (it survives, and pages have it), then
    told of. ``everything`` is what was ever kept, for the judge.
    """

    def __init__(self, random: Random, note: Callable[..., None]) -> None:
        """``note`` writes a line of the trace."""
        self.everything: list[Record] = []
        self.forgotten = 0  # chunks up to this seq are not kept any more
        self.head = random.choice((0, 1_000_000))
        self.waiting: deque[tuple[str, Chunk, str, float]] = deque()
        self.untold: deque[Record] = deque()
        self.reads: list[tuple[Query, Callable[[Page], None]]] = []
        self._random = random
        self._note = note
        self._telling = random.choice((0.4, 0.75))  # how soon after keeping
        self._page_bytes = random.choice((60, 400, 4_000))
        self._records: list[Record] = []
        self._is_telling = False
        self._committed: Callable[[Sequence[Record]], None] = lambda _: None

    # What the relay calls.

    def start(self, committed: Callable[[Sequence[Record]], None]) -> None:
        """Begin, in the first process or after a crash."""
        self._committed = committed

    def append(self, room: str, chunk: Chunk, origin: str, read_at: float) -> None:
        """Take a chunk."""
        self.waiting.append((room, chunk, origin, read_at))

    def read(self, query: Query, done: Callable[[Page], None]) -> None:
        """Take a question."""
        self.reads.append((query, done))

    def is_available(self) -> bool:
        """Return true: this disk is never full."""
        return True

    def is_behind(self) -> bool:
        """Return whether senders should wait, which happens soon here."""
        return len(self.waiting) > _BEHIND_AT

    def figures(self) -> LogFigures:
        """Return nothing: nobody scrapes here."""
        return LogFigures()

    def close(self) -> None:
        """Keep and tell all that was handed over."""
        self.keep(len(self.waiting))
        self.tell(len(self.untold))

    # What the simulation calls.

    @property
    def is_busy(self) -> bool:
        """Whether something is left to keep, tell or answer."""
        return bool(self.waiting or self.untold or self.reads)

    def step(self) -> None:
        """Do one of the things that are to be done."""
        random = self._random
        choice = random.random()
        if self.waiting and choice < 0.35:
            self.keep(random.randint(1, len(self.waiting)))
        elif self.untold and choice < self._telling:
            self.tell(random.randint(1, len(self.untold)))
        elif self.reads:
            self.answer(random.randrange(len(self.reads)))

    def keep(self, count: int) -> None:
        """Commit the oldest of what was handed over; numbers may jump."""
        for _ in range(count):
            room, chunk, origin, read_at = self.waiting.popleft()
            self.head += 1 if self._random.random() < 0.8 else self._random.randint(2, 9)
            record = Record(room, self.head, origin, chunk.count, chunk.lines, read_at)
            self._records.append(record)
            self.everything.append(record)
            self.untold.append(record)
            self._note("the log keeps chunk {} of {}", record.seq, origin)

    def tell(self, count: int) -> None:
        """Call back with the oldest of what was kept; one call at a time."""
        if self._is_telling or not count:
            return
        told = [self.untold.popleft() for _ in range(count)]
        self._note("the log tells of all up to {}", told[-1].seq)
        self._is_telling = True
        try:
            self._committed(told)
        finally:
            self._is_telling = False

    def answer(self, number: int) -> None:
        """Answer one of the questions from what is kept now."""
        query, done = self.reads.pop(number)
        query = replace(query, limit_bytes=min(query.limit_bytes, self._page_bytes))
        page = select(self._records, query, self.forgotten + 1, self.head)
        seqs = [record.seq for record in page.records]
        self._note("the log answers with chunks {}, complete: {}", seqs, page.complete)
        done(page)

    def forget(self, count: int) -> None:
        """Let the oldest chunks go, as retention does."""
        gone = self._records[:count]
        if gone:
            del self._records[:count]
            self.forgotten = gone[-1].seq

    def crash(self) -> None:
        """Lose what a killed process loses: everything that was not kept."""
        self.waiting.clear()
        self.untold.clear()
        self.reads.clear()
