"""The line at the bottom: what the keys do."""

from textual.content import Content
from textual.widget import Widget

from sussurro_client.words import _


class Keys(Widget):
    """The few keys that one needs to know."""

    def __init__(self) -> None:
        super().__init__()
        self._has_rooms = False

    def show(self, *, has_rooms: bool) -> None:
        """Show the keys of several rooms too, or not."""
        self._has_rooms = has_rooms
        self.refresh()

    def render(self) -> Content:
        """Return as many keys as the width has place for, the most needed first."""
        line = Content("")
        for key, words in (
            ("Enter", _("send")),
            ("F1", _("help")),
            ("Ctrl+C", _("leave")),
            *((("F6 F7", _("other rooms")),) if self._has_rooms else ()),
            ("Alt+Enter", _("new line")),
            ("PgUp PgDn", _("scroll")),
            ("F2", _("light or dark")),
        ):
            part = Content.assemble((key, "$primary bold"), (f" {words}   ", "$faint"))
            if line.cell_length + part.cell_length - 3 > self.size.width:
                break
            line += part
        return line
