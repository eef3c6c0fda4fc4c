"""The conversation: it only ever grows at its end, and forgets at its beginning."""

from dataclasses import dataclass, replace

from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual

from sussurro_client.app.lines import Day, Entry, Noted, Said, lines_of

MAX_LINES = 5_000


@dataclass(slots=True)
class _Block:
    """An entry and how many of the drawn lines are its own."""

    entry: Entry
    id: str
    height: int = 0


class Conversation(ScrollView, can_focus=False):
    """Shows what is said. Follows the end, unless somebody has scrolled up."""

    ALLOW_SELECT = False

    class Behind(Message):
        """So much has come in below what is seen; 0 when the end is in sight again."""

        def __init__(self, entries: int) -> None:
            super().__init__()
            self.entries = entries

    def __init__(self) -> None:
        super().__init__()
        self._blocks: list[_Block] = []
        self._lines: list[Strip] = []
        self._width = 0
        self._follows = True
        self._unseen = 0

    @property
    def text(self) -> str:
        """All that is shown, seen or not, without its colours."""
        return "\n".join(line.text.rstrip() for line in self._lines)

    def add(self, entry: Said | Noted, entry_id: str = "") -> None:
        """Put an entry at the end, under its day."""
        last = next((b.entry for b in reversed(self._blocks) if not isinstance(b.entry, Day)), None)
        if last is None or last.at.date() != entry.at.date():
            self._append(_Block(Day(entry.at.date()), ""))
        self._append(_Block(entry, entry_id))
        self._forget()
        self._show_end()
        if not self._follows:
            self._unseen += 1
            self.post_message(self.Behind(self._unseen))

    def keep(self, entry_id: str) -> None:
        """Show that a message of one's own has been delivered."""
        end = len(self._lines)
        for block in reversed(self._blocks):
            start = end - block.height
            if block.id == entry_id and isinstance(block.entry, Said):
                block.entry = replace(block.entry, is_kept=True)
                drawn = self._draw(block)
                self._lines[start:end] = drawn
                self._show_end()
                return
            end = start

    def redraw(self) -> None:
        """Draw everything anew, for another width or other colours."""
        top = self._block_at(self.scroll_offset.y)
        self._lines = [line for block in self._blocks for line in self._draw(block)]
        self._forget()
        self._show_end()
        if not self._follows:
            y = sum(block.height for block in self._blocks[:top])
            self.scroll_to(y=y, animate=False, immediate=True)

    def page(self, direction: int) -> None:
        """Scroll by nearly a page, up (-1) or down (1)."""
        self.scroll_relative(y=direction * max(self.size.height - 2, 1), animate=False)

    def to_end(self) -> None:
        """Go to the end, and follow it."""
        self.scroll_end(animate=False, immediate=True)

    def render_line(self, y: int) -> Strip:
        """Return one line of what is in sight."""
        row = self.scroll_offset.y + y
        line = self._lines[row] if row < len(self._lines) else Strip.blank(0)
        return line.adjust_cell_length(self.size.width, self.rich_style)

    def on_resize(self, _event: events.Resize) -> None:
        """Wrap again when the width is another; keep the end in sight."""
        width = self.scrollable_content_region.width
        if width != self._width:
            self._width = width
            self.redraw()
        elif self._follows:
            self._show_end()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Notice whether the end is in sight."""
        super().watch_scroll_y(old_value, new_value)
        self._follows = self.is_vertical_scroll_end
        if self._follows and self._unseen:
            self._unseen = 0
            self.post_message(self.Behind(0))

    def _append(self, block: _Block) -> None:
        self._blocks.append(block)
        self._lines.extend(self._draw(block))

    def _draw(self, block: _Block) -> list[Strip]:
        if not self._width:
            return []  # nothing is laid out yet; the first resize draws it
        dark = self.app.current_theme.dark
        strips = [
            strip
            for line in lines_of(block.entry, self._width, dark=dark)
            for strip in Visual.to_strips(
                self, line, self._width, 1, self.visual_style, apply_selection=False
            )
        ]
        block.height = len(strips)
        return strips

    def _forget(self) -> None:
        """Drop the oldest entries above the limit; what is in sight stays where it is."""
        dropped = count = 0
        while len(self._lines) - dropped > MAX_LINES and count < len(self._blocks) - 1:
            dropped += self._blocks[count].height
            count += 1
        del self._blocks[:count]
        del self._lines[:dropped]
        if dropped and not self._follows:
            y = max(self.scroll_offset.y - dropped, 0)
            self.scroll_to(y=y, animate=False, immediate=True)

    def _show_end(self) -> None:
        follows = self._follows
        self.virtual_size = Size(self._width, len(self._lines))
        if follows:
            self._follows = True
            self.scroll_end(animate=False, immediate=True)
        self.refresh()

    def _block_at(self, row: int) -> int:
        for index, block in enumerate(self._blocks):
            row -= block.height
            if row < 0:
                return index
        return 0
