"""What a room's screen tells the app, for whatever is the app's: bell, colours, the way out."""

from typing import Protocol

from textual.message import Message

from sussurro_client.app.entries import Kind
from sussurro_client.app.herald import Heard
from sussurro_client.contents import File, Text
from sussurro_client.events import Moved, Received
from sussurro_client.naming import Circle


class Asking(Protocol):
    """The screen that tells; `sussurro_client.app.screens.room.RoomScreen` is one."""

    is_muted: bool

    @property
    def is_current(self) -> bool:
        """Whether it is the one that is seen."""

    def note(self, kind: Kind, text: str) -> None:
        """Write down that something happened."""


class Spoken(Message):
    """Somebody else has just said something."""

    def __init__(self, screen: Asking, heard: Heard) -> None:
        super().__init__()
        self.screen = screen
        self.heard = heard


def spoken(screen: Asking, event: Received, circle: Circle) -> Spoken | None:
    """Return what the app is told of a message; None: it is one's own, or no news.

    What changes what was said is no news either.
    """
    if not event.live or event.sender.key == circle.me.key:
        return None
    match event.content:
        case Text(text=text) | File(name=text):
            is_private = event.private is not None
            return Spoken(screen, Heard(circle.label(event.sender), text, is_private=is_private))
        case _:
            return None


class Muted(Message):
    """The room is to be silent, or not to be so any more."""

    def __init__(self, screen: Asking) -> None:
        super().__init__()
        self.screen = screen


class ThemeAsked(Message):
    """Other colours are wanted; with no name, to know which there are."""

    def __init__(self, screen: Asking, name: str) -> None:
        super().__init__()
        self.screen = screen
        self.name = name


class MoveAsked(Message):
    """Whoever sits here wants to go on in the room of a new key."""

    def __init__(self, screen: Asking, moved: Moved) -> None:
        super().__init__()
        self.screen = screen
        self.moved = moved


class Left(Message):
    """Whoever sits here wants to leave, and has been clear about it."""

    def __init__(self, screen: Asking) -> None:
        super().__init__()
        self.screen = screen
