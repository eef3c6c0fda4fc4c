"""How far a file is on its way: frozen values, and how they are drawn. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Direction(StrEnum):
    """Whether a file goes from us or comes to us."""

    UP = "up"
    DOWN = "down"


class State(StrEnum):
    """What is being done with a file."""

    PREPARING = "preparing"  # it is read for the first time
    CONNECTING = "connecting"  # on the way into the file's room
    MOVING = "moving"
    QUIET = "quiet"  # nothing has moved for long; it goes on by itself
    CHECKING = "checking"  # all is here, and is compared with what was offered
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


_OVER = frozenset({State.DONE, State.FAILED, State.CANCELLED})


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a transfer is. ``done`` and ``total`` are in bytes, and ``done`` never falls.

    ``number`` counts the transfers of a room from 1. ``message_id`` is the offer's, empty
    until it is published. ``name`` is safe to be shown. ``detail`` is a finished sentence, where
    it is quiet or failed; ``path``: where it was saved, once that is done.
    """

    number: int
    message_id: str
    name: str
    direction: Direction
    state: State
    done: int
    total: int
    detail: str = ""
    path: Path | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes of it."""
        return self.state in _OVER

    @property
    def percent(self) -> int:
        """How much of it is done; 100 when all is, and not before."""
        return percent_of(self.done, self.total)


def percent_of(done: int, total: int) -> int:
    """Return how much is done, from 0 to 100; of nothing all is done."""
    return 100 if done >= total else 100 * max(done, 0) // total


def progress_bar(done: int, total: int, width: int) -> tuple[str, str]:
    """Return the two parts of a bar of ``width`` cells; it is full when all is done, and not before."""
    filled = width if done >= total else max(done, 0) * width // total
    return "█" * filled, "░" * (width - filled)
