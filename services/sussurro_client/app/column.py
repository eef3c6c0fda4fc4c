"""Things one below the other, of which some were measured and others are guessed. Pure."""

from bisect import bisect_right
from itertools import accumulate


class Column:
    """The heights of things, each one line at least, and where they stand. Lives in the app's thread."""

    __slots__ = ("_ends", "_heights")

    def __init__(self) -> None:
        self._heights: list[int] = []
        self._ends: list[int] | None = []  # the first row below each; None: to be added up again

    @property
    def height(self) -> int:
        """How many rows there are."""
        ends = self._added_up()
        return ends[-1] if ends else 0

    def append(self, height: int) -> None:
        """Put something at the end."""
        if self._ends is not None:
            self._ends.append(self.height + height)
        self._heights.append(height)

    def measure(self, index: int, height: int) -> None:
        """Take note of how high something is."""
        if self._heights[index] != height:
            self._heights[index] = height
            self._ends = None

    def drop(self, count: int) -> int:
        """Take the first things away; return how many rows they had."""
        rows = self.top(count)
        del self._heights[:count]
        self._ends = None
        return rows

    def clear(self) -> None:
        """Take everything away."""
        self._heights.clear()
        self._ends = []

    def top(self, index: int) -> int:
        """Return the first row of something; of what would come after all, the first below."""
        return self._added_up()[index - 1] if index else 0

    def at(self, row: int) -> int:
        """Return what stands in a row, by its index; below everything, how many there are."""
        return bisect_right(self._added_up(), row)

    def between(self, top: int, end: int) -> range:
        """Return what stands in the rows from ``top`` on and before ``end``."""
        return range(self.at(top), min(self.at(end - 1) + 1, len(self._heights)))

    def _added_up(self) -> list[int]:
        if self._ends is None:
            self._ends = list(accumulate(self._heights))
        return self._ends
