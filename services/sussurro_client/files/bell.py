"""What the thread of a transfer waits for: news, or the reason to end."""

import threading

from sussurro_client.errors import ClientError
from sussurro_client.events import Connected, Disconnected, Event
from sussurro_client.files import told


class CancelledError(Exception):
    """Somebody does not want the file any more."""


class Bell:
    """Rung by any thread, heard by the transfer's own. Its lock guards the flags."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._has_news = False
        self._end: ClientError | CancelledError | None = None
        self._is_connected = False

    @property
    def is_connected(self) -> bool:
        """Whether the relay has let us into the file's room, and the connection holds."""
        return self._is_connected

    def ring(self) -> None:
        """Tell that there is news."""
        with self._changed:
            self._has_news = True
            self._changed.notify_all()

    def stop(self, reason: ClientError | CancelledError) -> None:
        """Let the next `wait` raise ``reason``; the first one counts."""
        with self._changed:
            self._end = self._end or reason
            self._changed.notify_all()

    def hear(self, event: Event) -> None:
        """Take note of what an event says of the connection."""
        if isinstance(event, Connected):
            self._is_connected = True
            self.ring()
        elif isinstance(event, Disconnected):
            self._is_connected = False
            if event.retry_in is None:
                self.stop(ClientError(told.refused(event)))
            self.ring()

    def wait(self, seconds: float) -> bool:
        """Wait for news; return whether there is any. Raises the reason to end."""
        with self._changed:
            self._changed.wait_for(lambda: self._has_news or self._end is not None, seconds)
            if self._end is not None:
                raise self._end
            has_news, self._has_news = self._has_news, False
            return has_news
