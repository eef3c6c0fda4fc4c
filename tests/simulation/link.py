"""A connection's two directions, as bytes in flight; what happens to them is the world's."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Pipe:
    """One direction: bytes under way, at most ``capacity``, and whether an end follows them."""

    capacity: int
    data: bytearray = field(default_factory=bytearray)
    is_ended: bool = False

    def write(self, data: bytes | memoryview) -> int:
        """Take as much as there is room for; return how much."""
        size = min(len(data), self.capacity - len(self.data))
        self.data += data[:size]
        return size

    def read(self, size: int) -> bytes:
        """Return the next ``size`` bytes, or what there is of them."""
        data = bytes(self.data[:size])
        del self.data[:size]
        return data


@dataclass(slots=True)
class Link:
    """What lies between a client and the relay.

    ``is_cut``: both directions are gone with what was in them; each side finds
    out when it next turns to it. ``is_dark``: nothing arrives any more, and
    nobody is told.
    """

    number: int
    up: Pipe
    down: Pipe
    is_cut: bool = False
    is_dark: bool = False

    def cut(self) -> None:
        """Lose what is in flight, both ways."""
        self.is_cut = True
        self.up.data.clear()
        self.down.data.clear()
