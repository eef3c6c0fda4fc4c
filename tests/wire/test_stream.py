"""The wire over a real stream of the operating system, not a fake link."""

import socket
import threading

from sussurro_wire.chunk import Chunk
from sussurro_wire.messages import Side
from sussurro_wire.protocol import Event, State
from tests.wire.link import merged, protocol_in

_DEADLINE = 30.0


def test_a_mebibyte_of_tokens_arrives_byte_for_byte_through_small_socket_buffers() -> None:
    """A write that the system takes only in part must not lose its rest."""
    tokens = b"".join(
        b"gAAAA%06d" % number + b"x" * (number % 700) + b"=\n" for number in range(3200)
    )
    assert len(tokens) > 1024 * 1024
    client = protocol_in(State.OPEN, Side.CLIENT)
    relay = protocol_in(State.OPEN, Side.RELAY)
    near, far = socket.socketpair()
    with near, far:
        near.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        near.settimeout(_DEADLINE)
        far.settimeout(_DEADLINE)

        def speak() -> None:
            near.sendall(client.send_chunk(tokens))
            near.shutdown(socket.SHUT_WR)

        # A daemon, so that a test that fails early does not wait for it.
        speaker = threading.Thread(target=speak, daemon=True)
        speaker.start()
        heard: list[Event] = []
        pieces = 0
        while piece := far.recv(1000 + pieces % 7):
            relay.receive(piece, heard.append)
            pieces += 1
        speaker.join(_DEADLINE)
    assert pieces > 1000
    assert merged(heard) == [Chunk(tokens, 3200)]
