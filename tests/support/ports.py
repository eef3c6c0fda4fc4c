"""Ports for servers that are ended and started again at the same place."""

import random
import socket

_PORTS = range(20_000, 30_000)  # below those that the system gives to whoever connects
_given: set[int] = set()  # by this process: nobody may listen there yet


def free_port() -> int:
    """Return a port that stays ours while the server is down."""
    for port in random.Random().sample(_PORTS, 100):
        with socket.socket() as sock:
            if port not in _given and sock.connect_ex(("127.0.0.1", port)):
                _given.add(port)
                return port
    raise AssertionError("every port is taken")
