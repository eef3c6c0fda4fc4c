import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from sussurro_client.channel import Channel
from sussurro_client.waker import Waker
from tests.client.test_waker import PATIENCE, is_woken


class Line:
    """A channel and the relay's end of its connection."""

    def __init__(self) -> None:
        ours, self.relay = socket.socketpair()
        ours.setblocking(False)
        self.relay.settimeout(PATIENCE)
        self.waker = Waker()
        self.channel = Channel(ours, self.waker)
        self.ours = ours


@pytest.fixture
def line() -> Iterator[Line]:
    made = Line()
    with closing(made.waker), made.ours, made.relay, made.channel:
        yield made


def test_what_is_put_is_written_and_what_comes_is_returned(line: Line) -> None:
    line.channel.put(b"Oi\n")
    assert not line.channel.is_clear
    assert line.channel.turn(0) is None
    assert line.channel.is_clear
    assert line.relay.recv(10) == b"Oi\n"
    line.relay.sendall(b"Hello\n")
    assert line.channel.turn(PATIENCE) == b"Hello\n"
    assert line.channel.turn(0) is None


def test_what_the_system_does_not_take_at_once_is_written_as_soon_as_it_does(line: Line) -> None:
    data = bytes(range(256)) * 8192
    came = bytearray()

    def read() -> None:
        while len(came) < len(data):
            came.extend(line.relay.recv(len(data)))
        line.relay.sendall(b"all")

    line.channel.put(data)
    for _ in range(2):
        line.channel.turn(0)
        assert not line.channel.is_clear, "no socket takes as much at once"
    reading = threading.Thread(target=read)
    began = time.monotonic()
    reading.start()
    while (heard := line.channel.turn(PATIENCE)) is None:
        pass
    assert time.monotonic() - began < PATIENCE
    assert (heard, bytes(came)) == (b"all", data)
    reading.join(PATIENCE)


def test_the_relays_end_is_nothing_and_a_lost_connection_an_error(line: Line) -> None:
    line.channel.put(b"unread")
    line.channel.turn(0)
    line.relay.shutdown(socket.SHUT_WR)
    assert line.channel.turn(PATIENCE) == b""
    line.relay.close()
    with pytest.raises(OSError, match="reset"):
        line.channel.turn(PATIENCE)


def test_another_thread_ends_a_sleep(line: Line) -> None:
    began = time.monotonic()
    threading.Thread(target=line.waker.wake).start()
    assert line.channel.turn(PATIENCE) is None
    assert time.monotonic() - began < PATIENCE
    assert not is_woken(line.waker), "it is taken note of"
