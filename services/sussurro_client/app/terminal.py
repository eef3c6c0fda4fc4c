"""A terminal that comes and goes: what `docker attach` and `kubectl attach` need."""

import re

from textual.drivers.linux_driver import LinuxDriver

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
