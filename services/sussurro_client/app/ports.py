"""What the app needs of a session, and nothing more."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from sussurro_client.acquaintances import Acquaintance
from sussurro_client.contents import Content
from sussurro_client.events import Event, Moved, Person, Standing
from sussurro_client.files.ports import FileSession
from sussurro_client.files.transfers import FileRules
from sussurro_client.key import RoomKey
from sussurro_client.wishes import Wishes


class Room(Protocol):
    """A room as the app sees it; `sussurro_client.session.Session` is one."""

    @property
    def people(self) -> tuple[Person, ...]:
        """Everybody who is here, as far as names are known."""

    @property
    def acquaintances(self) -> tuple[Acquaintance, ...]:
        """Everybody who was ever met in the room, oneself not."""

    def standing(self, person: Person) -> Standing:
        """Return what is known of whoever bears a name."""

    def trust(self, person: Person) -> None:
        """Take note that the fingerprint of somebody who was met was compared, and fits."""

    def start(self) -> None:
        """Begin to connect; the events go to the listener from now on."""

    def send(self, text: str, timeout: float | None = None) -> str:
        """Send a text; return the id that its `Kept` will have."""

    def say(self, content: Content, timeout: float | None = None) -> str:
        """Send anything; return the id that its `Kept` will have."""

    def whisper(self, person: Person, content: Content, timeout: float | None = None) -> str:
        """Send something that one member alone can open, else as `say`; raises ClientError."""

    def ask_earlier(self, messages: int) -> bool:
        """Ask for what was said before; return whether an `Earlier` answers."""

    def ask_who(self) -> None:
        """Ask who is here; a `Present` answers."""

    def close(self, timeout: float = 2.0) -> tuple[str, ...]:
        """Leave; return the texts that were not delivered."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """What is known before going in.

    ``name`` may be empty; ``key`` is the public key of one's own identity.
    ``notices`` are finished sentences. ``attached``: the terminal comes and goes,
    as a container's does. ``leave_seconds``: how long leaving waits for what is
    not acknowledged. ``typing``: whether the others, and so the relay, are told
    when one writes. ``wishes``: the other settings of the app. ``rules``: where files
    are saved, and how large they may be; None: none are.
    """

    name: str
    key: bytes
    room_words: str
    relay: str
    notices: tuple[str, ...] = ()
    attached: bool = False
    leave_seconds: float = 2.0
    typing: bool = False
    wishes: Wishes = field(default_factory=Wishes)
    rules: FileRules | None = None


Listener = Callable[[Event], None]


class Doorway(Protocol):
    """Where rooms are entered; `sussurro_client.doorway.Doorway` is one."""

    def open(self, name: str, listener: Listener) -> Room:
        """Return a session, not yet started, in the room as it is today; raises ClientError."""

    def open_file(self, key: RoomKey, name: str, listener: Listener, history: int) -> FileSession:
        """Return a session, not yet started, in the room of a file."""

    def follow(self, moved: Moved) -> None:
        """Take the key that somebody has handed to us; raises ClientError."""

    def is_muted(self) -> bool:
        """Return whether the room of today is to be silent; raises ClientError."""

    def mute(self, *, is_muted: bool) -> bool:
        """Keep whether the room of today is to be silent; return whether that was possible."""


class KeyPlace(Protocol):
    """Where a room's key goes that is not there yet; `sussurro_client.first_key.FirstKey` is one.

    Its methods write the key down and return its room's id; they raise ClientError,
    with nothing written, and never overwrite anything.
    """

    @property
    def path(self) -> Path:
        """Where the key goes."""

    def make(self) -> str:
        """Make a new room's key."""

    def take(self, text: str) -> str:
        """Take the key that a text is."""

    def scan(self, picture: str) -> str:
        """Take the key in a picture of its QR code, a file of that path. Takes its time."""


@dataclass(frozen=True, slots=True)
class Entrance:
    """A room to go into: where its sessions begin, and what is known beforehand.

    ``label``: what its tab says where there are several; empty: two words of its
    fingerprint. ``key_place``: given where there is no key yet.
    """

    doorway: Doorway
    invitation: Invitation
    label: str = ""
    key_place: KeyPlace | None = None
