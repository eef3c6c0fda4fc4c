"""Connections on their way into TLS. They cost a deadline and a place in epoll, no more.

Without TLS they are through at once.
"""

import select
import socket
import ssl
from collections.abc import Callable

from sussurro_relay.budget import Budget, Kind
from sussurro_relay.tally import Tally
from sussurro_relay.tls import REFUSAL, Certificate
from sussurro_relay.transport import TLS_BYTES, TlsTransport, Transport, send_alert
from sussurro_wire.errors import Reason

_IN, _OUT = select.EPOLLIN, select.EPOLLOUT


class _Handshake:
    """One connection that is being made. Belongs to the I/O thread."""

    __slots__ = ("address", "has_spoken", "interest", "opened_at", "socket")

    def __init__(self, sock: ssl.SSLSocket, address: str, now: float) -> None:
        self.socket = sock
        self.address = address
        self.opened_at = now
        self.has_spoken = False
        self.interest = _IN


class Handshakes:
    """All of one I/O thread, to which it belongs, and whose epoll and tally it uses."""

    def __init__(
        self,
        certificate: Certificate | None,
        epoll: select.epoll,
        budget: Budget,
        tally: Tally,
        made: Callable[[Transport, str, float], None],
        gone: Callable[[str], None],
    ) -> None:
        """``made`` is given a transport, its address, and when it was begun; ``gone`` an address."""
        self._certificate = certificate
        self._epoll = epoll
        self._budget = budget
        self._tally = tally
        self._made = made
        self._gone = gone
        self._under_way: dict[int, _Handshake] = {}

    def begin(self, sock: socket.socket, address: str, now: float) -> None:
        """Take a socket that has just been accepted."""
        if self._certificate is None:
            self._made(sock, address, now)
            return
        self._budget.charge(Kind.CONNECTIONS, TLS_BYTES)
        try:
            tls = self._certificate.context.wrap_socket(
                sock, server_side=True, do_handshake_on_connect=False
            )
        except (OSError, ValueError):  # it is gone again
            sock.close()
            self.give_back()
            self._gone(address)
            return
        self._under_way[tls.fileno()] = _Handshake(tls, address, now)
        self._epoll.register(tls, _IN)

    def serve(self, descriptor: int) -> None:
        """Go on with a handshake for which epoll has news; any other descriptor is nobody's."""
        handshake = self._under_way.get(descriptor)
        if handshake is None:
            return
        handshake.has_spoken = True
        try:
            handshake.socket.do_handshake()
        except ssl.SSLWantReadError:
            self._want(handshake, _IN)
        except ssl.SSLWantWriteError:
            self._want(handshake, _OUT)
        except (ssl.SSLEOFError, ssl.SSLZeroReturnError):
            self._drop(descriptor)
        except ssl.SSLError:
            self._tally.refused[REFUSAL] += 1
            self._drop(descriptor)
        except (OSError, ValueError):
            self._drop(descriptor)
        else:
            self._forget(descriptor)
            self._made(TlsTransport(handshake.socket), handshake.address, handshake.opened_at)

    def end_begun_before(self, moment: float) -> None:
        """Close those that have had their time."""
        for descriptor, handshake in tuple(self._under_way.items()):
            if handshake.opened_at < moment:
                self._tally.refused[Reason.HANDSHAKE_TIMEOUT] += 1
                if not handshake.has_spoken:
                    send_alert(handshake.socket)
                self._drop(descriptor)

    def close_all(self) -> None:
        """Close all: nothing can be said to them yet."""
        for descriptor in tuple(self._under_way):
            self._drop(descriptor)

    def give_back(self) -> None:
        """Take note that a connection is no more; once for each that was ``made``."""
        if self._certificate is not None:
            self._budget.charge(Kind.CONNECTIONS, -TLS_BYTES)

    def _want(self, handshake: _Handshake, interest: int) -> None:
        if interest != handshake.interest:
            handshake.interest = interest
            self._epoll.modify(handshake.socket, interest)

    def _drop(self, descriptor: int) -> None:
        handshake = self._forget(descriptor)
        handshake.socket.close()
        self.give_back()
        self._gone(handshake.address)

    def _forget(self, descriptor: int) -> _Handshake:
        self._epoll.unregister(descriptor)
        return self._under_way.pop(descriptor)
