"""What stands around a connection, as far as it can see."""

from collections.abc import Callable
from typing import Protocol

from sussurro_relay.budget import Budget
from sussurro_relay.log import Page, Query
from sussurro_relay.room import Room
from sussurro_wire.chunk import Chunk
from sussurro_wire.messages import Join


class Desk(Protocol):
    """What a connection asks of the relay around it."""

    @property
    def budget(self) -> Budget:
        """Where memory is charged."""

    def is_pressed(self) -> bool:
        """Return whether strangers have to hurry."""

    def close(self) -> None:
        """Take note that the connection has ended: nobody waits for its pages."""

    def enter(self, join: Join, nonce: str) -> Room:
        """Return the room, kept until `leave`; raises WireError where that is refused."""

    def gather(self, room: Room, done: Callable[[], None]) -> None:
        """Have the room's members of other relays there.

        ``done`` is called at once, or a moment later in the connection's thread.
        """

    def leave(self, room: Room) -> None:
        """Give the room back."""

    def append(self, room: Room, chunk: Chunk, session: str, now: float) -> None:
        """Hand a chunk to the log."""

    def is_behind(self) -> bool:
        """Return whether the log has more to keep than it should."""

    def read(self, query: Query, done: Callable[[Page], None]) -> None:
        """Read from the log; ``done`` is called later, in the connection's thread."""

    def notify(self, room: Room) -> None:
        """Be told of news in a room; any thread."""
