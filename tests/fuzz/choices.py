"""An input as decisions: how a target that is more than a parser reads its bytes."""

from itertools import cycle


class Choices:
    """Takes decisions off an input; after its end every decision is 0."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._position = 0

    def __bool__(self) -> bool:
        """Whether anything is left."""
        return self._position < len(self._data)

    def take(self, size: int) -> bytes:
        """Return the next ``size`` bytes, or fewer at the end."""
        taken = self._data[self._position : self._position + size]
        self._position += size
        return taken

    def rest(self) -> bytes:
        """Return all that is left."""
        return self.take(len(self._data))

    def below(self, limit: int) -> int:
        """Return a number from 0 to ``limit`` - 1; ``limit`` is at most 256."""
        return int.from_bytes(self.take(1), "big") % limit

    def number(self) -> int:
        """Return a number of up to eight bytes, the small ones as likely as the large ones."""
        return int.from_bytes(self.take(self.below(9)), "big")

    def sized(self) -> bytes:
        """Return up to 255 bytes, as many as the next byte says."""
        return self.take(self.below(256))

    def text(self) -> str:
        """Return up to 255 bytes as text, lone surrogates included."""
        return self.sized().decode("utf-8", "surrogateescape")


def pieces(data: bytes, sizes: bytes) -> list[bytes]:
    """Return ``data`` cut to the sizes in turn, 0 standing for 4096; no sizes: whole."""
    cut: list[bytes] = []
    turn = cycle(sizes or b"\0")
    start = 0
    while start < len(data):
        size = next(turn) or 4096
        cut.append(data[start : start + size])
        start += size
    return cut
