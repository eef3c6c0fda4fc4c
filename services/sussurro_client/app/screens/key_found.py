"""The last page of the assistant: there is a key now, and what to do with it."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import Static

from sussurro_client.display import safe_text
from sussurro_client.first_key import paragraphs
from sussurro_client.words import _


class KeyFoundScreen(Screen[None]):
    """Says what is to be known of a new key; Enter goes on."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,escape", "go_on", show=False)]

    def __init__(self, sentences: Sequence[str]) -> None:
        super().__init__()
        self._sentences = tuple(sentences)

    def compose(self) -> ComposeResult:
        """Lay out the page, which scrolls where the terminal is small."""
        with VerticalScroll(classes="box"):
            yield Static(_("You have a key"), classes="title", markup=False)
            yield Static(safe_text(paragraphs(self._sentences)), markup=False)
            yield Static(_("Enter goes on."), classes="hint", markup=False)

    def action_go_on(self) -> None:
        """Go on."""
        self.dismiss(None)
