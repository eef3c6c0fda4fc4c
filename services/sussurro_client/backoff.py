"""How long to wait before trying again. Pure; randomness is given."""

from collections.abc import Callable

_FIRST = 0.5
_LONGEST = 10.0


class Backoff:
    """Growing pauses with full jitter, so that a room does not come back as one crowd."""

    __slots__ = ("_failures", "_random")

    def __init__(self, random: Callable[[], float]) -> None:
        self._random = random  # returns a number in [0, 1)
        self._failures = 0

    def next_pause(self) -> float:
        """Return the seconds to wait after one more failure."""
        ceiling = min(_LONGEST, _FIRST * 2.0**self._failures)
        self._failures = min(self._failures + 1, 16)
        return ceiling * (0.5 + self._random() / 2)

    def reset(self) -> None:
        """Begin again with short pauses: it worked."""
        self._failures = 0
