"""The question before anything ends."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from sussurro_client.words import _, ngettext


class LeaveScreen(ModalScreen[bool]):
    """Asks whether to leave; whoever does not clearly say so stays."""

    AUTO_FOCUS = "#stay"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "stay", show=False),
        Binding("left,right,up,down", "app.focus_next", show=False),
    ]

    def __init__(self, rooms: int) -> None:
        super().__init__()
        self._rooms = rooms  # that would be left

    def compose(self) -> ComposeResult:
        """Lay out the question and its two answers."""
        with VerticalScroll(classes="box", can_focus=False):
            yield Static(self._question(), classes="title", markup=False)
            with Horizontal(classes="answers"):
                yield Button(_("Leave"), id="leave", variant="error", compact=True)
                yield Button(_("Stay"), id="stay", variant="primary", compact=True)
            yield Static(
                _("Tab chooses, Enter answers, Escape stays."), classes="hint", markup=False
            )

    def _question(self) -> str:
        if self._rooms > 1:
            return ngettext("Leave {count} room?", "Leave all {count} rooms?", self._rooms).format(
                count=self._rooms
            )
        return _("Leave the room?") if self._rooms else _("Leave?")

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Answer."""
        self.dismiss(event.button.id == "leave")

    def action_stay(self) -> None:
        """Stay."""
        self.dismiss(False)
