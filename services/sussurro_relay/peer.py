"""One client as its I/O thread sees it: a socket, and the connection that it carries."""

import select
from collections.abc import Callable
from typing import TYPE_CHECKING

from sussurro_relay.connection import Connection
from sussurro_relay.room import Room
from sussurro_relay.transport import Transport

if TYPE_CHECKING:
    from sussurro_relay.audience import Audience


class Peer:
    """Belongs to the I/O thread."""

    __slots__ = ("_post_for", "address", "audience", "connection", "interest", "look_due", "socket")

    def __init__(
        self,
        sock: Transport,
        address: str,
        post_for: Callable[["Peer", Callable[[], None]], None] | None = None,
    ) -> None:
        """``post_for`` has something done for a peer, later, in its I/O thread."""
        self._post_for = post_for
        self.socket = sock
        self.address = address
        self.connection: Connection
        self.audience: Audience | None = None  # with whom it waits for news; set by `Peers.move`
        self.interest = select.EPOLLIN
        self.look_due: int | None = None  # the calendar's

    def post(self, call: Callable[[], None]) -> None:
        """Have something done for this client in its I/O thread; any thread."""
        if self._post_for is not None:
            self._post_for(self, call)

    @property
    def room(self) -> Room | None:
        """The room whose news it waits for."""
        return self.audience.room if self.audience is not None else None

    @property
    def is_blocked(self) -> bool:
        """Whether its socket is full, so that epoll has to tell when it takes more."""
        return bool(self.interest & select.EPOLLOUT)
