"""Bytes in, complete lines out."""

from sussurro_wire.errors import Reason, WireError
from sussurro_wire.limits import MAX_LINE


class LineBuffer:
    """Collects what a stream brings until it ends in a line feed.

    Owned by one caller, who may be any thread. It remembers that the bytes it
    kept hold no line feed, so no byte is searched twice. What it keeps takes
    little more memory than the bytes themselves, however small their pieces.
    """

    __slots__ = ("_tail", "limit")

    def __init__(self, limit: int = MAX_LINE) -> None:
        self.limit = limit  # the owner may change it: who has not joined is held to less
        self._tail: bytearray | None = None  # None: nothing is kept, as for most, most of the time

    def __len__(self) -> int:
        """How many bytes of an unfinished line are kept."""
        return len(self._tail) if self._tail is not None else 0

    def feed(self, data: bytes) -> bytes:
        """Return all complete lines so far, with their line feeds, as one piece.

        The length of finished lines is for whoever reads them, and that of the
        unfinished one is for `check`: the lines before it must be read first.
        """
        end = data.rfind(b"\n") + 1
        if not end:
            self._tail = self._tail or bytearray()
            self._tail += data
            return b""
        complete = data[:end]
        if self._tail:
            complete = b"".join((self._tail, complete))
        self._tail = bytearray(data[end:]) if end < len(data) else None
        return complete

    def clear(self) -> None:
        """Let go of the unfinished line."""
        self._tail = None

    def check(self) -> None:
        """Raise WireError (line-too-long) when the unfinished line is over the limit."""
        if len(self) > self.limit:
            raise WireError(Reason.LINE_TOO_LONG, f"an unfinished line of over {self.limit} bytes")
