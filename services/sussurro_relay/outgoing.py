"""What waits until one client takes it: answers, the pages it asked for, what its socket left.

All of it is charged for as long as it waits. Pure; belongs to its connection.
"""

from collections import deque

from sussurro_relay.log import Page, Query
from sussurro_relay.surroundings import Desk
from sussurro_wire.codec import encode
from sussurro_wire.messages import At, PastEnd

# How long, while memory is short, a client may take nothing of what it was sent: networks have
# pauses.
_STALLED_SECONDS = 5.0


class Outgoing:
    """What one client is owed beside the news of its room."""

    __slots__ = (
        "_desk", "_is_reading", "_questions", "held", "moved_at", "replies", "replies_size",
    )  # fmt: skip

    def __init__(self, desk: Desk) -> None:
        # None where there is nothing: most connections are idle, and an empty deque takes 760 bytes.
        self.replies: deque[bytes] | None = None
        self.replies_size = 0
        self.held: bytes | None = None  # the buffer that the unsent is a part of, once charged
        self.moved_at = 0.0  # when its full socket last took something, to a second; 0: never full
        self._desk = desk
        self._questions: deque[Query] | None = None  # not read from the log yet
        self._is_reading = False  # one of them is being read

    @property
    def has_questions(self) -> bool:
        """Whether pages were asked for that are not even read yet."""
        return bool(self._questions)

    def reply(self, lines: bytes) -> None:
        """Add an answer."""
        self._desk.budget.hold(lines)
        if self.replies is None:
            self.replies = deque()
        self.replies.append(lines)
        self.replies_size += len(lines)

    def take_reply(self) -> bytes:
        """Return the next of the ``replies``, empty without any; it is charged until `let_go`."""
        if self.replies is None:
            return b""
        reply = self.held = self.replies.popleft()
        self.replies = self.replies or None
        self.replies_size -= len(reply)
        self._read_next()
        return reply

    def ask(self, question: Query) -> None:
        """Answer with a page of the log: one at a time, as fast as it is taken."""
        if self._questions is None:
            self._questions = deque()
        self._questions.append(question)
        self._read_next()

    def _read_next(self) -> None:
        if self._questions is not None and not self._is_reading and not self.replies:
            self._is_reading = True
            question = self._questions.popleft()
            self._questions = self._questions or None
            self._desk.read(question, self._answer)

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
                self._desk.budget.hold(unsent)
        elif size:
            self.moved_at = now
        return memoryview(unsent)[size:]

    def let_go(self) -> None:
        """Take note that nothing is left of what was held; harmless when nothing was."""
        if self.held is not None:
            self._desk.budget.drop(self.held)
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
        for reply in self.replies or ():
            self._desk.budget.drop(reply)
        self.replies = None
