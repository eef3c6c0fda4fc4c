"""What we said and the relay has not yet acknowledged. Pure; owned by the conversation."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from sussurro_client.contents import Content, Edit, Text
from sussurro_client.letter import Envelope


@dataclass(frozen=True, slots=True)
class Draft:
    """A message on its way, the digest that names it, and what it says where that is sealed."""

    envelope: Envelope
    digest: bytes
    within: Content | None = None

    @property
    def text(self) -> str:
        """What somebody wrote for it; empty: it is of another kind."""
        content = self.within or self.envelope.content
        return content.text if isinstance(content, Text | Edit) else ""


class Outbox:
    """Keeps every message until it is in the log, and sends it again after a reconnect."""

    __slots__ = ("_acked_here", "_sent_here", "_unsent", "_waiting")

    def __init__(self) -> None:
        self._waiting: dict[int, Draft] = {}  # not acknowledged, by counter, oldest first
        self._unsent: deque[int] = deque()  # counters to send on this connection
        self._sent_here: deque[Draft] = deque()  # sent on it and not acknowledged there, in order
        self._acked_here = 0

    def __len__(self) -> int:
        """How many messages are not acknowledged."""
        return len(self._waiting)

    def __iter__(self) -> Iterator[Draft]:
        """Go through what is not acknowledged, oldest first."""
        return iter(tuple(self._waiting.values()))

    def add(self, draft: Draft) -> None:
        """Take the next message."""
        counter = draft.envelope.counter
        self._waiting[counter] = draft
        self._unsent.append(counter)

    def take(self) -> Draft | None:
        """Return the next message to send on this connection, or None."""
        while self._unsent:
            draft = self._waiting.get(self._unsent.popleft())
            if draft is not None:
                self._sent_here.append(draft)
                return draft
        return None

    def acknowledge(self, count: int) -> list[Draft]:
        """Take an ACK of the first ``count`` tokens of this connection; return those it is new for.

        Each of them is in the log, also one that was settled before. A count
        that the relay cannot know of acknowledges nothing.
        """
        if count - self._acked_here > len(self._sent_here):
            return []
        kept = [self._sent_here.popleft() for _ in range(count - self._acked_here)]
        self._acked_here = max(count, self._acked_here)
        return kept

    def settle(self, draft: Draft) -> bool:
        """Take note that our message is in the log; return whether that is news."""
        counter = draft.envelope.counter
        waiting = self._waiting.get(counter)
        if waiting is None or waiting.digest != draft.digest:
            return False
        del self._waiting[counter]
        return True

    def connection_lost(self) -> None:
        """Make everything not acknowledged unsent again, in its order."""
        self._unsent = deque(self._waiting)
        self._sent_here.clear()
        self._acked_here = 0
