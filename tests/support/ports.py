"""Ports for servers that are ended and started again at the same place."""

import random
import socket

_PORTS = range(20_000, 30_000)  # below those that the system gives to whoever connects


def free_port() -> int:
    """Return a port that stays ours while the server is down."""
    for port in random.Random().sample(_PORTS, 100):
        with socket.socket() as sock:
            if sock.connect_ex(("127.0.0.1", port)):
                return port
    raise AssertionError("every port is taken")
