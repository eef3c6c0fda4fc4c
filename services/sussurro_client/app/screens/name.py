"""The question for a name."""

from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import Input, Static

from sussurro_client.display import safe_name
from sussurro_client.names import name_flaw
from sussurro_client.words import _


class NameInput(Input):
    """An input that takes nothing unseen from a clipboard."""

    def on_paste(self, event: events.Paste) -> None:
        """Take a paste as a name would be shown."""
        event.stop()
        event.prevent_default()
        if event.text.strip():
            self.insert_text_at_cursor(safe_name(event.text))


class NameScreen(Screen[str]):
    """Asks what the others shall call one, until the answer will do."""

    AUTO_FOCUS = "NameInput"

    def __init__(self, room_words: str, flaw: str = "") -> None:
        super().__init__()
        self._room_words = room_words
        self._flaw = flaw

    def compose(self) -> ComposeResult:
        """Lay out the question."""
        with VerticalScroll(classes="box", can_focus=False):
            yield Static("sussurro", classes="title", markup=False)
            yield Static(self._room_words, classes="hint", markup=False)
            yield Static(_("What should the others call you?"), id="question", markup=False)
            yield NameInput(placeholder=_("Your name"), select_on_focus=False)
            yield Static(self._flaw, id="flaw", markup=False)
            yield Static(_("Enter goes in, Ctrl+C leaves."), classes="hint", markup=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the name, or say what is wrong with it."""
        name = event.value.strip()
        flaw = name_flaw(name)
        if flaw is None:
            self.dismiss(name)
        else:
            self.query_one("#flaw", Static).update(flaw)
