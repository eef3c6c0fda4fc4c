"""What the line mode needs: a doorway, a console, and how fast lines may come."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, Protocol, TextIO

from sussurro_client.events import Event, Moved
from sussurro_client.key import RoomKey
from sussurro_client.line_faces import Face
from sussurro_client.session import Session

LONGEST_LINE = 1024 * 1024
# Lines that were read and are not acknowledged yet; more stay in the pipe.
IN_FLIGHT = 500


class Doorway(Protocol):
    """Where sessions begin; `sussurro_client.doorway.Doorway` is one."""

    def open(self, name: str, listener: Callable[[Event], None]) -> Session:
        """Return a session, not yet started, in the room as it is today; raises ClientError."""

    def open_file(
        self, key: RoomKey, name: str, listener: Callable[[Event], None], history: int
    ) -> Session:
        """Return a session, not yet started, in the room of a file."""

    def follow(self, moved: Moved) -> None:
        """Take the key that somebody has handed to us; raises ClientError."""


@dataclass(frozen=True, slots=True)
class Console:
    """Where lines come from and go to, and how they are read and shown."""

    lines: BinaryIO
    out: TextIO
    face: Face
    takes_json: bool


class Flow:
    """Lets lines be read only as fast as what they say is kept.

    `wait` is for the thread that reads, all else for the thread of the loop.
    """

    def __init__(self, limit: int = IN_FLIGHT) -> None:
        self._space = threading.Semaphore(limit)
        self._debt = 0  # places that were taken where there was none

    def wait(self) -> None:
        """Take a place in flight, as soon as there is one."""
        self._space.acquire()

    def take(self) -> None:
        """Take a place for what no line has asked for, even where there is none."""
        if not self._space.acquire(blocking=False):
            self._debt += 1

    def free(self, count: int = 1) -> None:
        """Give places back."""
        paid = min(count, self._debt)
        self._debt -= paid
        if count > paid:
            self._space.release(count - paid)


def read_lines(lines: BinaryIO, flow: Flow, put: Callable[[bytes], None]) -> None:
    """Hand over each line of a stream, and nothing at its end. Blocks; for a thread of its own."""
    while True:
        flow.wait()
        piece = line = lines.readline(LONGEST_LINE)
        while len(piece) == LONGEST_LINE and not piece.endswith(b"\n"):
            # The line is refused for its length; its rest is not a line of its own.
            piece = lines.readline(LONGEST_LINE)
        put(line)
        if not line:
            return
