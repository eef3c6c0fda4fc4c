"""Things one below the other, of which some were measured and others are guessed. Pure.

They stand in chunks, so that what is put in, taken out or measured anywhere costs the
same among a hundred thousand as among a thousand, nearly.
"""

from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate

_CHUNK = 512  # things; a chunk of twice as many is divided


class _Chunk:
    """Some heights one after the other, and their sums while nothing has changed."""

    __slots__ = ("_ends", "heights", "rows")

    def __init__(self, heights: list[int]) -> None:
        self.heights = heights
        self.rows = sum(heights)
        self._ends: list[int] | None = None

    def ends(self) -> list[int]:
        """Return the first row below each, counted from the chunk's own first."""
        if self._ends is None:
            self._ends = list(accumulate(self.heights))
        return self._ends

    def append(self, height: int) -> None:
        """Put another at the end."""
        self.heights.append(height)
        self.rows += height
        if self._ends is not None:
            self._ends.append(self.rows)

    def change(self, begin: int, end: int, heights: list[int]) -> None:
        """Put others in the place of some."""
        self.rows += sum(heights) - sum(self.heights[begin:end])
        self.heights[begin:end] = heights
        self._ends = None


class Column:
    """The heights of things, each one line at least, and where they stand.

    Owned by the app's thread.
    """

    __slots__ = ("_chunks", "_counts", "_ends")

    def __init__(self) -> None:
        self._chunks: list[_Chunk] = []
        # How many things, and how many rows, there are up to the end of each chunk.
        self._counts: list[int] | None = []
        self._ends: list[int] | None = []

    def __len__(self) -> int:
        """How many things there are."""
        counts = self._added_up()[0]
        return counts[-1] if counts else 0

    @property
    def height(self) -> int:
        """How many rows there are."""
        ends = self._added_up()[1]
        return ends[-1] if ends else 0

    def append(self, height: int) -> None:
        """Put something at the end."""
        counts, ends = self._added_up()
        if self._chunks and len(self._chunks[-1].heights) < _CHUNK:
            self._chunks[-1].append(height)
            counts[-1] += 1
            ends[-1] += height
        else:
            counts.append((counts[-1] if counts else 0) + 1)
            ends.append((ends[-1] if ends else 0) + height)
            self._chunks.append(_Chunk([height]))

    def insert(self, index: int, heights: Iterable[int]) -> None:
        """Put things before the one at ``index``; after all, where that is how many there are."""
        added = list(heights)
        if not self._chunks:
            self._chunks.append(_Chunk([]))
            self._forget_sums()
        number, within = self._find(index)
        self._chunks[number].change(within, within, added)
        self._divide(number)
        self._forget_sums()

    def measure(self, index: int, height: int) -> None:
        """Take note of how high something is."""
        number, within = self._find(index)
        chunk = self._chunks[number]
        if chunk.heights[within] != height:
            chunk.change(within, within + 1, [height])
            self._forget_sums()

    def remove(self, index: int) -> None:
        """Take one thing away."""
        number, within = self._find(index)
        self._chunks[number].change(within, within + 1, [])
        if not self._chunks[number].heights:
            del self._chunks[number]
        self._forget_sums()

    def drop(self, count: int) -> int:
        """Take the first things away; return how many rows they had."""
        rows = self.top(count)
        while count and self._chunks:
            chunk = self._chunks[0]
            if len(chunk.heights) <= count:
                count -= len(chunk.heights)
                del self._chunks[0]
            else:
                chunk.change(0, count, [])
                count = 0
        self._forget_sums()
        return rows

    def clear(self) -> None:
        """Take everything away."""
        self._chunks.clear()
        self._forget_sums()

    def top(self, index: int) -> int:
        """Return the first row of something; of what would come after all, the first below."""
        if not self._chunks:
            return 0
        number, within = self._find(index)
        above = self._added_up()[1][number - 1] if number else 0
        return above + (self._chunks[number].ends()[within - 1] if within else 0)

    def at(self, row: int) -> int:
        """Return what stands in a row, by its index; below everything, how many there are."""
        counts, ends = self._added_up()
        number = bisect_right(ends, row)
        if number == len(ends):
            return counts[-1] if counts else 0
        above, before = (ends[number - 1], counts[number - 1]) if number else (0, 0)
        return before + bisect_right(self._chunks[number].ends(), row - above)

    def between(self, top: int, end: int) -> range:
        """Return what stands in the rows from ``top`` on and before ``end``."""
        return range(self.at(top), min(self.at(end - 1) + 1, len(self)))

    def _find(self, index: int) -> tuple[int, int]:
        """Return in which chunk something stands, and where in it; the end is the last's."""
        counts = self._added_up()[0]
        number = min(bisect_right(counts, index), len(counts) - 1)
        return number, index - (counts[number - 1] if number else 0)

    def _divide(self, number: int) -> None:
        heights = self._chunks[number].heights
        if len(heights) > 2 * _CHUNK:
            self._chunks[number : number + 1] = [
                _Chunk(heights[begin : begin + _CHUNK]) for begin in range(0, len(heights), _CHUNK)
            ]

    def _forget_sums(self) -> None:
        self._counts = self._ends = None

    def _added_up(self) -> tuple[list[int], list[int]]:
        if self._counts is None or self._ends is None:
            self._counts = list(accumulate(len(chunk.heights) for chunk in self._chunks))
            self._ends = list(accumulate(chunk.rows for chunk in self._chunks))
        return self._counts, self._ends
