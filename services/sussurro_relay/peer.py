"""One client as its I/O thread sees it: a socket, and the connection that it carries."""

import select

from sussurro_relay.connection import Connection
from sussurro_relay.room import Room
from sussurro_relay.transport import Transport


class Peer:
    """Belongs to the I/O thread."""

    __slots__ = ("address", "connection", "interest", "room", "socket")

    def __init__(self, sock: Transport, address: str) -> None:
        self.socket = sock
        self.address = address
        self.connection: Connection
        self.room: Room | None = None  # whose news it waits for; set by `Peers.move`
        self.interest = select.EPOLLIN

    @property
    def is_blocked(self) -> bool:
        """Whether its socket is full, so that epoll has to tell when it takes more."""
        return bool(self.interest & select.EPOLLOUT)
