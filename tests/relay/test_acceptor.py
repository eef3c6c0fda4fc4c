import socket
from collections.abc import Iterator
from contextlib import contextmanager

from sussurro_relay.acceptor import Acceptor, _has_left
from sussurro_relay.admission import Doorkeeper
from sussurro_relay.budget import Budget, Kind
from sussurro_wire.errors import Reason
from tests.support.relay import DEADLINE, HOST, until


class Door:
    """A listener and the acceptor in front of it."""

    def __init__(
        self, listener: socket.socket, limit: int, budget: Budget, *, is_tls: bool
    ) -> None:
        self.taken: list[tuple[socket.socket, str]] = []
        self._listener = listener
        self.acceptor = Acceptor(
            Doorkeeper(limit, limit),
            budget,
            20.0,
            lambda sock, address: self.taken.append((sock, address)),
            is_tls=is_tls,
        )

    def connect(self) -> socket.socket:
        """Return a client that was taken or turned away."""
        before = self._seen()
        client = socket.create_connection(self._listener.getsockname(), timeout=DEADLINE)
        until(lambda: self._seen() > before)
        return client

    def _seen(self) -> int:
        self.acceptor.accept(self._listener)
        return len(self.taken) + sum(self.acceptor.tally.refused.values())


@contextmanager
def door(limit: int = 1, budget: Budget | None = None, *, is_tls: bool = False) -> Iterator[Door]:
    with socket.create_server((HOST, 0)) as listener:
        listener.setblocking(False)
        made = Door(listener, limit, budget or Budget(), is_tls=is_tls)
        try:
            yield made
        finally:
            for sock, _ in made.taken:
                sock.close()


def test_who_is_taken_gets_a_socket_that_does_not_wait_and_notices_a_dead_peer_in_time() -> None:
    with door() as ours, ours.connect():
        ((sock, address),) = ours.taken
        assert address == HOST
        assert not sock.getblocking()
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 40_000


def test_who_is_one_too_many_is_told_so_and_counted() -> None:
    with door() as ours, ours.connect(), ours.connect() as late:
        assert late.recv(100) == b"BYE too-many-connections\n"
        assert late.recv(100) == b""
        assert ours.acceptor.tally.refused == {Reason.TOO_MANY_CONNECTIONS: 1}
        assert len(ours.taken) == 1


def test_while_there_is_no_memory_nobody_is_taken_and_each_is_told_when_to_come_back() -> None:
    budget = Budget(1600)
    budget.charge(Kind.CONNECTIONS, 1400)
    with door(budget=budget) as ours, ours.connect() as client:
        assert client.recv(100) == b"BYE overloaded 5\n"
        assert not ours.taken


def test_within_tls_nothing_is_said_in_clear_to_who_is_turned_away() -> None:
    with door(limit=0, is_tls=True) as ours, ours.connect() as client:
        assert client.recv(100) == b""


def test_who_has_broken_off_is_told_from_who_is_still_there() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setblocking(False)
        assert not _has_left(ours)
        theirs.send(b"x")
        assert not _has_left(ours)
        assert ours.recv(1) == b"x"
        theirs.shutdown(socket.SHUT_WR)
        assert _has_left(ours)
