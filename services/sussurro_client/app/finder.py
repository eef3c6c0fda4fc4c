"""What the command palette finds: the commands, from their table, and the themes."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.markup import escape

from sussurro_client.app.screens.room import RoomScreen
from sussurro_client.commands import COMMANDS
from sussurro_client.wishes import THEMES
from sussurro_client.words import _


@dataclass(frozen=True, slots=True)
class _Found:
    """Something to do. ``line``: what is done; with ``more`` to write, it is begun only."""

    shown: str
    help: str
    line: str
    more: bool


class Finder(Provider):
    """Finds what can be done in the room that is shown."""

    async def discover(self) -> Hits:
        """Go through everything."""
        for each in _everything():
            yield DiscoveryHit(
                Content(each.shown), partial(self._do, each), each.shown, escape(each.help)
            )

    async def search(self, query: str) -> AsyncIterator[DiscoveryHit | Hit]:
        """Go through what a query may mean, by its name or by what it does."""
        matcher = self.matcher(query)
        is_any = False
        for each in _everything():
            score = max(matcher.match(each.shown), matcher.match(each.help))
            if score > 0:
                is_any = True
                yield Hit(
                    score,
                    Content(each.shown),
                    partial(self._do, each),
                    each.shown,
                    escape(each.help),
                )
        if not is_any:
            words = _("Nothing is called so.")
            yield Hit(0.01, Content(words), lambda: None, words)

    def _do(self, found: _Found) -> None:
        screen = self.screen
        if not isinstance(screen, RoomScreen):
            return
        if found.more:
            screen.begin(found.line)
        else:
            screen.perform(found.line)


def _everything() -> Iterator[_Found]:
    for command in COMMANDS:
        line = f"/{command.name}"
        is_begun = command.argument is not None
        yield _Found(command.usage, command.help(), f"{line} " if is_begun else line, is_begun)
    for name in THEMES:
        yield _Found(f"/theme {name}", _("Change to these colours"), f"/theme {name}", more=False)
