"""The sender's side of a file: which part goes next, and how many are kept. Pure."""

from sussurro_client.contents import File
from sussurro_client.files.shape import length_of

WINDOW = 16  # parts on their way at once: each is held in memory until it is kept
_MOST_BEGINNINGS = 3


class Upload:
    """Counts the parts of one file. Owned by its transfer, which guards it with its lock."""

    __slots__ = ("_beginnings", "_file", "_furthest", "_kept", "_next", "_numbers")

    def __init__(self, file: File) -> None:
        self._file = file
        self._next = 0
        self._numbers: dict[str, int] = {}  # of parts that are not acknowledged, by id
        self._kept = 0  # bytes in the log ...
        self._furthest = 0  # ... and at most, over all beginnings
        self._beginnings = 1

    @property
    def done(self) -> int:
        """How many bytes the relay has kept; it never falls."""
        return self._furthest

    @property
    def is_whole(self) -> bool:
        """Whether the relay has kept every part."""
        return self._next == self._file.parts and not self._numbers

    def due(self) -> int | None:
        """Return the part to be said now, or None while enough are on their way."""
        if self._next == self._file.parts or len(self._numbers) >= WINDOW:
            return None
        return self._next

    def said(self, message_id: str) -> None:
        """Take note under which id the part that was due is on its way."""
        self._numbers[message_id] = self._next
        self._next += 1

    def kept(self, message_id: str) -> None:
        """Take note that a message is in the log; it may be none of these."""
        number = self._numbers.pop(message_id, None)
        if number is not None:
            self._kept += length_of(self._file.size, number)
            self._furthest = max(self._furthest, self._kept)

    def begin_again(self) -> bool:
        """Send all once more, as the relay has lost something; return whether that is worth it."""
        self._beginnings += 1
        self._next = self._kept = 0
        self._numbers.clear()
        return self._beginnings <= _MOST_BEGINNINGS
