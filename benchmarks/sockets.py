"""Connections to a relay on this machine, with a deadline for all that is awaited."""

import random
import resource
import socket

HOST = "127.0.0.1"
SECONDS = 30.0


def connect(port: int, receive_buffer: int = 0) -> socket.socket:
    """Return a connection; ``receive_buffer``: bytes that wait at its end, 0: the system's way."""
    member = socket.socket()
    try:
        if receive_buffer:
            member.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        member.settimeout(SECONDS)
        member.connect((HOST, port))
        member.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except OSError:
        member.close()
        raise
    return member


def read(member: socket.socket) -> bytes:
    """Return what has come, at least a byte; raises ConnectionError at the end."""
    data = member.recv(65536)
    if not data:
        raise ConnectionError("the relay has closed the connection")
    return data


def read_until(member: socket.socket, *words: bytes) -> bytes:
    """Return what has come as soon as each of the words is in it, one after the other."""
    heard, start = b"", 0
    for word in words:
        while (found := heard.find(word, start)) < 0:
            heard += read(member)
        start = found + len(word)
    return heard


def free_port(count: int = 1) -> int:
    """Return the first of ``count`` ports in a row that nobody uses; raises OSError."""
    # A new place each time: what is left of the last run's connections is not in the way.
    first = 20_000 + random.randrange(5_000)  # noqa: S311 - a place, not a secret
    for start in range(first, 32_000 - count, count + 7):
        if all(_is_free(port) for port in range(start, start + count)):
            return start
    raise OSError(f"there are no {count} ports in a row that nobody uses")


def _is_free(port: int) -> bool:
    try:
        socket.create_server((HOST, port)).close()
    except OSError:
        return False
    return True


def raise_file_limit() -> int:
    """Allow as many open files as the system lets; return the number."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most
