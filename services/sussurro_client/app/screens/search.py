"""What was found, newest first, and how much was looked through."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from sussurro_client import sentences
from sussurro_client.app.clock import Clock
from sussurro_client.app.message_lines import BADGE_STYLES
from sussurro_client.app.palette import colour_of
from sussurro_client.app.past import LARGE_PAGE, Past
from sussurro_client.app.widgets.options import Options
from sussurro_client.display import safe_line
from sussurro_client.events import Standing
from sussurro_client.naming import Circle, badge, label
from sussurro_client.posts import Post, today
from sussurro_client.timeline import Timeline, holds
from sussurro_client.words import _

_MAX_SHOWN = 500
_SHOWN = 200  # characters of each


class SearchScreen(ModalScreen[str]):
    """Shows what is found among what is loaded, or everything; gives the id that was chosen."""

    AUTO_FOCUS = "OptionList"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "close", show=False),
        Binding("a", "search_everything", show=False),
    ]

    def __init__(
        self,
        words: str,
        timeline: Timeline,
        past: Past,
        circle: Circle,
        clock: Clock,
        *,
        is_everything: bool = False,
    ) -> None:
        super().__init__()
        self._words = words
        self._wanted = words.casefold().split()
        self._timeline = timeline
        self._past = past
        self._circle = circle
        self._clock = clock
        self._found: list[Post] = []  # newest first
        self._oldest = 0  # when the oldest that was looked through was said
        self._is_everything = is_everything

    def compose(self) -> ComposeResult:
        """Lay out the page."""
        title = _("Search: {words}").format(words=safe_line(self._words))
        with Vertical(classes="box page"):
            yield Static(title, classes="title", markup=False)
            yield Static("", id="how", markup=False)
            yield Options(id="found")
            yield Static(
                _("Enter goes there, a searches everything kept, Escape goes back."),
                classes="hint",
                markup=False,
            )

    def on_mount(self) -> None:
        """Show what is found in what is loaded."""
        self._found = self._timeline.search(self._words)
        oldest = next(iter(self._timeline), None)
        self._oldest = oldest.at if oldest else 0
        self._add(self._found)
        self._tell()
        if self._is_everything:
            self._go_on()

    def hear(self, page: Sequence[Post]) -> None:
        """Take a page of the past, oldest first, and go on to the next."""
        found = (
            [post for post in reversed(page) if holds(post, self._wanted)] if self._wanted else []
        )
        self._found += found
        if page:
            self._oldest = page[0].at
        self._add(found)
        if self._is_everything:
            self._go_on()
        self._tell()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Go to what was chosen."""
        self.dismiss(event.option_id)

    def action_search_everything(self) -> None:
        """Search all that is kept, page by page."""
        if not self._is_everything:
            self._is_everything = True
            self._go_on()
        self._tell()

    def action_close(self) -> None:
        """Go back; nothing more is fetched."""
        self.dismiss(None)

    def _go_on(self) -> None:
        self._past.ask(LARGE_PAGE)

    def _add(self, posts: Sequence[Post]) -> None:
        found = self.query_one(OptionList)
        place = max(_MAX_SHOWN - found.option_count, 0)
        found.add_options(Option(self._line(post), id=post.id) for post in posts[:place])
        if found.highlighted is None and found.option_count:
            found.highlighted = 0

    def _tell(self) -> None:
        self.query_one("#how", Static).update(self._how())

    def _how(self) -> str:
        count, loaded = len(self._found), len(self._timeline)
        if self._past.has_all:
            told = sentences.found_everywhere(count, loaded)
        else:
            told = sentences.found(count, loaded)
            if self._is_everything and self._past.is_asked:
                back = f"{self._clock.local(self._oldest):%Y-%m-%d %H:%M}"
                told += " " + _("Searching on, back to {time} by now…").format(time=back)
            elif self._is_everything:
                told += " " + _("Older messages find no place here.")
        if count > _MAX_SHOWN:
            told += " " + _("The newest {count} are shown.").format(count=_MAX_SHOWN)
        return told

    def _line(self, post: Post) -> Content:
        standing = today(post, self._circle.standing).standing
        dark = self.app.current_theme.dark
        colour = "$accent" if standing is None else colour_of(post.who.key, dark=dark)
        sign = " " if standing is None else badge(standing)
        text = safe_line(post.text[:_SHOWN])
        parts = [
            Content.styled(f"{self._clock.local(post.at):%Y-%m-%d %H:%M} ", "$faint"),
            Content.styled(f"{sign} ", f"{BADGE_STYLES[standing or Standing.KNOWN]} bold"),
            Content.styled(label(post.who, standing or Standing.KNOWN), f"{colour} bold"),
        ]
        if post.private is not None:
            parts.append(Content.styled("  " + _("private"), "$accent bold"))
        return Content("").join([*parts, Content("  " + text)])
