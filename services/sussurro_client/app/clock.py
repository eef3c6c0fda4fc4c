"""Where time comes into the app."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo


@dataclass(frozen=True, slots=True)
class Clock:
    """The machine's clocks, and the zone that times are shown in (None: the machine's)."""

    seconds: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
    zone: tzinfo | None = None

    def now(self) -> datetime:
        """Return the time of day."""
        return self.local(int(self.seconds() * 1000))

    def local(self, milliseconds: int) -> datetime:
        """Return a sender's time; one that no calendar has becomes the beginning of 1970."""
        try:
            return datetime.fromtimestamp(milliseconds / 1000, UTC).astimezone(self.zone)
        except (OverflowError, OSError, ValueError):
            return datetime.fromtimestamp(0, UTC)
