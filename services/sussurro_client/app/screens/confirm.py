"""A question that is answered with yes or no."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from sussurro_client.words import _


class ConfirmScreen(ModalScreen[bool]):
    """Asks; whoever does not clearly say yes has said no."""

    AUTO_FOCUS = "#no"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "refuse", show=False),
        Binding("left,right,up,down", "app.focus_next", show=False),
    ]

    def __init__(self, question: str, detail: str, yes: str, no: str) -> None:
        """Make it of finished words; ``detail`` has to be safe to show."""
        super().__init__()
        self._question = question
        self._detail = detail
        self._yes = yes
        self._no = no

    def compose(self) -> ComposeResult:
        """Lay out the question and its two answers."""
        with Vertical(classes="box"):
            yield Static(self._question, classes="title", markup=False)
            yield Static(self._detail, classes="hint", markup=False)
            with Horizontal(classes="answers"):
                yield Button(self._yes, id="yes", variant="error", compact=True)
                yield Button(self._no, id="no", variant="primary", compact=True)
            yield Static(
                _("Tab chooses, Enter answers, Escape goes back."), classes="hint", markup=False
            )

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Answer."""
        self.dismiss(event.button.id == "yes")

    def action_refuse(self) -> None:
        """Do nothing."""
        self.dismiss(False)
