"""The line at the bottom: what the keys do."""

from textual.content import Content
from textual.widget import Widget

from sussurro_client.app.deeds import DEED_KEYS
from sussurro_client.words import _


class Keys(Widget):
    """The few keys that one needs to know: for writing, or for a message that is selected."""

    def __init__(self) -> None:
        super().__init__()
        self._has_rooms = False
        self._is_selecting = False

    def show_selecting(self, *, is_selecting: bool) -> None:
        """Show the keys for a message that is selected, or those for writing."""
        self._is_selecting = is_selecting
        self.refresh()

    def show(self, *, has_rooms: bool) -> None:
        """Show the keys of several rooms too, or not."""
        self._has_rooms = has_rooms
        self.refresh()

    def render(self) -> Content:
        """Return as many keys as the width has place for, the most needed first."""
        line = Content("")
        keys = _for_selecting() if self._is_selecting else _for_writing(has_rooms=self._has_rooms)
        for key, words in keys:
            part = Content.assemble((key, "$primary bold"), (f" {words}   ", "$faint"))
            if line.cell_length + part.cell_length - 3 > self.size.width:
                break
            line += part
        return line


def _for_writing(*, has_rooms: bool) -> list[tuple[str, str]]:
    return [
        ("Enter", _("send")),
        ("F1", _("help")),
        ("Ctrl+C", _("leave")),
        *((("F6 F7", _("other rooms")),) if has_rooms else ()),
        ("Alt+Enter", _("new line")),
        ("PgUp PgDn", _("scroll")),
        ("Alt+↑", _("choose a message")),
        ("F2", _("light or dark")),
    ]


def _for_selecting() -> list[tuple[str, str]]:
    return [(each.shown, each.short()) for each in DEED_KEYS]
