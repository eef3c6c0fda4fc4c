"""Bytes in, complete lines out."""

from sussurro_wire.errors import Reason, WireError
from sussurro_wire.limits import MAX_LINE


class LineBuffer:
    """Collects what a stream brings until it ends in a line feed.

    Owned by one caller, who may be any thread. It remembers that the bytes it
    kept hold no line feed, so no byte is searched twice.
    """

    __slots__ = ("_limit", "_size", "_tail")

    def __init__(self, limit: int = MAX_LINE) -> None:
        self._limit = limit
        self._tail: list[bytes] = []
        self._size = 0

    def __len__(self) -> int:
        """How many bytes of an unfinished line are kept."""
        return self._size

    def feed(self, data: bytes) -> bytes:
        """Return all complete lines so far, with their line feeds, as one piece.

        Raises WireError (line-too-long) as soon as an unfinished line is over
        the limit. The length of finished lines is for whoever reads them.
        """
        end = data.rfind(b"\n") + 1
        if not end:
            self._keep(data)
            return b""
        complete = data if end == len(data) else data[:end]
        if self._tail:
            complete = b"".join([*self._tail, complete])
            self._tail.clear()
            self._size = 0
        if end < len(data):
            self._keep(data[end:])
        return complete

    def _keep(self, data: bytes) -> None:
        self._size += len(data)
        if self._size > self._limit:
            raise WireError(Reason.LINE_TOO_LONG, f"an unfinished line of over {self._limit} bytes")
        self._tail.append(data)
