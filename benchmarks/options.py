"""What is asked for: how many rounds, how large, and under which Python our relay runs."""

import sys
from dataclasses import dataclass

from benchmarks.contenders import Contender
from benchmarks.ours import sussurro

# In a quick run: members in one room, and what the number of messages is divided by.
_QUICK_MEMBERS, _QUICK_ROOMS, _QUICK_SHARE = 30, 5, 100


@dataclass(frozen=True, slots=True)
class Options:
    """How to measure. ``patience``: seconds to wait for a quiet machine before each run.

    ``is_quick``: everything once and small; the figures say nothing but that all works.
    ``io_threads``: 0 for the relay's own default.
    """

    rounds: int = 5
    patience: float = 15.0
    is_quick: bool = False
    python: str = sys.executable
    io_threads: int = 0

    def members(self, count: int) -> int:
        """Return how many members there are to be in place of ``count``."""
        return min(count, _QUICK_MEMBERS) if self.is_quick else count

    def rooms(self, count: int) -> int:
        """Return how many rooms there are to be in place of ``count``."""
        return min(count, _QUICK_ROOMS) if self.is_quick else count

    def messages(self, count: int) -> int:
        """Return how many messages there are to be in place of ``count``."""
        return min(max(count // _QUICK_SHARE, 10), count) if self.is_quick else count

    def seconds(self, length: float) -> float:
        """Return how long something is to be watched in place of ``length``."""
        return min(length, 0.5) if self.is_quick else length

    def ours(self, name: str = "sussurro", *, log: str = "memory:", **settings: str) -> Contender:
        """Return our relay as it was asked for."""
        if self.io_threads:
            settings.setdefault("RELAY_IO_THREADS", str(self.io_threads))
        return sussurro(name, log=log, python=self.python, **settings)
