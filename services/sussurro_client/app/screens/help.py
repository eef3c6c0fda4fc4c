"""What can be done, on one page."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from sussurro_client.app.deeds import DEED_KEYS
from sussurro_client.app.message_lines import ACTION, MENTION, PRIVATE, QUOTE
from sussurro_client.commands import COMMANDS
from sussurro_client.events import Standing
from sussurro_client.interpreter import other_lines
from sussurro_client.naming import badge
from sussurro_client.words import _

_NARROW = 40  # columns


class HelpScreen(ModalScreen[None]):
    """The commands, made from their table, and the keys."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q,f1", "dismiss_help", show=False),
    ]

    def __init__(self, *, attached: bool) -> None:
        super().__init__()
        self._attached = attached

    def compose(self) -> ComposeResult:
        """Lay out the page."""
        width = self.app.size.width
        commands = [(command.usage, command.help()) for command in COMMANDS]
        with VerticalScroll(classes="box page"):
            yield Static(_("What you can do"), classes="title", markup=False)
            yield Static(_("Escape closes this page."), classes="hint", markup=False)
            if self._attached:  # first of all, how one gets out of it
                yield Static(
                    _section(_("This terminal is attached to a container"), _detaching(), width)
                )
            yield Static(_section(_("Write"), [*commands, *other_lines()], width))
            yield Static(_section(_("Keys"), _keys(attached=self._attached), width))
            chosen = [(each.shown, each.help()) for each in DEED_KEYS]
            yield Static(_section(_("With a message chosen"), chosen, width))
            yield Static(_section(_("Signs beside a message"), _signs(), width))
            yield Static(_("Escape closes this page."), classes="hint", markup=False)

    def action_dismiss_help(self) -> None:
        """Go back to the room."""
        self.dismiss(None)


def _keys(*, attached: bool) -> list[tuple[str, str]]:
    return [
        ("Enter", _("Send")),
        ("Alt+Enter, Ctrl+J", _("Begin a new line")),
        ("Tab", _("Complete a name, a command or an :emoji")),
        (_("Up, Down"), _("Go back to what you typed before")),
        ("PgUp, PgDn", _("Scroll through the conversation")),
        ("Alt+↑, Alt+↓", _("Choose a message, to do something with it")),
        ("Ctrl+End", _("Go to the newest message")),
        ("F1", _("Show this page")),
        ("F2", _("Change between light and dark")),
        ("F3", _("Find a command or a theme")),
        ("F6, F7, Alt+1…9", _("With several rooms: the next, the one before, that one")),
        *(() if attached else (("Ctrl+Z", _("Go back to the shell; fg returns")),)),
        ("Ctrl+C, Ctrl+Q", _("Leave, after a question")),
    ]


def _signs() -> list[tuple[str, str]]:
    return [
        (badge(Standing.VERIFIED), _("You compared fingerprints with its author")),
        (badge(Standing.CHANGED), _("Another had this name before: be careful")),
        (PRIVATE, _("Only the two of you can read it")),
        (QUOTE, _("What it answers")),
        (ACTION, _("What somebody does")),
        (MENTION, _("Your name is in it")),
        ("·", _("Yours, and the relay keeps it")),
    ]


def _detaching() -> list[tuple[str, str]]:
    return [
        ("Ctrl+P Ctrl+Q", _("docker attach: detach and stay in the room")),
        (_("close it"), _("kubectl attach: detach and stay in the room")),
        ("reset", _("In your shell: if it looks odd afterwards")),
    ]


def _section(title: str, rows: list[tuple[str, str]], width: int) -> Content:
    """Return what stands under a title: side by side, or in a narrow terminal one below the other."""
    place = max(Content(left).cell_length for left, _right in rows) + 3
    lines = [Content.styled(title, "$primary bold")]
    for left, right in rows:
        first, second = Content.styled(left, "$accent"), Content.styled(right, "$foreground")
        if width < _NARROW:
            lines += [first, second]
        else:
            lines.append(first.pad_right(place - first.cell_length) + second)
    return Content("\n").join(lines)
