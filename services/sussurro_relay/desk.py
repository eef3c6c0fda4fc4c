"""What stands between a connection and the relay: the hub, the log, the door, the list of rooms."""

from collections.abc import Callable
from functools import partial
from typing import Protocol

from sussurro_relay.admission import Doorkeeper, check_join
from sussurro_relay.budget import Budget
from sussurro_relay.hub import Hub
from sussurro_relay.log import Log, Page, Query
from sussurro_relay.reading import ReadQueue, Ticket
from sussurro_relay.room import Room
from sussurro_wire.chunk import Chunk
from sussurro_wire.errors import Reason, WireError
from sussurro_wire.messages import Join


class Services:
    """What all I/O threads share. Immutable; each part guards itself."""

    __slots__ = ("budget", "door", "hub", "log", "reads", "rooms")

    def __init__(
        self, hub: Hub, log: Log, rooms: frozenset[str], door: Doorkeeper | None = None
    ) -> None:
        self.hub = hub
        self.log = log
        self.budget: Budget = hub.budget
        self.door = door
        self.reads = ReadQueue(log, hub.budget)
        self.rooms = rooms  # the allow-list; empty: every room

    def is_pressed(self) -> bool:
        """Return whether strangers have to hurry: many are here, or memory is tight."""
        return self.budget.is_tight or (self.door is not None and self.door.is_crowded())


class Owner(Protocol):
    """Whose desk it is, as far as the desk can see."""

    def post(self, call: Callable[[], None]) -> None:
        """Have something done for it in its I/O thread; any thread."""


class ConnectionDesk:
    """The desk of one connection. Belongs to its I/O thread.

    ``owner`` hands calls to that thread; ``notify`` tells it of news in a room.
    """

    __slots__ = ("_owner", "_services", "_tickets", "notify")

    def __init__(
        self,
        services: Services,
        owner: Owner,
        notify: Callable[[Room], None],
    ) -> None:
        self._services = services
        self._owner = owner
        # Pages that are asked for and not taken yet; empty for most, of whom there may be many.
        self._tickets: tuple[Ticket, ...] = ()
        self.notify = notify

    @property
    def budget(self) -> Budget:
        """Where memory is charged."""
        return self._services.budget

    def is_pressed(self) -> bool:
        """Return whether strangers have to hurry."""
        return self._services.is_pressed()

    def close(self) -> None:
        """Give back what is under way; harmless when repeated."""
        tickets, self._tickets = self._tickets, ()
        for ticket in tickets:
            self._services.reads.give_back(ticket)

    def enter(self, join: Join, nonce: str) -> Room:
        """Check the proof; return the room. Raises WireError where entry is refused."""
        if not self.budget.may_join:  # before the proof: it costs the most
            raise WireError(Reason.OVERLOADED, "no memory for another member")
        check_join(join, nonce, self._services.rooms)
        return self._services.hub.acquire(join.room)

    def gather(self, room: Room, done: Callable[[], None]) -> None:
        """Have the room's members of other relays there; ``done`` is called at once or later."""
        if room.is_gathered:
            done()
        else:
            room.gather(lambda: self._owner.post(done))

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

        def arrived(page: Page) -> None:
            self._owner.post(partial(self._take, ticket, done, page))

        ticket = Ticket(query, arrived)
        self._tickets = (*self._tickets, ticket)
        self._services.reads.ask(ticket)

    def _take(self, ticket: Ticket, done: Callable[[Page], None], page: Page) -> None:
        try:
            done(page)
        finally:
            self._tickets = tuple(each for each in self._tickets if each is not ticket)
            self._services.reads.give_back(ticket)
