"""What stands between a connection and the relay: the hub, the log, the list of rooms."""

from collections.abc import Callable
from functools import partial

from sussurro_relay.admission import check_join
from sussurro_relay.hub import Hub
from sussurro_relay.log import Log, Page, Query
from sussurro_relay.room import Room
from sussurro_wire.chunk import Chunk
from sussurro_wire.messages import Join


class Services:
    """What all I/O threads share. Immutable; each part guards itself."""

    __slots__ = ("hub", "log", "rooms")

    def __init__(self, hub: Hub, log: Log, rooms: frozenset[str]) -> None:
        self.hub = hub
        self.log = log
        self.rooms = rooms  # the allow-list; empty: every room


class ConnectionDesk:
    """The desk of one connection. Belongs to its I/O thread.

    ``post`` hands a call to that thread; ``notify`` tells it of news in a room.
    """

    __slots__ = ("_post", "_services", "notify")

    def __init__(
        self,
        services: Services,
        post: Callable[[Callable[[], None]], None],
        notify: Callable[[Room], None],
    ) -> None:
        self._services = services
        self._post = post
        self.notify = notify

    def enter(self, join: Join, nonce: str) -> Room:
        """Check the proof; return the room. Raises WireError where entry is refused."""
        check_join(join, nonce, self._services.rooms)
        return self._services.hub.acquire(join.room)

    def leave(self, room: Room) -> None:
        """Give the room back."""
        self._services.hub.release(room)

    def append(self, room: Room, chunk: Chunk, session: str, now: float) -> None:
        """Hand a chunk to the log."""
        self._services.log.append(room.id, chunk, session, now)

    def is_behind(self) -> bool:
        """Return whether the log has more to keep than it should."""
        return self._services.log.is_behind()

    def read(self, query: Query, done: Callable[[Page], None]) -> None:
        """Read from the log; ``done`` is called later, in the connection's thread."""
        self._services.log.read(query, lambda page: self._post(partial(done, page)))
