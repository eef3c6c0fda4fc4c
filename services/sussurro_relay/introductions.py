"""Connections that a trusted proxy has made, and on which it has yet to say for whom.

They cost a deadline and a place in epoll. Whoever connects by itself never comes here.
"""

import select
import socket
import sys
from collections.abc import Callable

from sussurro_relay import journal
from sussurro_relay.admission import UNKNOWN
from sussurro_relay.budget import Kind
from sussurro_relay.desk import Services
from sussurro_relay.proxy_header import MOST_BYTES, REFUSAL, ProxyHeader, ProxyHeaderError
from sussurro_relay.tally import Tally
from sussurro_relay.transport import turn_away
from sussurro_wire.errors import Reason

_JOURNAL_SECONDS = 10.0  # a proxy that is set up wrongly fails with every connection


class _Introduction:
    """One connection that waits for its header. Belongs to the I/O thread."""

    __slots__ = ("header", "opened_at", "socket")

    def __init__(self, sock: socket.socket, now: float) -> None:
        self.header = ProxyHeader()
        self.socket = sock
        self.opened_at = now


class Introductions:
    """All of one I/O thread, to which it belongs, and whose epoll and tally it uses."""

    def __init__(
        self,
        epoll: select.epoll,
        services: Services,
        tally: Tally,
        made: Callable[[socket.socket, str, float], None],
        gone: Callable[[str], None],
        *,
        is_tls: bool,
    ) -> None:
        """``made`` is given a socket, whose it is, and when it came; ``gone`` an address."""
        self._epoll = epoll
        self._services = services
        self._tally = tally
        self._made = made
        self._gone = gone
        self._is_tls = is_tls
        self._under_way: dict[int, _Introduction] = {}
        self._silent_until = 0.0

    def begin(self, sock: socket.socket, now: float) -> None:
        """Take a socket that a proxy has connected to."""
        self._services.budget.charge(Kind.CONNECTIONS, MOST_BYTES)
        self._under_way[sock.fileno()] = _Introduction(sock, now)
        self._epoll.register(sock, select.EPOLLIN)

    def serve(self, descriptor: int, now: float) -> None:
        """Read on where epoll has news; any other descriptor is nobody's.

        Exactly the header is read, so what follows it is there for the next who reads.
        """
        introduction = self._under_way.get(descriptor)
        if introduction is None:
            return
        header = introduction.header
        try:
            while header.wanted:
                data = introduction.socket.recv(header.wanted)
                if not data:
                    self._drop(descriptor)
                    return
                header.receive(data)
        except BlockingIOError:
            return
        except OSError:
            self._drop(descriptor)
        except ProxyHeaderError as error:
            self._refuse(descriptor, str(error), now)
        else:
            self._introduce(descriptor, header.address)

    def end_begun_before(self, moment: float) -> None:
        """Close those that have had their time."""
        for descriptor, introduction in tuple(self._under_way.items()):
            if introduction.opened_at < moment:
                self._tally.refused[Reason.HANDSHAKE_TIMEOUT] += 1
                self._drop(descriptor)

    def close_all(self) -> None:
        """Close all: nothing can be said before the header."""
        for descriptor in tuple(self._under_way):
            self._drop(descriptor)

    def _introduce(self, descriptor: int, address: str | None) -> None:
        """Let the caller's own limit decide. A proxy that calls for itself has none."""
        introduction = self._forget(descriptor)
        door, reason = self._services.door, None
        if address is None or door is None:
            address = UNKNOWN
        else:
            address = sys.intern(address)  # one string for all from there
            reason = door.introduce(address)
        if reason is None:
            self._made(introduction.socket, address, introduction.opened_at)
            return
        self._tally.refused[reason] += 1
        turn_away(introduction.socket, reason, is_tls=self._is_tls)
        self._gone(UNKNOWN)

    def _refuse(self, descriptor: int, why: str, now: float) -> None:
        self._tally.refused[REFUSAL] += 1
        if now >= self._silent_until:
            self._silent_until = now + _JOURNAL_SECONDS
            journal.warn("proxy_header_refused", why=why)
        self._drop(descriptor)

    def _drop(self, descriptor: int) -> None:
        self._forget(descriptor).socket.close()
        self._gone(UNKNOWN)

    def _forget(self, descriptor: int) -> _Introduction:
        self._epoll.unregister(descriptor)
        self._services.budget.charge(Kind.CONNECTIONS, -MOST_BYTES)
        return self._under_way.pop(descriptor)
