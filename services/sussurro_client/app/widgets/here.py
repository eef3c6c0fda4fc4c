"""The panel that says who is here."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from sussurro_client.app.message_lines import BADGE_STYLES
from sussurro_client.app.palette import colour_of
from sussurro_client.display import safe_name
from sussurro_client.events import Person
from sussurro_client.naming import Circle
from sussurro_client.words import _, ngettext


class Here(VerticalScroll, can_focus=False):
    """Everybody whose name is known, and how many more there are."""

    def __init__(self, circle: Circle) -> None:
        super().__init__()
        self._circle = circle
        self._people: tuple[Person, ...] = ()
        self._members = 0
        self._writing: frozenset[Person] = frozenset()

    def compose(self) -> ComposeResult:
        """Lay out one text for all."""
        yield Static(id="people")

    def show(self, people: Sequence[Person], members: int) -> None:
        """Show others than before."""
        self._people, self._members = tuple(people), members
        self.redraw()

    def show_writing(self, people: Sequence[Person]) -> None:
        """Show who is writing at the moment."""
        if self._writing != frozenset(people):
            self._writing = frozenset(people)
            self.redraw()

    def redraw(self) -> None:
        """Draw the same people, perhaps in other colours or better known."""
        dark = self.app.current_theme.dark
        lines = [Content.styled(_("Here"), "$faint bold")]
        for person in sorted(set(self._people), key=lambda each: (each.name.casefold(), each.key)):
            is_me = person == self._circle.me
            colour = "$accent" if is_me else colour_of(person.key, dark=dark)
            style = BADGE_STYLES[self._circle.standing(person)]
            line = Content.assemble(
                ("●", colour),
                (f"{self._circle.badge(person)} ", f"{style} bold"),
                (safe_name(person.name), "$foreground"),
            )
            if is_me:
                line += Content.styled(" " + _("(you)"), "$faint")
            if person in self._writing:
                line += Content.styled(" ✎", "$primary")
            lines.append(line)
            if words := self._circle.distinction(person):  # on a line that no name cuts off
                lines.append(Content.styled(f"   {words}", "$faint"))
        if (more := self._members - len(self._people)) > 0:
            words = ngettext("and {count} more", "and {count} more", more).format(count=more)
            lines.append(Content.styled(words, "$faint"))
        self.query_one("#people", Static).update(Content("\n").join(lines))
