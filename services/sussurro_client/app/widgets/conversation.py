"""The conversation: it only ever grows at its end, and forgets at its beginning.

What was never in sight is not drawn, and how high it is is guessed. When it comes into
sight it is drawn and measured, and what was in sight before stays where it is.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date

from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual

from sussurro_client.app.column import Column
from sussurro_client.app.lines import Day, Entry, Noted, Said, guess_height, lines_of

MAX_ENTRIES = 12_000
_MAX_CHARACTERS = 8 * 1024 * 1024  # of all texts together
_MAX_DRAWN = 2_000  # entries whose lines are kept


@dataclass(slots=True, eq=False)
class _Block:
    """An entry, and its lines while they are kept."""

    entry: Entry
    id: str
    strips: list[Strip] | None = None


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
        self._column = Column()
        self._day: date | None = None  # of the last entry
        self._characters = 0
        self._drawn: list[_Block] = []  # those whose lines are kept
        self._width = 0
        self._follows = True
        self._unseen = 0
        self._is_held = False  # more is being added
        self._is_settling = False

    @property
    def text(self) -> str:
        """All that is said, seen or not, as it is shown, without its colours."""
        if not self._width:
            return ""
        dark = self.app.current_theme.dark
        return "\n".join(
            line.plain.rstrip()
            for block in self._blocks
            for line in lines_of(block.entry, self._width, dark=dark)
        )

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Show what is added within a with block when all of it is there."""
        self._is_held = True
        try:
            yield
        finally:
            self._is_held = False
            self._settle()

    def add(self, entry: Said | Noted, entry_id: str = "") -> None:
        """Put an entry at the end, under its day."""
        day = entry.at.date()
        if day != self._day:
            self._day = day
            self._append(_Block(Day(day), ""))
        self._append(_Block(entry, entry_id))
        if not self._follows:
            self._unseen += 1
        self._settle()

    def keep(self, entry_id: str) -> None:
        """Show that a message of one's own has been delivered."""
        for block in reversed(self._blocks):
            if block.id == entry_id and isinstance(block.entry, Said):
                block.entry = replace(block.entry, is_kept=True)
                block.strips = None
                self._settle()
                return

    def redraw(self) -> None:
        """Draw everything anew, for another width or other colours."""
        top = self._column.at(self.scroll_offset.y)
        self._column.clear()
        for block in self._blocks:
            block.strips = None
            self._column.append(guess_height(block.entry, self._width))
        self._drawn.clear()
        self._show(None if self._follows else self._column.top(top))

    def page(self, direction: int) -> None:
        """Scroll by nearly a page, up (-1) or down (1)."""
        self.scroll_relative(y=direction * max(self.size.height - 2, 1), animate=False)

    def to_end(self) -> None:
        """Go to the end, and follow it."""
        self._show(None)

    def render_line(self, y: int) -> Strip:
        """Return one line of what is in sight."""
        row = self.scroll_offset.y + y
        index = self._column.at(row)
        strips = self._blocks[index].strips if index < len(self._blocks) else None
        line = strips[row - self._column.top(index)] if strips else Strip.blank(0, self.rich_style)
        return line.adjust_cell_length(self.size.width, self.rich_style)

    def on_resize(self, _event: events.Resize) -> None:
        """Wrap again when the width is another; keep the end in sight."""
        width = self.scrollable_content_region.width
        if width != self._width:
            self._width = width
            self.redraw()
        else:
            self._show(None if self._follows else self.scroll_offset.y)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Notice whether the end is in sight, and draw what has come into sight."""
        super().watch_scroll_y(old_value, new_value)
        if self._is_settling:
            return
        self._follows = self.is_vertical_scroll_end
        self._show(None if self._follows else self.scroll_offset.y)

    def _append(self, block: _Block) -> None:
        self._blocks.append(block)
        self._characters += _size_of(block)
        self._column.append(guess_height(block.entry, self._width))

    def _settle(self) -> None:
        """Show what has changed."""
        if self._is_held:
            return
        dropped = self._forget()
        self._show(None if self._follows else max(self.scroll_offset.y - dropped, 0))
        if self._unseen:
            self.post_message(self.Behind(self._unseen))

    def _forget(self) -> int:
        """Drop the oldest entries above the limits; return how many rows they had."""
        count = 0
        while count < len(self._blocks) - 1 and (
            len(self._blocks) - count > MAX_ENTRIES or self._characters > _MAX_CHARACTERS
        ):
            self._characters -= _size_of(self._blocks[count])
            count += 1
        if not count:
            return 0
        del self._blocks[:count]
        return self._column.drop(count)

    def _show(self, y: int | None) -> None:
        """Show what stands from row ``y`` on (None: the end, and follow it), drawn and measured."""
        if not self._width or not self._blocks:
            return  # nothing is laid out yet; the first resize draws it
        self._is_settling = True
        self._follows = y is None
        self._let_go()
        while True:
            self.virtual_size = Size(self._width, self._column.height)
            target = self.max_scroll_y if y is None else y
            self.scroll_to(y=target, animate=False, immediate=True)
            moved = self._draw_sight()
            if moved is None:
                break
            y = None if y is None else max(self.scroll_offset.y + moved, 0)
        self._is_settling = False
        self._follows = self._follows or self.is_vertical_scroll_end
        self.refresh()
        if self._follows and self._unseen:
            self._unseen = 0
            self.post_message(self.Behind(0))

    def _draw_sight(self) -> int | None:
        """Draw what is in sight and not drawn; None: there is nothing.

        Returns by how many rows that has moved what was drawn before.
        """
        top = self.scroll_offset.y
        sight = self._column.between(top, top + self.scrollable_content_region.height)
        blank = [index for index in sight if self._blocks[index].strips is None]
        if not blank:
            return None
        fixed = next((i for i in sight if self._blocks[i].strips is not None), sight.start)
        before = self._column.top(fixed)
        for index in blank:
            block = self._blocks[index]
            block.strips = self._draw(block)
            self._drawn.append(block)
            self._column.measure(index, len(block.strips))
        return self._column.top(fixed) - before

    def _draw(self, block: _Block) -> list[Strip]:
        dark = self.app.current_theme.dark
        return [
            strip
            for line in lines_of(block.entry, self._width, dark=dark)
            for strip in Visual.to_strips(
                self, line, self._width, 1, self.visual_style, apply_selection=False
            )
        ]

    def _let_go(self) -> None:
        """Keep the lines of what was drawn lately only; the heights of all stay known."""
        if len(self._drawn) > _MAX_DRAWN:
            for block in self._drawn[: -_MAX_DRAWN // 2]:
                block.strips = None
            del self._drawn[: -_MAX_DRAWN // 2]


def _size_of(block: _Block) -> int:
    return 0 if isinstance(block.entry, Day) else len(block.entry.text)
