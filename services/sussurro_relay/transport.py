"""What the I/O thread needs of a socket, and TLS behind the same few calls.

A plain socket is a transport as it is, so that nothing stands between the
fan-out and the system.
"""

import socket
import ssl
from contextlib import suppress
from typing import Protocol

from sussurro_relay.farewell import make_bye
from sussurro_wire.codec import encode
from sussurro_wire.errors import Reason

# What a connection within TLS costs beside a plain one, from its first byte: measured, rounded up.
TLS_BYTES = 44 * 1024

_RECORD_BYTES = 16 * 1024  # the most that one TLS record carries
_WAITING = (ssl.SSLWantReadError, ssl.SSLWantWriteError)


class Transport(Protocol):
    """Bytes to and from one client; `socket.socket` without blocking is one.

    BlockingIOError says that there is nothing to do for now; any other OSError
    is the end of the connection.
    """

    def fileno(self) -> int:
        """Return the descriptor for epoll; -1 once it is closed."""

    def recv(self, size: int, /) -> bytes:
        """Return about ``size`` bytes at most; empty: the client will say no more.

        What is left unread is always with the system, where epoll sees it.
        """

    def send(self, data: bytes | memoryview, /) -> int:
        """Send as much as the system takes, and return how much that was.

        What was not taken must be what the next call begins with.
        """

    def shutdown(self, how: int, /) -> None:
        """Say that no more will come; what is read after it is worthless."""

    def close(self) -> None:
        """Give the descriptor back."""


class TlsTransport:
    """A TLS connection that has been made. Belongs to the I/O thread."""

    __slots__ = ("_receive", "_send", "_socket")

    def __init__(self, sock: ssl.SSLSocket) -> None:
        self._socket = sock
        self._receive = sock.recv
        self._send = sock.send

    def fileno(self) -> int:
        """Return the descriptor; -1 once it is closed."""
        return self._socket.fileno()

    def recv(self, size: int) -> bytes:
        """Return what has come, a whole record even where ``size`` has no room for one.

        A record is decrypted as a whole, so there is always room for another one
        before it is asked for: nothing stays behind where epoll cannot see it.
        """
        size = max(size, _RECORD_BYTES)
        try:
            data = self._receive(size)
        except _WAITING:
            raise BlockingIOError from None
        if len(data) < _RECORD_BYTES:
            return data
        return self._read_on(data, size)

    def _read_on(self, data: bytes, size: int) -> bytes:
        """Gather what follows a full record: larger chunks make a cheaper fan-out."""
        pieces = [data]
        left = size - len(data)
        with suppress(OSError):  # what is wrong will be wrong again at the next call
            while left >= _RECORD_BYTES and len(data) == _RECORD_BYTES:
                data = self._receive(left)
                pieces.append(data)
                left -= len(data)
        return b"".join(pieces)

    def send(self, data: bytes | memoryview) -> int:
        """Send records until all is out or the system is full; nothing is copied on the way.

        A record that the system did not take is kept encrypted and not counted;
        the next call begins with the same bytes, from whatever buffer.
        """
        view = memoryview(data)
        sent = 0
        try:
            # Record by record: given more, OpenSSL would say nothing until the last one was out.
            while sent < len(view):
                sent += self._send(view[sent : sent + _RECORD_BYTES])
        except _WAITING:
            if not sent:
                raise BlockingIOError from None
        return sent

    def shutdown(self, how: int) -> None:
        """Say within TLS and below it that no more will come; both once."""
        # The client's own farewell is not waited for. ValueError: this was said before.
        with suppress(OSError, ValueError):
            self._socket.unwrap()
        self._socket.shutdown(how)

    def close(self) -> None:
        """Give the descriptor back."""
        self._socket.close()


def turn_away(sock: socket.socket, reason: Reason, *, is_tls: bool) -> None:
    """Close a socket that was just accepted, and say why where that costs no TLS handshake."""
    with sock, suppress(OSError):
        if not is_tls:
            sock.send(encode(make_bye(reason)))
        sock.shutdown(socket.SHUT_WR)


def send_alert(sock: socket.socket) -> None:
    """Tell a client that has said nothing at all that TLS was expected.

    It may be waiting for us to speak first: an alert in clear (handshake_failure)
    is what a client without TLS can recognise and tell its user.
    """
    with suppress(OSError):
        socket.socket.send(sock, b"\x15\x03\x03\x00\x02\x02\x28")
