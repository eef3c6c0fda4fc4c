"""What of the conversation is in sight: drawn and measured, and kept where it is.

What was never in sight is not drawn, and how high it is is guessed. When it comes into
sight it is drawn and measured, and what was in sight before stays where it is.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from textual.content import Content
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual

from sussurro_client.app.blocks import Block, Blocks
from sussurro_client.app.painter import Painter
from sussurro_client.app.themes import PLAIN

_MAX_DRAWN = 2_000  # blocks whose lines are kept


class Sight:
    """Draws blocks on a widget that scrolls. Owned by the widget; ``shown`` is called after each.

    ``follows``: the end is in sight, and stays so whatever comes.
    """

    def __init__(
        self, view: ScrollView, blocks: Blocks, painter: Painter, shown: Callable[[], None]
    ) -> None:
        self.follows = True
        self.is_settling = False  # the widget scrolls because we say so
        self._view = view
        self._blocks = blocks
        self._painter = painter
        self._shown = shown
        self._drawn: list[Block] = []  # those whose lines are kept
        self._width = 0

    @property
    def y(self) -> int:
        """The first row that is in sight."""
        return self._view.scroll_offset.y

    @property
    def height(self) -> int:
        """How many rows are in sight."""
        return self._view.scrollable_content_region.height

    def resize(self) -> None:
        """Draw anew where the width is another, and keep in sight what was."""
        width = self._view.scrollable_content_region.width
        if width != self._width:
            self._width = width
            self.redraw()
        else:
            self.show_again()

    def redraw(self) -> None:
        """Draw everything anew, for another width or other colours."""
        top = self._blocks.column.at(self.y)
        self._blocks.guess(self._width)
        self._drawn.clear()
        self.show(None if self.follows else self._blocks.column.top(top))

    def draw_again(self) -> None:
        """Draw anew what was drawn, which reads otherwise now; what is in sight stays there."""
        for block in self._drawn:
            block.strips = None
        self._drawn.clear()
        self.show_again()

    def show_again(self, dropped: int = 0) -> None:
        """Show the same, or the end where it is followed, after so many rows above are gone."""
        self.show(None if self.follows else max(self.y - dropped, 0))

    def show(self, y: int | None) -> None:
        """Show what stands from row ``y`` on (None: the end, and follow it), drawn and measured."""
        if not self._width or not len(self._blocks):
            return  # nothing is laid out yet; the first resize draws it
        self.is_settling = True
        self.follows = y is None
        self._let_go()
        view = self._view
        while True:
            view.virtual_size = Size(self._width, self._blocks.column.height)
            target = view.max_scroll_y if y is None else y
            view.scroll_to(y=target, animate=False, immediate=True)
            moved = self._draw_sight()
            if moved is None:
                break
            y = None if y is None else max(self.y + moved, 0)
        self.is_settling = False
        self.follows = self.follows or view.is_vertical_scroll_end
        view.refresh()
        self._shown()

    def bring(self, block: Block) -> None:
        """Bring a block into sight, and move as little as may be."""
        at = self._blocks.index(block)
        self._draw_at(at)
        top, end = self._blocks.column.top(at), self._blocks.column.top(at + 1)
        self.show(top if top < self.y else max(min(top, end - self.height), self.y))

    @contextmanager
    def steadily(self, first: int) -> Iterator[None]:
        """Let blocks come and go; what stands in sight from ``first`` on stays where it is."""
        if self.follows or not len(self._blocks):
            yield
            self.show_again()
            return
        column, y = self._blocks.column, self.y
        sight = column.between(y, y + max(self.height, 1))
        fallback = min(sight.start, len(self._blocks) - 1)
        at = next((at for at in sight if at >= first and self._blocks[at].id), fallback)
        anchor, below = self._blocks[at], len(self._blocks) - at
        offset = column.top(at) - y
        yield
        if not anchor.is_gone:
            now = self._blocks.index(anchor, near=len(self._blocks) - below)
            y = max(column.top(now) - offset, 0)
        self.show(y)

    def lines(self, block: Block) -> list[Content]:
        """Return the lines of a block; before anything is laid out, none."""
        if not self._width:
            return []
        app = self._view.app
        return self._painter.lines(
            block, self._width, dark=app.current_theme.dark, has_pictures=self._has_colours
        )

    def strip(self, y: int) -> Strip:
        """Return one line of what is in sight, as wide as it is."""
        column, row = self._blocks.column, self.y + y
        at = column.at(row)
        strips = self._blocks[at].strips if at < len(self._blocks) else None
        if strips:
            return strips[row - column.top(at)]
        return Strip.blank(0, self._view.rich_style)

    @property
    def _has_colours(self) -> bool:
        app = self._view.app
        return not app.no_color and app.theme != PLAIN.name

    def _draw_sight(self) -> int | None:
        """Draw what is in sight and not drawn; None: there is nothing.

        Returns by how many rows that has moved what was drawn before.
        """
        column = self._blocks.column
        sight = column.between(self.y, self.y + self.height)
        blank = [at for at in sight if self._blocks[at].strips is None]
        if not blank:
            return None
        fixed = next((at for at in sight if self._blocks[at].strips is not None), sight.start)
        before = column.top(fixed)
        for at in blank:
            self._draw_at(at)
        return column.top(fixed) - before

    def _draw_at(self, at: int) -> None:
        block = self._blocks[at]
        block.strips = self._draw(block)
        self._drawn.append(block)
        self._blocks.column.measure(at, len(block.strips))

    def _draw(self, block: Block) -> list[Strip]:
        view = self._view
        return [
            strip
            for line in self.lines(block)
            for strip in Visual.to_strips(
                view, line, self._width, 1, view.visual_style, apply_selection=False
            )
        ]

    def _let_go(self) -> None:
        """Keep the lines of what was drawn lately only; the heights of all stay known."""
        if len(self._drawn) > _MAX_DRAWN:
            for block in self._drawn[: -_MAX_DRAWN // 2]:
                block.strips = None
            del self._drawn[: -_MAX_DRAWN // 2]
