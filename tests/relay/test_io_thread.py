import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from sussurro_relay.connection import Terms
from sussurro_relay.desk import Services
from sussurro_relay.hub import Hub
from sussurro_relay.io_thread import IoThread
from sussurro_relay.log.memory import MemoryLog
from sussurro_wire.chunk import Chunk
from sussurro_wire.errors import Reason
from sussurro_wire.messages import Ack, Bye, Gone, Hello
from tests.support.relay import (
    DEADLINE,
    HOST,
    Member,
    RoomSecret,
    descriptors,
    lines_of,
    token,
    tokens,
    until,
)

SECRET = RoomSecret()


class ProneLog(MemoryLog):
    """Has a fault that one chunk brings out."""

    def append(self, room: str, chunk: Chunk, origin: str, read_at: float) -> None:
        if chunk.lines == token(666):
            raise RuntimeError("a fault of the relay's own")
        super().append(room, chunk, origin, read_at)


@dataclass
class Bench:
    """One I/O thread, and a listener from which it is dealt what connects."""

    listener: socket.socket
    rate_bytes: int = 0
    send_buffer: int = 0
    released: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.hub = Hub(8_000_000, 200)
        log = ProneLog(8_000_000, 8_000_000)
        log.start(self.hub.committed)
        services = Services(self.hub, log, frozenset())
        terms = Terms(128 * 1024, self.rate_bytes, 10.0, 20.0)
        self.thread = IoThread("io-test", services, terms, self.released.append)
        self.thread.start()

    def connect(self, name: str) -> Member:
        """Return a client whose socket the thread has been dealt."""
        member = Member(self.listener.getsockname()[1])
        accepted, _ = self.listener.accept()
        accepted.setblocking(False)
        if self.send_buffer:
            accepted.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, self.send_buffer)
        self.thread.adopt(accepted, name)
        return member

    def enter(self, name: str) -> Member:
        """Return a client that is in the room."""
        return self.connect(name).join(SECRET)


@contextmanager
def bench(rate_bytes: int = 0, send_buffer: int = 0) -> Iterator[Bench]:
    with socket.create_server((HOST, 0)) as listener:
        made = Bench(listener, rate_bytes, send_buffer)
        try:
            yield made
        finally:
            made.thread.stop()
            assert made.thread.join(DEADLINE)


def test_a_mebibyte_arrives_byte_for_byte_through_a_small_send_buffer() -> None:
    with bench(send_buffer=4096) as table, table.enter("ana") as ana, table.enter("bia") as bia:
        lines = tokens(range(1000), size=1060)
        assert len(lines) > 1024 * 1024
        sender = threading.Thread(target=ana.send, args=(lines,))
        sender.start()
        assert bia.hear_lines(len(lines)) == lines
        sender.join(DEADLINE)
        assert ana.hear(Ack).count > 0


def test_two_tokens_in_one_write_and_one_in_many_arrive_once_each() -> None:
    with bench() as table, table.enter("ana") as ana, table.enter("bia") as bia:
        ana.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        ana.send(tokens(range(2)))
        for byte in token(2):
            ana.socket.sendall(bytes([byte]))
        assert bia.hear_lines(3 * len(token(0))) == tokens(range(3))


@pytest.mark.parametrize("way", ["half-close", "close", "reset"])
def test_a_connection_that_ends_in_any_way_is_removed_told_and_given_back(way: str) -> None:
    with bench() as table, table.enter("ana") as ana, table.enter("bia") as bia:
        if way == "half-close":
            bia.socket.shutdown(socket.SHUT_WR)
        elif way == "close":
            bia.socket.close()
        else:
            bia.reset()
        assert ana.hear(Gone).reason == Reason.LOST
        until(lambda: table.released == ["bia"])
        assert table.thread.tally.connections == 1
        if way == "half-close":
            assert bia.hear_rest() == []
        ana.send(token(1))
        assert ana.hear(Ack).count == 1


def test_a_sender_over_its_rate_is_held_back_and_loses_nothing() -> None:
    with (
        bench(rate_bytes=1_000_000) as table,
        table.enter("ana") as ana,
        table.enter("bia") as bia,
    ):
        lines = tokens(range(1000), size=2500)
        begun = time.monotonic()
        sender = threading.Thread(target=ana.send, args=(lines,))
        sender.start()
        assert bia.hear_lines(len(lines)) == lines
        assert time.monotonic() - begun > 0.3
        sender.join(DEADLINE)


def test_others_are_heard_while_one_is_held_back() -> None:
    with bench(rate_bytes=20_000) as table, table.enter("ana") as ana, table.enter("bia") as bia:
        ana.send(tokens(range(5000), size=100))
        until(lambda: table.thread._held)
        bia.send(token(1))
        assert bia.hear(Ack).count == 1


def test_who_breaks_off_while_it_is_held_back_is_removed_at_once_without_spinning() -> None:
    """The end of a connection is reported over and over until it is dealt with."""
    with bench(rate_bytes=100) as table, table.enter("ana") as ana:
        ana.send(tokens(range(2000), size=100))
        until(lambda: table.thread._held)
        ana.reset()
        until(lambda: table.released == ["ana"], seconds=2)
        assert not table.thread._held


def test_a_fault_of_the_relay_costs_one_connection_and_not_all() -> None:
    with bench() as table, table.enter("ana") as ana, table.enter("bia") as bia:
        bia.send(token(666))
        assert lines_of(bia.hear_rest()) == b""
        assert ana.hear(Gone).reason == Reason.LOST
        ana.send(token(1))
        assert ana.hear(Ack).count == 1
        assert table.thread.is_alive()


def test_nothing_is_left_of_rooms_and_members_when_all_have_gone() -> None:
    with bench() as table:
        inside = [table.enter(f"s{number}") for number in range(20)]
        assert len(table.hub) == 1
        for member in inside:
            member.socket.close()
        until(lambda: len(table.released) == 20)
        assert len(table.hub) == 0
        assert table.thread._peers.by_descriptor == {}
        assert table.thread._peers._audiences == {}


def test_draining_says_goodbye_to_all_and_to_who_comes_just_then_and_ends() -> None:
    with bench() as table:
        with table.enter("ana") as ana, table.connect("bia") as bia:
            bia.hear_next(Hello)
            ana.send(token(1))
            assert ana.hear(Ack).count == 1
            table.thread.drain(3)
            assert ana.hear_rest()[-1] == Bye(Reason.DRAIN, 3)
            with table.connect("late") as late:
                assert late.hear_rest()[-1] == Bye(Reason.DRAIN)
            assert bia.hear_rest() == [Bye(Reason.DRAIN, 3)]
        assert table.thread.join(DEADLINE)
        assert sorted(table.released) == ["ana", "bia", "late"]


def test_stopping_closes_everything_and_leaves_no_descriptor_open() -> None:
    before = descriptors()
    with bench() as table:
        inside = [table.enter(f"s{number}") for number in range(5)]
        table.thread.stop()
        assert table.thread.join(DEADLINE)
        for member in inside:
            assert all(not isinstance(event, Bye) for event in member.hear_rest())
            member.socket.close()
    assert descriptors() == before
