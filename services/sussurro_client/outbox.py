"""What we said and the relay has not yet acknowledged. Pure; owned by the conversation."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Draft:
    """A text on its way; ``at`` is in milliseconds since the epoch, ``attempt`` counts from 1."""

    counter: int
    attempt: int
    at: int
    text: str


class Outbox:
    """Keeps every text until it is in the log, and sends it again after a reconnect."""

    __slots__ = ("_acked_here", "_last_counter", "_sent_here", "_unsent", "_waiting")

    def __init__(self) -> None:
        self._last_counter = 0
        self._waiting: dict[int, Draft] = {}  # not acknowledged, by counter, oldest first
        self._unsent: deque[int] = deque()  # counters to send on this connection
        self._sent_here: deque[int] = deque()  # counters sent on it, in order
        self._acked_here = 0

    def __len__(self) -> int:
        """How many texts are not acknowledged."""
        return len(self._waiting)

    def __iter__(self) -> Iterator[Draft]:
        """Go through what is not acknowledged, oldest first."""
        return iter(tuple(self._waiting.values()))

    @property
    def has_unsent(self) -> bool:
        """Whether something could be sent now."""
        return bool(self._unsent)

    def add(self, text: str, at: int) -> int:
        """Take a text said at ``at`` (milliseconds since the epoch); return its counter."""
        self._last_counter += 1
        self._waiting[self._last_counter] = Draft(self._last_counter, 1, at, text)
        self._unsent.append(self._last_counter)
        return self._last_counter

    def take(self) -> Draft | None:
        """Return the next text to send on this connection, or None."""
        while self._unsent:
            draft = self._waiting.get(self._unsent.popleft())
            if draft is not None:
                self._sent_here.append(draft.counter)
                return draft
        return None

    def acknowledge(self, count: int) -> list[int]:
        """Take an ACK of the first ``count`` tokens of this connection; return what is new.

        A count that the relay cannot know of acknowledges nothing.
        """
        kept: list[int] = []
        if count - self._acked_here > len(self._sent_here):
            return kept
        while self._acked_here < count:
            self._acked_here += 1
            counter = self._sent_here.popleft()
            if self.settle(counter):
                kept.append(counter)
        return kept

    def settle(self, counter: int) -> bool:
        """Take note that our message is in the log; return whether that is news."""
        return self._waiting.pop(counter, None) is not None

    def connection_lost(self) -> None:
        """Make everything not acknowledged unsent again, in its order."""
        sent = set(self._sent_here)
        for counter in sent & self._waiting.keys():
            draft = self._waiting[counter]
            self._waiting[counter] = replace(draft, attempt=draft.attempt + 1)
        self._unsent = deque(self._waiting)
        self._sent_here.clear()
        self._acked_here = 0
