"""What a room's screen tells the app, for whatever is the app's: bell, desktop and colours."""

from typing import Protocol

from textual.message import Message

from sussurro_client.app.entries import Kind
from sussurro_client.app.herald import Heard


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
