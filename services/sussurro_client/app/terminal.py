"""What the terminal is, and one that comes and goes, as of `docker attach` and `kubectl attach`."""

import curses
import re
from collections.abc import Mapping
from dataclasses import dataclass

from textual.drivers.linux_driver import LinuxDriver

from sussurro_client.app.notices import is_in_tmux, way_of
from sussurro_client.wishes import Way

# Alternate screen, no line wrap, bracketed paste, no cursor, no colour, all clear:
# a terminal that attached after the start has been told none of it.
DRAW_ANEW = "\x1b[?1049h\x1b[?7l\x1b[?2004h\x1b[?25l\x1b[0m\x1b[2J\x1b[H"

# Focus reports and the kitty keyboard: a terminal that detaches would keep them,
# and its next shell would be typed full of them.
_LASTING = re.compile(r"\x1b\[(\?1004h|>\d+u)")


class AttachedDriver(LinuxDriver):
    """Asks a terminal for nothing that would outlive its being attached."""

    def write(self, data: str) -> None:
        """Write, but leave out what would last."""
        if not _LASTING.fullmatch(data):
            super().write(data)

    # Who answers these may be gone by then, or not be there yet; and a terminal that
    # reported its size in-band would no longer be heard when it attaches.

    def _query_in_band_window_resize(self) -> None:
        pass

    def _request_terminal_sync_mode_support(self) -> None:
        pass


@dataclass(frozen=True, slots=True)
class Terminal:
    """What is known of the terminal: its colours, and how it tells the desktop of something."""

    has_colours: bool = True
    way: Way = Way.NONE
    is_in_tmux: bool = False


def terminal_of(environment: Mapping[str, str]) -> Terminal:
    """Return what an environment says of its terminal."""
    return Terminal(
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
