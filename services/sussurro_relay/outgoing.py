"""What waits until one client takes it: answers, the pages it asked for, what its socket left.

All of it is charged for as long as it waits. Pure; belongs to its connection.
"""

from collections import deque
from collections.abc import Callable

from sussurro_relay.budget import Budget
from sussurro_relay.log import Page, Query
from sussurro_wire.codec import encode
from sussurro_wire.messages import At, PastEnd

# How long, while memory is short, a client may take nothing of what it was sent: networks have
# pauses.
_STALLED_SECONDS = 5.0


class Outgoing:
    """What one client is owed beside the news of its room."""

    __slots__ = (
        "_budget", "_is_reading", "_questions", "_read", "held", "moved_at", "replies",
        "replies_size",
    )  # fmt: skip

    def __init__(
        self, budget: Budget, read: Callable[[Query, Callable[[Page], None]], None]
    ) -> None:
        """``read`` reads from the log and calls back later, in the connection's thread."""
        self.replies: deque[bytes] = deque()
        self.replies_size = 0
        self.held: bytes | None = None  # the buffer that the unsent is a part of, once charged
        self.moved_at = 0.0  # when its full socket last took something, to a second; 0: never full
        self._budget = budget
        self._read = read
        self._questions: deque[Query] = deque()  # not read from the log yet
        self._is_reading = False  # one of them is being read

    @property
    def has_questions(self) -> bool:
        """Whether pages were asked for that are not even read yet."""
        return bool(self._questions)

    def reply(self, lines: bytes) -> None:
        """Add an answer."""
        self._budget.hold(lines)
        self.replies.append(lines)
        self.replies_size += len(lines)

    def take_reply(self) -> bytes:
        """Return the next of the ``replies``; it stays charged until `let_go`."""
        reply = self.held = self.replies.popleft()
        self.replies_size -= len(reply)
        self._read_next()
        return reply

    def ask(self, question: Query) -> None:
        """Answer with a page of the log: one at a time, as fast as it is taken."""
        self._questions.append(question)
        self._read_next()

    def _read_next(self) -> None:
        if self._questions and not self._is_reading and not self.replies:
            self._is_reading = True
            self._read(self._questions.popleft(), self._answer)

    def _answer(self, page: Page) -> None:
        self._is_reading = False
        lines = [encode(At(record.seq)) + record.lines for record in page.records]
        first = page.records[0].seq if page.records else 0
        self.reply(b"".join(lines) + encode(PastEnd(first)))

    def keep(self, unsent: bytes | memoryview, size: int, now: float) -> memoryview:
        """Return what is left of ``unsent`` after ``size`` bytes; it is charged until `let_go`."""
        if isinstance(unsent, bytes):  # nothing was left before
            self.moved_at = now
            if self.held is None:
                self.held = unsent
                self._budget.hold(unsent)
        elif size:
            self.moved_at = now
        return memoryview(unsent)[size:]

    def let_go(self) -> None:
        """Take note that nothing is left of what was held; harmless when nothing was."""
        if self.held is not None:
            self._budget.drop(self.held)
            self.held = None

    def was_slow(self, now: float) -> bool:
        """Return whether its socket has lately been full, so that it may be again."""
        return now - self.moved_at <= _STALLED_SECONDS

    def stalled_bytes(self, now: float) -> int:
        """Return how much is held of which nothing was taken for too long."""
        return 0 if self.held is None or self.was_slow(now) else len(self.held)

    def close(self) -> None:
        """Give everything back."""
        self.let_go()
        while self.replies:
            self._budget.drop(self.replies.popleft())
