"""What relays call the messages that they publish, so that none is taken twice. Pure.

A relay counts its messages, and has one of a room under way at a time: in a room,
the counts of a run only rise. One that does not is a copy of what has come.
"""

from dataclasses import dataclass, replace
from typing import Self


@dataclass(frozen=True, slots=True)
class Name:
    """The message ``count`` of a ``run`` of a relay. ``attempt``: a name that NATS does not know."""

    run: str
    count: int
    attempt: int = 0

    @classmethod
    def read(cls, text: str) -> Self | None:
        """Return the name, or None where it is none that a relay gives."""
        run, *numbers = text.split(".")
        if not 1 <= len(numbers) <= 2 or not all(map(_is_number, numbers)):
            return None
        return cls(run, *map(int, numbers))

    def __str__(self) -> str:
        """Return it as it is published."""
        attempt = f".{self.attempt}" if self.attempt else ""
        return f"{self.run}.{self.count}{attempt}"

    def anew(self) -> "Name":
        """Return another name for the same message."""
        return replace(self, attempt=self.attempt + 1)

    def is_of(self, text: str) -> bool:
        """Return whether ``text`` names the same message, in whichever attempt."""
        other = Name.read(text)
        return other is not None and (other.run, other.count) == (self.run, self.count)


class Taken:
    """How far each run's messages of one room have come. One entry a run of a relay."""

    __slots__ = ("_counts",)

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}

    def add(self, text: str) -> bool:
        """Take note of a message by its name; return whether it is none that came before."""
        name = Name.read(text)
        if name is None:
            return True
        if name.count <= self._counts.get(name.run, -1):
            return False
        self._counts[name.run] = name.count
        return True


def _is_number(text: str) -> bool:
    # What others wrote may be as long as they like; int() would refuse the longest.
    return text.isascii() and text.isdecimal() and len(text) <= 18
