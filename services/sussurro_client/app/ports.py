"""What the app needs of a session, and nothing more."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from sussurro_client.events import Event, Person


class Room(Protocol):
    """A room as the app sees it; `sussurro_client.session.Session` is one."""

    @property
    def people(self) -> tuple[Person, ...]:
        """Everybody who is here, as far as names are known."""

    def start(self) -> None:
        """Begin to connect; the events go to the listener from now on."""

    def send(self, text: str, timeout: float | None = None) -> str:
        """Send a text; return the id that its `Kept` will have."""

    def ask_who(self) -> None:
        """Ask who is here; a `Present` answers."""

    def close(self, timeout: float = 2.0) -> tuple[str, ...]:
        """Leave; return the texts that were not delivered."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """What is known before going in.

    ``name`` may be empty. ``notices`` are finished sentences. ``attached``: the
    terminal comes and goes, as a container's does. ``leave_seconds``: how long
    leaving waits for what is not acknowledged.
    """

    name: str
    room_words: str
    relay: str
    notices: tuple[str, ...] = ()
    attached: bool = False
    leave_seconds: float = 2.0


Listener = Callable[[Event], None]
# Makes a session, not yet started, for a name.
OpenSession = Callable[[str, Listener], Room]
