import select
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from sussurro_relay.budget import Budget, Kind
from sussurro_relay.fanout import Fanout
from sussurro_relay.peer import Peer
from sussurro_relay.peers import Peers
from sussurro_relay.room import Room
from tests.relay.table import NONCE, SECRET, Table
from tests.support.relay import CARD, token, tokens


@dataclass
class Hall:
    """A fan-out over real sockets, one end of each in a test's hand."""

    table: Table = field(default_factory=Table)
    peers: Peers = field(default_factory=Peers)
    closed: list[Peer] = field(default_factory=list)
    soon: list[Peer] = field(default_factory=list)

    def __post_init__(self) -> None:
        table = self.table
        self.fanout = Fanout(
            self.peers,
            table.budget,
            table.tally,
            self,
            clock=lambda: table.now,
        )
        self.ends: dict[str, socket.socket] = {}

    def enter(self, name: str, buffer: int = 0) -> Peer:
        near, far = socket.socketpair()
        if buffer:
            near.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, buffer)
        near.setblocking(False)
        far.settimeout(10)
        self.ends[name] = far
        seat = self.table.connect(name)
        peer = Peer(near, name)
        peer.connection = seat.connection
        self.peers.add(peer)
        seat.send_raw(f"JOIN {SECRET.room} {SECRET.join(NONCE, CARD).proof} {CARD}\n".encode())
        self.fanout.flush(peer)
        return peer

    def say(self, peer: Peer, lines: bytes) -> None:
        peer.connection.receive(lines, self.table.now)
        self.spread()

    def spread(self) -> None:
        while self.fanout.spread({self.room}):
            """There is more in the next turn."""

    @property
    def room(self) -> Room:
        return self.table.hub._rooms[SECRET.room]

    def heard(self, name: str) -> bytes:
        end = self.ends[name]
        end.setblocking(False)
        data = b""
        while True:
            try:
                piece = end.recv(1 << 20)
            except BlockingIOError:
                return data
            if not piece:
                return data
            data += piece

    def watch_space(self, peer: Peer, *, is_full: bool) -> None:
        peer.interest = select.EPOLLIN | (select.EPOLLOUT if is_full else 0)

    def look_soon(self, peer: Peer) -> None:
        self.soon.append(peer)

    def close(self, peer: Peer) -> None:
        if self.peers.remove(peer):
            self.closed.append(peer)
            peer.socket.close()
            peer.connection.closed()

    def in_step(self) -> set[str]:
        audience = self.peers.audience(self.room)
        assert audience is not None
        return set(audience.in_step)


@contextmanager
def hall(*names: str, budget: Budget | None = None) -> Iterator[tuple[Hall, dict[str, Peer]]]:
    made = Hall(Table(window_bytes=8_000_000, budget=budget or Budget()))
    peers = {name: made.enter(name) for name in names}
    try:
        made.say(peers[names[0]], token(0))
        for name in names:
            made.heard(name)
        yield made, peers
    finally:
        for peer in made.peers.all():
            made.close(peer)
        for end in made.ends.values():
            end.close()


def test_a_message_reaches_all_in_step_and_its_author_hears_only_the_ack() -> None:
    with hall("ana", "bia", "caio") as (made, peers):
        assert made.in_step() == {"ana", "bia", "caio"}
        frames = made.table.tally.frames_out
        made.say(peers["ana"], tokens(range(3)))
        assert _tokens_in(made.heard("bia")) == tokens(range(3))
        assert _tokens_in(made.heard("caio")) == tokens(range(3))
        assert made.heard("ana").startswith(b"ACK 4 ")
        assert made.table.tally.frames_out == frames + 6
        assert made.in_step() == {"ana", "bia", "caio"}


def test_whose_socket_is_full_falls_behind_loses_nothing_and_keeps_step_again() -> None:
    with hall("ana", "bia") as (made, peers):
        caio = made.enter("caio", buffer=4096)
        made.say(peers["ana"], token(1))
        made.heard("caio")
        everything = b""
        heard = b""
        for number in range(30):
            lines = tokens(range(number * 10, number * 10 + 10), size=1000)
            everything += lines
            made.say(peers["ana"], lines)
            made.heard("bia")
        assert caio.is_blocked
        assert caio in made.soon
        assert made.in_step() == {"ana", "bia"}
        while caio.is_blocked or "caio" not in made.in_step():
            heard += made.heard("caio")
            made.fanout.flush(caio)
        heard += made.heard("caio")
        assert _tokens_in(heard) == everything


def test_whose_socket_fills_after_a_long_silence_counts_as_slow_from_then_on() -> None:
    """Nobody looks at who keeps step, so its own clock must not be what is asked."""
    with hall("ana", "bia") as (made, peers):
        caio = made.enter("caio", buffer=4096)
        made.say(peers["ana"], token(1))
        assert "caio" in made.in_step()
        made.table.now += 60
        made.say(peers["ana"], tokens(range(100), size=1000))
        assert caio.is_blocked
        outgoing = caio.connection._outgoing
        assert outgoing.was_slow(made.table.now)
        assert not outgoing.stalled_bytes(made.table.now)
        assert outgoing.stalled_bytes(made.table.now + 6)


def test_an_answer_that_does_not_fit_takes_its_asker_out_of_step() -> None:
    with hall("ana", "bia") as (made, peers):
        bia = peers["bia"]
        bia.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)  # type: ignore[attr-defined]
        bia.connection.receive(b"WHO\n" * 400, made.table.now)
        made.fanout.flush(bia)
        assert bia.is_blocked
        made.say(peers["ana"], token(7))
        heard = b""
        while bia.is_blocked or "bia" not in made.in_step():
            heard += made.heard("bia")
            made.fanout.flush(bia)
        heard += made.heard("bia")
        assert heard.count(b"WHO 2\n") == 400
        assert _tokens_in(heard) == token(7)


def test_no_turn_takes_for_ever_and_what_is_left_comes_in_the_next() -> None:
    """Other threads may append as fast as one can send: strays must have their turn."""
    with hall("ana", "bia") as (made, peers):
        lines = [tokens(range(number, number + 1), size=1000) for number in range(10)]
        for each in lines:
            peers["ana"].connection.receive(each, made.table.now)
        made.room._window.batch_limit = 1  # so that each chunk is a batch of its own
        heard = []
        while made.fanout.spread({made.room}):
            heard.append(_tokens_in(made.heard("bia")))
        assert len(heard) > 1
        assert all(heard)
        assert b"".join(heard) + _tokens_in(made.heard("bia")) == b"".join(lines)


def test_one_dead_socket_costs_the_others_nothing() -> None:
    with hall("ana", "bia", "caio", "dora") as (made, peers):
        made.ends["bia"].close()
        made.say(peers["ana"], token(1))
        assert made.closed == [peers["bia"]]
        for name in ("caio", "dora"):
            assert token(1) in made.heard(name)


def test_a_fault_of_ours_costs_one_connection_only(caplog: pytest.LogCaptureFixture) -> None:
    with hall("ana", "bia") as (made, peers):

        def fail(_: Peer) -> None:
            raise RuntimeError("a fault of the relay's own")

        made.fanout.attempt(peers["bia"], fail)
        assert made.closed == [peers["bia"]]
        made.fanout.attempt(peers["bia"], fail)  # it is gone: nothing is done
        assert [record.message for record in caplog.records] == ["connection_failed"]


def test_a_transport_that_fails_in_an_unheard_of_way_costs_the_others_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Broken:
        def __getattr__(self, name: str) -> object:
            return getattr(whole, name)

        def send(self, _data: bytes) -> int:
            raise RuntimeError("a fault of the transport's own")

    with hall("ana", "bia", "caio") as (made, peers):
        whole = peers["bia"].socket
        peers["bia"].socket = Broken()  # type: ignore[assignment]
        made.say(peers["ana"], token(1))
        assert made.closed == [peers["bia"]]
        assert token(1) in made.heard("caio")
        assert [record.message for record in caplog.records] == ["connection_failed"]


def test_while_memory_is_short_who_was_slow_lately_is_sent_nothing_for_now() -> None:
    budget = Budget(64 * 1024 * 1024)
    with hall("ana", "bia", budget=budget) as (made, peers):
        caio = made.enter("caio", buffer=4096)
        made.say(peers["ana"], tokens(range(100), size=1000))
        assert caio.is_blocked
        while caio.is_blocked or "caio" not in made.in_step():
            made.heard("caio")
            made.fanout.flush(caio)
        made.heard("caio")
        short = budget.limit // 16 * 14
        budget.charge(Kind.PAGES, short)
        made.say(peers["ana"], token(2))
        assert token(2) in made.heard("bia")
        assert made.heard("caio") == b""
        budget.charge(Kind.PAGES, -short)
        made.spread()
        assert token(2) in made.heard("caio")


def _tokens_in(data: bytes) -> bytes:
    return b"".join(line for line in data.splitlines(keepends=True) if line.startswith(b"gAAAA"))
