"""What transfers need of the sessions that carry them."""

from collections.abc import Callable
from typing import Protocol

from sussurro_client.contents import Content
from sussurro_client.events import Event
from sussurro_client.key import RoomKey


class FileSession(Protocol):
    """Somebody in the room of a file; `sussurro_client.session.Session` is one."""

    def start(self) -> None:
        """Begin to connect."""

    def say(self, content: Content, timeout: float | None = None) -> str:
        """Send something; return the id of its `Kept`. Raises ClientError after the end."""

    def ask_earlier(self, messages: int) -> bool:
        """Ask for what was said before; return whether an `Earlier` will answer."""

    def close(self, timeout: float = 2.0) -> tuple[str, ...]:
        """Leave; what is on its way gets ``timeout`` seconds."""


class FileDoorway(Protocol):
    """Where the sessions of files begin; `sussurro_client.doorway.Doorway` is one."""

    def open_file(
        self, key: RoomKey, name: str, listener: Callable[[Event], None], history: int
    ) -> FileSession:
        """Return a session, not yet started, in the room of a file."""
