"""The panel that says who is here."""

from collections import Counter
from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from sussurro_client.app.palette import colour_of
from sussurro_client.display import safe_name
from sussurro_client.events import Person
from sussurro_client.fingerprint import words_of
from sussurro_client.words import _, ngettext


class Here(VerticalScroll, can_focus=False):
    """Everybody whose name is known, and how many more there are."""

    def __init__(self, own_name: str) -> None:
        super().__init__()
        self._own_name = safe_name(own_name)
        self._people: tuple[Person, ...] = ()
        self._members = 0

    def compose(self) -> ComposeResult:
        """Lay out one text for all."""
        yield Static(id="people")

    def show(self, people: Sequence[Person], members: int) -> None:
        """Show others than before."""
        self._people, self._members = tuple(people), members
        self.redraw()

    def redraw(self) -> None:
        """Draw the same people, perhaps in other colours."""
        dark = self.app.current_theme.dark
        names = {person: safe_name(person.name) for person in self._people}
        times = Counter(names.values())
        lines = [Content.styled(_("Here"), "$faint bold")]
        for person, name in sorted(
            names.items(), key=lambda pair: (pair[1].casefold(), pair[0].key)
        ):
            is_me = name == self._own_name and times[name] == 1
            colour = "$accent" if is_me else colour_of(person.key, dark=dark)
            line = Content.assemble(("● ", colour), (name, "$foreground"))
            if is_me:
                line += Content.styled(f" {_('(you)')}", "$faint")
            if times[name] > 1:  # two who call themselves the same are not the same
                line += Content.styled(f" {words_of(person.key)[:5]}", "$faint")
            lines.append(line)
        if (more := self._members - len(self._people)) > 0:
            words = ngettext("and {count} more", "and {count} more", more).format(count=more)
            lines.append(Content.styled(words, "$faint"))
        self.query_one("#people", Static).update(Content("\n").join(lines))
