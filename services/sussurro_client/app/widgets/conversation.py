"""The conversation: it grows at its end, and at its beginning when the past is fetched.

What was never in sight is not drawn, and how high it is is guessed. When it comes into
sight it is drawn and measured, and what was in sight before stays where it is.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual

from sussurro_client.app.blocks import Block, Blocks
from sussurro_client.app.clock import Clock
from sussurro_client.app.deeds import DEED_KEYS, Deed
from sussurro_client.app.entries import Entry, Line, Noted, Progress
from sussurro_client.app.lines import Look, lines_of
from sussurro_client.app.showing import said_of
from sussurro_client.naming import Circle
from sussurro_client.posts import Post
from sussurro_client.timeline import Timeline
from sussurro_client.words import _

MAX_ENTRIES = 250_000
_MAX_CHARACTERS = 64 * 1024 * 1024  # of all texts together
_MAX_DRAWN = 2_000  # entries whose lines are kept
_MAX_PROGRESS = 1_000  # files whose progress is known
_PAST_FROM = 2  # screens above which the past is asked for


class Conversation(ScrollView, can_focus=False):
    """Shows what is said. Follows the end, unless somebody has scrolled up."""

    ALLOW_SELECT = False
    # They are heard while a message is selected, as only then it has the focus.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "select_next(-1)", show=False),
        Binding("down,j", "select_next(1)", show=False),
        *(Binding(each.keys, f"ask('{each.deed}')", show=False) for each in DEED_KEYS),
    ]

    class Behind(Message):
        """So much has come in below what is seen; 0 when the end is in sight again."""

        def __init__(self, entries: int) -> None:
            super().__init__()
            self.entries = entries

    class NearPast(Message):
        """Somebody looks at the oldest that is here, nearly."""

    class Selected(Message):
        """A message is selected now, or none is any more."""

        def __init__(self, *, is_any: bool) -> None:
            super().__init__()
            self.is_any = is_any

    class Asked(Message):
        """Something is to be done with the selected message."""

        def __init__(self, deed: Deed, post: Post) -> None:
            super().__init__()
            self.deed = deed
            self.post = post

    def __init__(
        self,
        timeline: Timeline,
        circle: Circle,
        clock: Clock,
        is_mention: Callable[[str], bool] = lambda _text: False,
    ) -> None:
        super().__init__()
        self.is_mention = is_mention
        self._timeline = timeline
        self._circle = circle
        self._clock = clock
        self._blocks = Blocks(timeline, clock.local)
        self._drawn: list[Block] = []  # those whose lines are kept
        self._progress: dict[str, Progress] = {}
        self._mark: Block | None = None  # where somebody stopped reading
        self._is_mark_read = False
        self._selected: Block | None = None
        self._width = 0
        self._follows = True
        self._unseen = 0
        self._is_held = False  # more is being added
        self._is_settling = False
        self.added = 0  # entries put at the end, ever

    @property
    def text(self) -> str:
        """All that is said, seen or not, as it is shown, without its colours."""
        if not self._width:
            return ""
        look = self._look
        return "\n".join(
            line.plain.rstrip()
            for block in self._blocks
            for line in lines_of(self._entry(block), self._width, look)
        )

    @property
    def is_full(self) -> bool:
        """Whether nothing older can be put in without something being forgotten."""
        return (
            len(self._blocks) > MAX_ENTRIES - 2_000
            or self._blocks.characters > _MAX_CHARACTERS * 9 // 10
        )

    @property
    def follows(self) -> bool:
        """Whether the end is in sight."""
        return self._follows

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Show what is added within a with block when all of it is there."""
        self._is_held = True
        try:
            yield
        finally:
            self._is_held = False
            self._settle()

    # What changes.

    def add(self, item: Post | Noted) -> None:
        """Put a message or a note at the end, under its day."""
        if isinstance(item, Post) and item.live and item.standing is not None:
            self._mark_unread()
        self._blocks.add(item)
        self.added += 1
        if not self._follows:
            self._unseen += 1
        self._settle()

    def fold(self, note: Noted, replaces: int) -> None:
        """Put a note in the place of the last entries, which are notes."""
        if replaces and self._blocks.drop_last(replaces):
            self._unseen = max(self._unseen - replaces, 0)
        self.add(note)

    def change(self, message_id: str) -> None:
        """Show that a message reads otherwise now, or is kept."""
        block = self._blocks.find(message_id)
        if block is not None:
            self._blocks.change(block)
            self._settle()

    def prepend(self, items: Sequence[Post | Noted]) -> None:
        """Put in what was before all that was said; what is in sight stays where it is."""
        before = len(self._blocks)
        with self._steadily(self._blocks.past):
            self._blocks.prepend(items)
        if self._unseen and before:
            self.post_message(self.Behind(self._unseen))

    def show_edge(self, text: str) -> None:
        """Say how far back it goes, above the first message."""
        with self._steadily(self._blocks.past):
            self._blocks.show_edge(Line(text))

    def show_progress(self, message_id: str, done: int, total: int, state: str) -> None:
        """Show below a file how many of its bytes are there, and in words what happens."""
        if message_id not in self._progress and len(self._progress) >= _MAX_PROGRESS:
            self._progress.pop(next(iter(self._progress)))
        self._progress[message_id] = Progress(done, total, state)
        self.change(message_id)

    def forget_mark(self) -> None:
        """Take the line away that says where somebody stopped reading."""
        mark, self._mark = self._mark, None
        if mark is not None:
            with self._steadily(0):
                self._blocks.remove(mark)

    def redraw(self) -> None:
        """Draw everything anew, for another width or other colours."""
        top = self._blocks.column.at(self.scroll_offset.y)
        self._blocks.guess(self._width)
        self._drawn.clear()
        self._show(None if self._follows else self._blocks.column.top(top))

    # What is selected.

    @property
    def selected(self) -> Post | None:
        """The message that is selected, as it is now."""
        return self._blocks.post(self._selected) if self._selected else None

    def select_next(self, step: int) -> None:
        """Select the message above (-1) or below (1); with none selected, the lowest in sight."""
        if self._selected is None:
            bottom = self.scroll_offset.y + self.scrollable_content_region.height
            start = min(self._blocks.column.at(bottom - 1), len(self._blocks) - 1)
            step = -1
        else:
            start = self._blocks.index(self._selected) + step
        while 0 <= start < len(self._blocks) and not self._blocks[start].id:
            start += step
        if 0 <= start < len(self._blocks):
            self._select(self._blocks[start])
        if step < 0:
            self._look_for_past()

    def select(self, message_id: str) -> bool:
        """Select a message and go there; return whether it is here."""
        block = self._blocks.find(message_id)
        if block is None:
            return False
        self._select(block)
        return True

    def action_select_next(self, step: int) -> None:
        """Select the message above or below."""
        self.select_next(step)

    def action_ask(self, deed: str) -> None:
        """Ask for something to be done with the selected message."""
        post = self.selected
        if post is not None:
            self.post_message(self.Asked(Deed(deed), post))

    def unselect(self) -> None:
        """Select nothing any more."""
        self._select(None)

    def _select(self, block: Block | None) -> None:
        for each in (self._selected, block):
            if each is not None:
                each.strips = None
        if block is None and self._selected is None:
            return
        self._selected = block
        if block is not None:
            self._show(self._row_showing(block))
        self._show(None if self._follows else self.scroll_offset.y)
        self.can_focus = block is not None
        self.post_message(self.Selected(is_any=block is not None))

    def _row_showing(self, block: Block) -> int:
        """Return the first row in sight for a block to be in sight, moving as little as may be."""
        at = self._blocks.index(block)
        block.strips = self._draw(block)
        self._drawn.append(block)
        self._blocks.column.measure(at, len(block.strips))
        top, end = self._blocks.column.top(at), self._blocks.column.top(at + 1)
        height = self.scrollable_content_region.height
        y = self.scroll_offset.y
        if top < y:
            return top
        return max(min(top, end - height), y)

    # Where one looks.

    def page(self, direction: int) -> None:
        """Scroll by nearly a page, up (-1) or down (1)."""
        self.scroll_relative(y=direction * max(self.size.height - 2, 1), animate=False)
        if direction < 0:
            self._look_for_past()

    def to_end(self) -> None:
        """Go to the end, and follow it."""
        self._show(None)

    def on_mount(self) -> None:
        """Notice when the terminal is looked at again."""
        self.watch(self.app, "app_focus", self._note_reading, init=False)

    def on_mouse_scroll_up(self, _event: events.MouseScrollUp) -> None:
        """Ask for the past where there is nothing more to scroll to, too."""
        self._look_for_past()

    def render_line(self, y: int) -> Strip:
        """Return one line of what is in sight."""
        row = self.scroll_offset.y + y
        index = self._blocks.column.at(row)
        strips = self._blocks[index].strips if index < len(self._blocks) else None
        line = strips[row - self._blocks.column.top(index)] if strips else Strip.blank(0)
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
        if new_value < old_value:
            self._look_for_past()

    def _look_for_past(self) -> None:
        top = self._blocks.column.top(self._blocks.past)
        if self.scroll_offset.y - top < _PAST_FROM * max(self.size.height, 1):
            self.post_message(self.NearPast())

    # How it is shown.

    def _mark_unread(self) -> None:
        """Draw a line above what nobody sees come."""
        if self._follows and self.app.app_focus:
            return
        if self._mark is not None and self._is_mark_read:
            self.forget_mark()
        if self._mark is None and len(self._blocks):
            day = self._blocks[len(self._blocks) - 1].day
            self._mark = self._blocks.add(Line(_("you stopped reading here")), day)
            self._is_mark_read = False

    def _note_reading(self) -> None:
        if self._follows and self.app.app_focus:
            self._is_mark_read = True

    @contextmanager
    def _steadily(self, first: int) -> Iterator[None]:
        """Let blocks come and go; what stands in sight from ``first`` on stays where it is."""
        if self._follows or not len(self._blocks):
            yield
            self._settle()
            return
        column, y = self._blocks.column, self.scroll_offset.y
        sight = column.between(y, y + max(self.scrollable_content_region.height, 1))
        fallback = min(sight.start, len(self._blocks) - 1)
        at = next((at for at in sight if at >= first and self._blocks[at].id), fallback)
        anchor, below = self._blocks[at], len(self._blocks) - at
        offset = column.top(at) - y
        yield
        if not anchor.is_gone:
            now = self._blocks.index(anchor, near=len(self._blocks) - below)
            y = max(column.top(now) - offset, 0)
        self._show(y)

    def _settle(self) -> None:
        """Show what has changed."""
        if self._is_held:
            return
        dropped = self._blocks.forget(MAX_ENTRIES, _MAX_CHARACTERS)
        if dropped:
            self._mark = None if self._mark and self._mark.is_gone else self._mark
            self._selected = None if self._selected and self._selected.is_gone else self._selected
        self._show(None if self._follows else max(self.scroll_offset.y - dropped, 0))
        if self._unseen:
            self.post_message(self.Behind(self._unseen))

    def _show(self, y: int | None) -> None:
        """Show what stands from row ``y`` on (None: the end, and follow it), drawn and measured."""
        if not self._width or not len(self._blocks):
            return  # nothing is laid out yet; the first resize draws it
        self._is_settling = True
        self._follows = y is None
        self._let_go()
        while True:
            self.virtual_size = Size(self._width, self._blocks.column.height)
            target = self.max_scroll_y if y is None else y
            self.scroll_to(y=target, animate=False, immediate=True)
            moved = self._draw_sight()
            if moved is None:
                break
            y = None if y is None else max(self.scroll_offset.y + moved, 0)
        self._is_settling = False
        self._follows = self._follows or self.is_vertical_scroll_end
        self.refresh()
        self._note_reading()
        if self._follows and self._unseen:
            self._unseen = 0
            self.post_message(self.Behind(0))

    def _draw_sight(self) -> int | None:
        """Draw what is in sight and not drawn; None: there is nothing.

        Returns by how many rows that has moved what was drawn before.
        """
        column = self._blocks.column
        top = self.scroll_offset.y
        sight = column.between(top, top + self.scrollable_content_region.height)
        blank = [index for index in sight if self._blocks[index].strips is None]
        if not blank:
            return None
        fixed = next((i for i in sight if self._blocks[i].strips is not None), sight.start)
        before = column.top(fixed)
        for index in blank:
            block = self._blocks[index]
            block.strips = self._draw(block)
            self._drawn.append(block)
            column.measure(index, len(block.strips))
        return column.top(fixed) - before

    def _entry(self, block: Block) -> Entry:
        post = self._blocks.post(block)
        if post is None:
            return block.entry or Line("")
        return said_of(
            post,
            self._timeline,
            self._clock.local(post.at),
            begins=block.begins,
            is_mention=post.standing is not None and self.is_mention(post.text),
            is_selected=block is self._selected,
            progress=self._progress.get(post.id),
        )

    @property
    def _look(self) -> Look:
        has_pictures = not self.app.console.no_color
        return Look(self.app.current_theme.dark, self._circle, has_pictures)

    def _draw(self, block: Block) -> list[Strip]:
        return [
            strip
            for line in lines_of(self._entry(block), self._width, self._look)
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
