"""The first page of all: there is no key, and three ways to one."""

from enum import StrEnum
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import Button, Static

from sussurro_client.display import safe_text
from sussurro_client.first_key import paragraphs, welcome
from sussurro_client.words import _


class Way(StrEnum):
    """How to come by a key."""

    NEW = "new"
    PASTE = "paste"
    PICTURE = "picture"


class KeyChoiceScreen(Screen[Way]):
    """Asks how to come by a key. ``flaw``: why the last try did not do."""

    AUTO_FOCUS = "Button"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,right", "app.focus_next", show=False),
        Binding("up,left", "app.focus_previous", show=False),
    ]

    def __init__(self, path: Path, flaw: str = "") -> None:
        super().__init__()
        self._path = path
        self._flaw = flaw

    def compose(self) -> ComposeResult:
        """Lay out the page."""
        with VerticalScroll(classes="box", can_focus=False):
            yield Static("sussurro", classes="title", markup=False)
            yield Static(safe_text(paragraphs(welcome(self._path))), markup=False)
            if self._flaw:
                yield Static(safe_text(self._flaw), id="flaw", markup=False)
            yield Button(_("Make a new room"), id=Way.NEW, compact=True)
            yield Button(_("Paste a key"), id=Way.PASTE, compact=True)
            yield Button(_("Read a QR code"), id=Way.PICTURE, compact=True)
            hint = _("Tab chooses, Enter answers, Ctrl+C leaves.")
            yield Static(hint, classes="hint", markup=False)

    def on_mount(self) -> None:
        """Have the first answer in sight, where the page is longer than the terminal."""
        first = self.query(Button).first()
        self.call_after_refresh(lambda: first.scroll_visible(animate=False))

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Answer."""
        self.dismiss(Way(event.button.id or ""))
