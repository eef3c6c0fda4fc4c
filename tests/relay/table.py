"""A relay on a table top: hub, log and connections, with no socket, thread or clock."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from sussurro_relay.budget import Budget
from sussurro_relay.connection import Connection, Terms
from sussurro_relay.desk import ConnectionDesk, Services
from sussurro_relay.hub import Hub
from sussurro_relay.log import Page, Query
from sussurro_relay.log.memory import MemoryLog
from sussurro_relay.room import Room
from sussurro_relay.tally import Tally
from sussurro_wire.chunk import Chunk
from sussurro_wire.messages import Bye, Hello, Message, Side, Welcome
from sussurro_wire.protocol import Event, Protocol
from tests.support.relay import CARD, RoomSecret

NONCE = "bm9uY2U"
SECRET = RoomSecret()


def quiet(_: Room) -> None:
    """Hear of news and do nothing: on the table everybody is asked in turn."""


class Posted(deque[Callable[[], None]]):
    """What a desk has posted, in its order."""

    def post(self, call: Callable[[], None]) -> None:
        """Keep a call until somebody runs it."""
        self.append(call)


class NoPages:
    """A log that is never asked, or never answers."""

    def read(self, query: Query, done: Callable[[Page], None]) -> None:
        """Do nothing."""

    def note_behind(self, *, is_behind: bool) -> None:
        """Do nothing."""


@dataclass
class Table:
    """What connections share; time stands still unless a test moves it."""

    window_bytes: int = 1_000_000
    kept_bytes: int = 10_000_000
    presence_limit: int = 200
    rooms: frozenset[str] = frozenset()
    terms: Terms = field(default_factory=lambda: Terms(128 * 1024, 0, 10.0, 20.0))
    tally: Tally = field(default_factory=Tally)
    now: float = 100.0
    budget: Budget = field(default_factory=Budget)

    def __post_init__(self) -> None:
        self.hub = Hub(self.window_bytes, self.presence_limit, self.budget)
        self.log = MemoryLog(self.kept_bytes, self.kept_bytes, clock=lambda: 1.0)
        self.log.start(self.hub.committed)
        self.posted = Posted()

    def connect(self, session: str) -> "Seat":
        """Return a client that has connected and said nothing."""
        services = Services(self.hub, self.log, self.rooms)
        desk = ConnectionDesk(services, self.posted, quiet)
        connection = Connection(session, NONCE, desk, self.terms, self.tally, self.now)
        return Seat(self, connection)

    def enter(self, session: str, **where: int | None) -> "Seat":
        """Return a client that has joined."""
        seat = self.connect(session)
        assert isinstance(seat.hear()[0], Hello)
        seat.say(SECRET.join(NONCE, CARD, **where))
        return seat


class Seat:
    """A connection and the client's side of it."""

    def __init__(self, table: Table, connection: Connection) -> None:
        self.connection = connection
        self.raw = bytearray()
        self._table = table
        self._protocol = Protocol(Side.CLIENT)

    def say(self, event: Message | bytes) -> None:
        """Send a verb or token lines."""
        if isinstance(event, bytes):
            self.send_raw(self._protocol.send_chunk(event))
        else:
            self.send_raw(self._protocol.send(event))

    def send_raw(self, data: bytes) -> None:
        """Send any bytes."""
        self.connection.receive(data, self._table.now)
        self._hear_posted()

    def hear(self, piece: int = 1 << 30) -> list[Event]:
        """Take what is due in sends of at most ``piece`` bytes; return what that said."""
        events: list[Event] = []
        while data := self.next_data():
            taken = bytes(data[:piece])
            self.connection.sent(len(taken))
            self.raw += taken
            self._protocol.receive(taken, events.append)
        return events

    def next_data(self) -> bytes:
        """Return what is due next, as the I/O thread would ask for it."""
        data = self.connection.next_data(self._table.now)
        while not data and self._hear_posted():
            data = self.connection.next_data(self._table.now)
        return bytes(data)

    def _hear_posted(self) -> bool:
        posted = self._table.posted
        heard = bool(posted)
        while posted:
            posted.popleft()()
        return heard

    def hear_welcome(self) -> Welcome:
        """Return the WELCOME, which must be all that is due."""
        (welcome,) = self.hear()
        assert isinstance(welcome, Welcome)
        return welcome


def lines_in(events: list[Event]) -> bytes:
    """Return the token lines among the events."""
    return b"".join(event.lines for event in events if isinstance(event, Chunk))


def farewell(seat: Seat) -> Bye:
    """Return the BYE, after which nothing is said and nobody is in the room any more."""
    bye = seat.hear()[-1]
    assert isinstance(bye, Bye)
    assert seat.connection.is_over
    assert seat.connection.room is None
    assert seat.hear() == []
    return bye


def entered(table: Table, session: str, **where: int | None) -> Seat:
    """Return a client that has joined and was welcomed."""
    seat = table.enter(session, **where)
    seat.hear_welcome()
    return seat
