"""The conversation: it grows at its end, and at its beginning when the past is fetched."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from sussurro_client.app.blocks import Blocks
from sussurro_client.app.bookmark import Bookmark
from sussurro_client.app.clock import Clock
from sussurro_client.app.deeds import DEED_KEYS, Deed
from sussurro_client.app.entries import Kind, Line, Noted, Progress
from sussurro_client.app.painter import Painter
from sussurro_client.app.selection import Selection
from sussurro_client.app.sight import Sight
from sussurro_client.naming import Circle
from sussurro_client.posts import Post
from sussurro_client.timeline import Timeline

MAX_ENTRIES = 250_000
_MAX_CHARACTERS = 64 * 1024 * 1024  # of all texts together
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
        """So many messages and warnings have come in below what is seen; 0 when the end is in sight again."""

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
        self._blocks = Blocks(timeline, clock.local)
        self._painter = Painter(self._blocks, timeline, circle, clock.local, is_mention)
        self._sight = Sight(self, self._blocks, self._painter, self._note_shown)
        self._selection = Selection(self._blocks, self._painter, self._sight, self._note_selected)
        self._bookmark = Bookmark(self._blocks)
        self._unseen = 0
        self._is_held = False  # more is being added
        self.added = 0  # entries put at the end, ever

    @property
    def text(self) -> str:
        """All that is said, seen or not, as it is shown, without its colours."""
        return "\n".join(
            line.plain.rstrip() for block in self._blocks for line in self._sight.lines(block)
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
        return self._sight.follows

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
        if not self._sight.follows and _is_news(item):
            self._unseen += 1
        self._settle()

    def fold(self, note: Noted, replaces: int) -> None:
        """Put a note in the place of the last entries, which are notes."""
        if replaces:
            self._blocks.drop_last(replaces)
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
        with self._sight.steadily(self._blocks.past):
            self._blocks.prepend(items)
        if self._unseen and before:
            self.post_message(self.Behind(self._unseen))

    def show_edge(self, text: str) -> None:
        """Say how far back it goes, above the first message."""
        with self._sight.steadily(self._blocks.past):
            self._blocks.show_edge(Line(text))

    def show_progress(self, message_id: str, done: int, total: int, state: str) -> None:
        """Show below a file how many of its bytes are there, and in words what happens."""
        self._painter.note_progress(message_id, Progress(done, total, state))
        self.change(message_id)

    def forget_mark(self) -> None:
        """Take the line away that says where somebody stopped reading."""
        if self._bookmark.block is not None:
            with self._sight.steadily(0):
                self._bookmark.take()

    def redraw(self) -> None:
        """Draw everything anew, for other colours."""
        self._sight.redraw()

    def show_standings(self) -> None:
        """Show of everybody what is known of them by now."""
        self._sight.draw_again()

    # What is selected.

    @property
    def selected(self) -> Post | None:
        """The message that is selected, as it is now."""
        return self._selection.post

    def select_next(self, step: int) -> None:
        """Select the message above (-1) or below (1); with none selected, the lowest in sight."""
        if self._selection.step(step) < 0:
            self._look_for_past()

    def select(self, message_id: str) -> bool:
        """Select a message and go there; return whether it is here."""
        return self._selection.choose(message_id)

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
        self._selection.end()

    def _note_selected(self, is_any: bool) -> None:  # noqa: FBT001 - that is all it says
        self.can_focus = is_any
        self.post_message(self.Selected(is_any=is_any))

    # Where one looks.

    def page(self, direction: int) -> None:
        """Scroll by nearly a page, up (-1) or down (1)."""
        self.scroll_relative(y=direction * max(self.size.height - 2, 1), animate=False)
        if direction < 0:
            self._look_for_past()

    def to_end(self) -> None:
        """Go to the end, and follow it."""
        self._sight.show(None)

    def on_mount(self) -> None:
        """Notice when the terminal is looked at again."""
        self.watch(self.app, "app_focus", self.look, init=False)

    def on_mouse_scroll_up(self, _event: events.MouseScrollUp) -> None:
        """Ask for the past where there is nothing more to scroll to, too."""
        self._look_for_past()

    def render_line(self, y: int) -> Strip:
        """Return one line of what is in sight."""
        return self._sight.strip(y).adjust_cell_length(self.size.width, self.rich_style)

    def on_resize(self, _event: events.Resize) -> None:
        """Wrap again when the width is another; keep the end in sight."""
        self._sight.resize()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Notice whether the end is in sight, and draw what has come into sight."""
        super().watch_scroll_y(old_value, new_value)
        if self._sight.is_settling:
            return
        self._sight.follows = self.is_vertical_scroll_end
        self._sight.show_again()
        # A resize scrolls too, and nobody looks for anything then.
        if new_value < old_value and not self._sight.follows:
            self._look_for_past()

    def _look_for_past(self) -> None:
        top = self._blocks.column.top(self._blocks.past)
        if self.scroll_offset.y - top < _PAST_FROM * max(self.size.height, 1):
            self.post_message(self.NearPast())

    # How it is shown.

    def _mark_unread(self) -> None:
        """Draw a line above what nobody sees come."""
        if self._sight.follows and self._is_looked_at:
            return
        if self._bookmark.is_past:
            self.forget_mark()
        self._bookmark.put()

    def look(self) -> None:
        """Take note of what is read, where somebody looks and the end is in sight."""
        if self._sight.follows and self._is_looked_at:
            self._bookmark.read()

    @property
    def _is_looked_at(self) -> bool:
        """Whether the terminal has the focus, and shows this room, perhaps behind a question."""
        screens = self.app.screen_stack
        shown = next((screen for screen in reversed(screens) if not screen.is_modal), None)
        return self.app.app_focus and shown is self.screen

    def _settle(self) -> None:
        """Show what has changed."""
        if self._is_held:
            return
        dropped = self._blocks.forget(MAX_ENTRIES, _MAX_CHARACTERS)
        self._selection.settle()
        self._sight.show_again(dropped)
        if self._unseen:
            self.post_message(self.Behind(self._unseen))

    def _note_shown(self) -> None:
        self.look()
        if self._sight.follows and self._unseen:
            self._unseen = 0
            self.post_message(self.Behind(0))


def _is_news(item: Post | Noted) -> bool:
    """Return whether somebody who reads further up wants to know that it is there."""
    return isinstance(item, Post) or item.kind is Kind.WARNING
