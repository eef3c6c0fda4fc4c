"""The question for a key, or for where its picture is."""

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import Input, Static

from sussurro_client.display import safe_text
from sussurro_client.words import _


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked; nobody sees what is typed where that is secret."""

    words: str
    placeholder: str
    is_secret: bool


class KeyInput(Input):
    """An input that takes nothing unseen from a clipboard, and no line ends."""

    def on_paste(self, event: events.Paste) -> None:
        """Take a paste as one line."""
        event.stop()
        event.prevent_default()
        self.insert_text_at_cursor(safe_text(event.text).replace("\n", ""))


class KeyAnswerScreen(Screen[str | None]):
    """Asks one question; None: go back. ``flaw``: why the last answer did not do."""

    AUTO_FOCUS = "KeyInput"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", show=False)]

    def __init__(self, question: Question, flaw: str = "") -> None:
        super().__init__()
        self._question = question
        self._flaw = flaw

    def compose(self) -> ComposeResult:
        """Lay out the question."""
        with VerticalScroll(classes="box", can_focus=False):
            yield Static(self._question.words, classes="title", markup=False)
            yield KeyInput(
                placeholder=self._question.placeholder, password=self._question.is_secret
            )
            yield Static(safe_text(self._flaw), id="flaw", markup=False)
            hint = _("Enter goes on, Escape goes back.")
            yield Static(hint, classes="hint", markup=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Answer; nothing is no answer."""
        if event.value.strip():
            self.dismiss(event.value)

    def action_back(self) -> None:
        """Go back."""
        self.dismiss(None)
