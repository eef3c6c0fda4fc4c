"""What comes to the loop of the line mode: lines, events, and what files tell, in one order."""

import queue
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from sussurro_client.events import Event
from sussurro_client.line_files import FileItem


@dataclass(frozen=True, slots=True)
class Heard:
    """An event, and of which of our sessions, counted from 1."""

    session: int
    event: Event


@dataclass(frozen=True, slots=True)
class Interrupted:
    """Somebody wants to end at once."""


Told = Heard | FileItem | Interrupted
Item = bytes | Told  # bytes: a line; none: the end of them


class Inbox:
    """Gives what came in its order; lines wait where nobody takes them at the moment.

    `put` may be called by any thread and by a signal's handler, all else by the loop's thread.
    """

    __slots__ = ("_held", "_items")

    def __init__(self) -> None:
        self._items: queue.SimpleQueue[Item] = queue.SimpleQueue()
        self._held: deque[bytes] = deque()

    def put(self, item: Item) -> None:
        """Bring something to the loop."""
        self._items.put(item)

    def get(self) -> Item:
        """Return what is next, the lines that wait before all else; block until there is something."""
        return self._held.popleft() if self._held else self._items.get()

    def get_told(self) -> Told:
        """Return what is next and no line; block until there is something."""
        while isinstance(item := self._items.get(), bytes):
            self._held.append(item)
        return item

    def told_by_now(self) -> Iterator[Told]:
        """Go through all that has come and is no line."""
        while not self._items.empty():
            item = self._items.get()
            if isinstance(item, bytes):
                self._held.append(item)
            else:
                yield item
