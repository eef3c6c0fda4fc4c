"""What a terminal can do, as far as its environment says."""

import curses
from collections.abc import Mapping
from dataclasses import dataclass

from sussurro_client.app.notices import is_in_tmux, way_of
from sussurro_client.wishes import Way


@dataclass(frozen=True, slots=True)
class Abilities:
    """Whether a terminal has colours, and how it tells the desktop of something."""

    has_colours: bool = True
    way: Way = Way.NONE
    is_in_tmux: bool = False


def abilities_of(environment: Mapping[str, str]) -> Abilities:
    """Return what an environment says of its terminal."""
    return Abilities(
        has_colours=not environment.get("NO_COLOR") and _has_colours(environment.get("TERM", "")),
        way=way_of(environment),
        is_in_tmux=is_in_tmux(environment),
    )


def _has_colours(term: str) -> bool:
    """Return whether a kind of terminal has colours; one that nobody knows is given them."""
    try:
        curses.setupterm(term, 1)
        return curses.tigetnum("colors") != -1
    except curses.error:
        return True
