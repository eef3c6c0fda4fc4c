"""The line with all rooms, where there are several: which one is shown, and what waits in which."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from sussurro_client.app.unread import Unread
from sussurro_client.display import safe_name

_NOTHING = Unread()
_MOST = 99  # a larger number is told as more than this


@dataclass(frozen=True, slots=True)
class Tab:
    """A room: what it is called, and what is unread. ``is_over``: it is refused for good."""

    label: str
    unread: Unread = _NOTHING
    is_over: bool = False


class RoomTabs(Widget):
    """One line. A narrow terminal sees the name of the shown room only, and where it is."""

    ALLOW_SELECT = False

    class Chosen(Message):
        """Somebody clicked on a room, counted from 0."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    def __init__(self) -> None:
        super().__init__()
        self._tabs: tuple[Tab, ...] = ()
        self._shown = 0
        self.display = False

    def show(self, tabs: Sequence[Tab], shown: int) -> None:
        """Show these rooms, of which the one so numbered is on the screen."""
        self._tabs, self._shown = tuple(tabs), shown
        self.display = len(self._tabs) > 1
        self.refresh()

    def render(self) -> Content:
        """Return the line."""
        return Content("").join(part for _number, part in self._parts())

    def on_click(self, event: events.Click) -> None:
        """Ask for the room that was clicked on."""
        right = 0
        for number, part in self._parts():
            right += part.cell_length
            if event.get_content_offset_capture(self).x < right:
                if number is not None:
                    self.post_message(self.Chosen(number))
                return

    def _parts(self) -> list[tuple[int | None, Content]]:
        """Return what stands side by side, each with the number of its room if it is one."""
        width = self.size.width
        whole = [self._tab(number, names=True) for number in range(len(self._tabs))]
        if _length(whole) <= width:
            return list(enumerate(whole))
        short = [self._tab(number, names=number == self._shown) for number in range(len(whole))]
        if _length(short) <= width:
            return list(enumerate(short))
        if short[self._shown].cell_length > width // 2:
            short[self._shown] = short[self._shown].truncate(max(width // 2, 1), ellipsis=True)
        return self._around(short, width)

    def _around(self, tabs: list[Content], width: int) -> list[tuple[int | None, Content]]:
        """Return the shown room, and of its neighbours those that there is place for."""
        first, end = self._shown, self._shown + 1
        left = width - tabs[self._shown].cell_length - 2  # for the signs that there are more
        while True:
            if end < len(tabs) and tabs[end].cell_length <= left:
                left -= tabs[end].cell_length
                end += 1
            elif first > 0 and tabs[first - 1].cell_length <= left:
                left -= tabs[first - 1].cell_length
                first -= 1
            else:
                break
        parts: list[tuple[int | None, Content]] = []
        if first:
            parts.append((None, _more(self._tabs[:first])))
        parts += [(number, tabs[number]) for number in range(first, end)]
        if end < len(tabs):
            parts.append((None, _more(self._tabs[end:])))
        return parts

    def _tab(self, number: int, *, names: bool) -> Content:
        tab, is_shown = self._tabs[number], number == self._shown
        name = f" {safe_name(tab.label)}" if names else ""
        # The sign says the same as the colours, for those who see none.
        sign = ">" if is_shown else " "
        line = Content.styled(f"{sign}{number + 1}{name}", "$accent bold" if is_shown else "$faint")
        if tab.unread.messages:
            mark = "!" if tab.unread.is_personal else ""
            count = str(tab.unread.messages) if tab.unread.messages <= _MOST else f"{_MOST}+"
            style = "$warning bold" if tab.unread.is_personal else "$foreground bold"
            line += Content.styled(f":{count}{mark}", style)
        if tab.is_over:
            line += Content.styled(" ✗", "$error")
        return line + Content(" ")


def _more(hidden: Sequence[Tab]) -> Content:
    """Return the sign that there are more rooms, and whether there is news in one of them."""
    is_news = any(tab.unread.messages for tab in hidden)
    return Content.styled(":" if is_news else "…", "$warning bold" if is_news else "$faint")


def _length(parts: Sequence[Content]) -> int:
    return sum(part.cell_length for part in parts)
