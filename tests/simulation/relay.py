"""A relay's process: the real hub, rooms and connections; its threads and sockets simulated."""

import re
import select
from collections import deque
from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING

from sussurro_relay import connection as limits
from sussurro_relay.connection import Connection, Terms
from sussurro_relay.desk import Owner, Services
from sussurro_relay.fanout import Fanout
from sussurro_relay.hub import Hub
from sussurro_relay.log import Page, Query
from sussurro_relay.peer import Peer
from sussurro_relay.peers import Peers
from sussurro_relay.room import Room
from sussurro_relay.tally import Tally
from sussurro_wire.chunk import Chunk
from sussurro_wire.errors import Reason
from tests.simulation.edges import Desk
from tests.simulation.link import Link

if TYPE_CHECKING:
    from tests.simulation.world import World

_AT = re.compile(rb"^AT ([0-9]+)$", re.MULTILINE)
_MARGIN = 1_000  # a WELCOME, a PING, and a roster that has grown meanwhile
_TERMS = Terms(max_line=4_000, rate_bytes=0, handshake_seconds=30.0, heartbeat_seconds=20.0)


class Socket:
    """The relay's end of a link, as a transport."""

    def __init__(self, world: "World", link: Link) -> None:
        self.link = link
        self._world = world
        self._last_seq = 0
        self._is_closed = False

    def fileno(self) -> int:
        """Return the number of the link; -1 once it is closed."""
        return -1 if self._is_closed else self.link.number

    def recv(self, _size: int) -> bytes:
        """Not used here: the thread reads in pieces of its own choice."""
        raise AssertionError("the simulated thread reads from the link")

    def send(self, data: bytes | memoryview) -> int:
        """Send what there is room for, unless the link is cut."""
        self._check_order(data)
        if self.link.is_cut and self._world.random.random() < 0.5:
            raise ConnectionResetError
        size = len(data) if self.link.is_cut else self.link.down.write(data)
        self._world.meanwhile()
        if not size:
            raise BlockingIOError
        return size

    def shutdown(self, _how: int) -> None:
        """Say that no more will come."""
        self.link.down.is_ended = True

    def close(self) -> None:
        """Let the link go."""
        self._is_closed = True
        self.link.cut()

    def _check_order(self, data: bytes | memoryview) -> None:
        """Fail where a connection is about to be sent a chunk that it was sent, or passed over."""
        if isinstance(data, memoryview):
            return  # the rest of what was looked at
        for seq in map(int, _AT.findall(data)):
            if seq <= self._last_seq:
                self._world.fail(f"s{self.link.number} is sent chunk {seq} out of turn")
            self._last_seq = seq


class BusyDesk(Desk):
    """A desk at which, whenever it is turned to, other threads may do something first."""

    __slots__ = ("_world",)

    def __init__(
        self,
        world: "World",
        owner: Owner,
        services: Services,
        notify: Callable[[Room], None],
    ) -> None:
        super().__init__(services, owner, notify)
        self._world = world

    def append(self, room: Room, chunk: Chunk, session: str, now: float) -> None:
        """Hand a chunk to the log."""
        super().append(room, chunk, session, now)
        self._world.meanwhile()

    def read(self, query: Query, done: Callable[[Page], None]) -> None:
        """Read from the log."""
        super().read(query, done)
        self._world.meanwhile()


class Thread:
    """An I/O thread's turn, cut into steps that can stand in any order."""

    def __init__(self, world: "World", services: Services) -> None:
        self.calls: deque[Callable[[], None]] = deque()
        self.news: deque[Room] = deque()
        self._world = world
        self._services = services
        self._tally = Tally()
        self._peers = Peers()
        self._fanout = Fanout(
            self._peers, services.budget, self._tally, self, clock=lambda: world.now
        )

    @property
    def peers(self) -> tuple[Peer, ...]:
        """Every client that it serves."""
        return self._peers.all()

    @property
    def is_busy(self) -> bool:
        """Whether something was posted to it."""
        return bool(self.calls or self.news)

    def adopt(self, link: Link) -> None:
        """Take over a new connection."""
        peer = Peer(Socket(self._world, link), "", self._post_for)
        desk = BusyDesk(self._world, peer, self._services, self._notify)
        name = f"s{link.number}"
        peer.connection = Connection(
            name, f"nonce{link.number}", desk, _TERMS, self._tally, self._world.now
        )
        self._peers.add(peer)
        self._fanout.flush(peer)

    def step(self, random: Random) -> None:
        """Do one of the things that a turn consists of."""
        choice = random.random()
        if self.calls and choice < 0.35:
            self.calls.popleft()()
        elif self.news and choice < 0.7:
            self.spread_news()
        elif self.peers:
            self.serve(random.choice(self.peers), random.choice(self._world.pieces))

    def catch_up(self) -> None:
        """Do all that there is to do."""
        for peer in self.peers:
            self.serve(peer, 64_000)
        while self.calls:
            self.calls.popleft()()
        self.spread_news()

    def serve(self, peer: Peer, size: int) -> None:
        """Send to a socket that has space again, and read from one that has something."""
        link, connection = link_of(peer), peer.connection
        if link.is_cut:
            self.close(peer)
            return
        if peer.is_blocked:
            self._fanout.flush(peer)
        now = self._world.now
        # Who has closed answers what it is sent with a reset: that is heard, may_read or not.
        is_reset = link.up.is_ended and peer.is_blocked
        if link.is_dark or not (is_reset or connection.is_ending or connection.may_read(now)):
            return
        data = link.up.read(size)
        if not data:
            if link.up.is_ended:
                self.close(peer)
        elif not connection.is_ending:
            self._world.note("relay hears on {}: {}", link.number, data)
            connection.receive(data, now)
            if not is_reset:
                self._check_bounds(connection, len(data))
            self._fanout.flush(peer)

    def spread_news(self) -> None:
        """Send the members of rooms with news what they are due."""
        rooms = set(self.news)
        self.news.clear()
        self.news += self._fanout.spread(rooms)

    def tick(self, now: float) -> None:
        """Look at the deadlines."""
        for peer in self.peers:
            peer.connection.look(now)
            if peer.connection.is_overdue(now):
                self.close(peer)
            elif not peer.is_blocked:
                self._fanout.flush(peer)

    def drain(self) -> None:
        """Say BYE to everybody, once what they sent is kept."""
        for peer in self.peers:
            peer.connection.end(Reason.DRAIN, self._world.now, 1)
            if not peer.is_blocked:
                self._fanout.flush(peer)

    def watch_space(self, peer: Peer, *, is_full: bool) -> None:
        """Take note whose socket is full."""
        peer.interest = select.EPOLLIN | (select.EPOLLOUT if is_full else 0)

    def look_soon(self, peer: Peer) -> None:
        """Do nothing: here everybody is looked at whenever time passes."""

    def close(self, peer: Peer) -> None:
        """Let a connection go."""
        if self._peers.remove(peer):
            peer.socket.close()
            peer.connection.closed()

    def _post_for(self, peer: Peer, call: Callable[[], None]) -> None:
        def run() -> None:
            if peer.socket.fileno() >= 0:
                call()
                self._fanout.flush(peer)

        self.calls.append(run)

    def _notify(self, room: Room) -> None:
        self.news.append(room)
        self._world.meanwhile()

    def _check_bounds(self, connection: Connection, size: int) -> None:
        """Fail where more is held for a client than its limit and what one read may add."""
        unkept = sum(
            len(chunk.lines)
            for _, chunk, origin, _ in self._world.log.waiting
            if origin == connection.session
        )
        if unkept > limits._UNKEPT_LIMIT + size + _TERMS.max_line:
            self._world.fail(f"{connection.session} may send more than the log keeps")
        answer = len(connection.room.roster()) if connection.room is not None else 0
        questions = size // len("WHO\n") + 1
        if connection._outgoing.replies_size > limits._REPLIES_LIMIT + questions * answer + _MARGIN:
            self._world.fail(f"{connection.session} may ask more than it reads")


def link_of(peer: Peer) -> Link:
    """Return the link at whose end a client is."""
    assert isinstance(peer.socket, Socket)
    return peer.socket.link


class Relay:
    """One process of the relay, from its start to its end."""

    def __init__(self, world: "World", window_bytes: int, threads: int) -> None:
        self.hub = Hub(window_bytes, presence_limit=world.random.choice((2, 200)))
        world.log.start(self.hub.committed)
        services = Services(self.hub, world.log, frozenset())
        self.threads = [Thread(world, services) for _ in range(threads)]

    @property
    def peers(self) -> list[Peer]:
        """Every connection that it holds."""
        return [peer for thread in self.threads for peer in thread.peers]
