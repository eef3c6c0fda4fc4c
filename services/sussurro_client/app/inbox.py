"""What a session tells, on its way into the app: many at once, when many come at once."""

from collections import deque
from collections.abc import Callable

from sussurro_client.events import Event


class Inbox:
    """Takes events in the session's thread, and gives them out in the app's.

    ``call`` is called, in the session's thread, when there is something to take
    out, and not again before it was. Appending to a deque and taking from it
    need no lock; what comes between looking and telling is told once too often.
    """

    __slots__ = ("_call", "_events", "_is_called")

    def __init__(self, call: Callable[[], None]) -> None:
        self._call = call
        self._events: deque[Event] = deque()
        self._is_called = False

    def __len__(self) -> int:
        """How many events have come since."""
        return len(self._events)

    def put(self, event: Event) -> None:
        """Take an event."""
        self._events.append(event)
        if not self._is_called:
            self._is_called = True
            self._call()

    def take(self) -> list[Event]:
        """Return all that has come since."""
        self._is_called = False
        return [self._events.popleft() for _ in range(len(self._events))]
