"""Who has just connected: taken, or turned away with the reason."""

import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress

from sussurro_relay import journal
from sussurro_relay.admission import UNKNOWN, Doorkeeper, TrustedProxies
from sussurro_relay.budget import Budget
from sussurro_relay.proxy_header import MOST_BYTES
from sussurro_relay.tally import Tally
from sussurro_relay.transport import turn_away
from sussurro_wire.errors import Reason

_ACCEPTS_PER_TURN = 256
_BUSY_SECONDS = 0.1  # no file descriptors left: wait for some to come back


class Acceptor:
    """Takes connections from the listener. Belongs to the main thread."""

    def __init__(
        self,
        doorkeeper: Doorkeeper,
        budget: Budget,
        heartbeat_seconds: float,
        take: Callable[[socket.socket, str], None],
        *,
        is_tls: bool,
        proxies: TrustedProxies | None = None,
    ) -> None:
        """``take`` is given each socket that is taken, and its address.

        That is UNKNOWN where a proxy of ours has connected, which says first for whom.
        """
        self.tally = Tally()  # of those who were turned away
        self._doorkeeper = doorkeeper
        self._budget = budget
        self._silence_milliseconds = int(2000 * heartbeat_seconds)
        self._take = take
        self._is_tls = is_tls
        self._proxies = proxies or TrustedProxies()

    def accept(self, listener: socket.socket) -> None:
        """Take or turn away those who are waiting, as many as one turn may."""
        for _ in range(_ACCEPTS_PER_TURN):
            try:
                sock, address = listener.accept()
            except BlockingIOError:
                return
            except OSError as error:
                # The client gave up meanwhile, or there are no descriptors left.
                journal.warn("accept_failed", why=error.strerror or "unknown")
                time.sleep(_BUSY_SECONDS)
                return
            sock.setblocking(False)
            if _has_left(sock):
                sock.close()
                continue
            self._judge(sock, UNKNOWN if address[0] in self._proxies else address[0])

    def _judge(self, sock: socket.socket, address: str) -> None:
        if not self._budget.may_connect:
            reason: Reason | None = Reason.OVERLOADED
        elif address == UNKNOWN:
            reason = self._doorkeeper.admit_unknown()
        else:
            reason = self._doorkeeper.admit(address)
        if reason is None:
            self._prepare(sock)
            self._take(sock, sys.intern(address))  # one string for all from there
            return
        self.tally.refused[reason] += 1
        if address == UNKNOWN:
            with suppress(OSError):  # to close on a header that is not read would destroy the BYE
                sock.recv(MOST_BYTES)
        turn_away(sock, reason, is_tls=self._is_tls)

    def _prepare(self, sock: socket.socket) -> None:
        with suppress(OSError):  # the client may be gone again
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, self._silence_milliseconds)


def _has_left(sock: socket.socket) -> bool:
    """Return whether the client has broken off already, as in a flood: it costs no connection."""
    try:
        return not sock.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return False
    except OSError:
        return True
