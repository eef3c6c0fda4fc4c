"""A connection to a relay, plain or within TLS. What fails becomes one error with a reason."""

import select
import socket
import ssl
import time
from contextlib import suppress
from enum import StrEnum

from sussurro_client.address import Address
from sussurro_client.trust import Trust

CONNECT_SECONDS = 10.0
# There is nothing to read, or no space to write: of a plain socket, or of one within TLS.
NOT_NOW = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)

_ALERT = b"\x15\x03"  # how a TLS alert begins; no line of a relay does
# What OpenSSL calls an answer that has not even the form of TLS, as a plain relay's greeting.
_NO_RECORD = "WRONG_VERSION_NUMBER"


class Trouble(StrEnum):
    """Why there is no connection, besides what a relay may say."""

    UNREACHABLE = "unreachable"
    LOST = "lost"
    TLS_FAILED = "tls-failed"
    TLS_UNTRUSTED = "tls-untrusted"
    TLS_MISSING = "tls-missing"  # we speak TLS, the relay does not
    TLS_EXPECTED = "tls-expected"  # the other way round


class ConnectError(Exception):
    """There is no connection; ``detail`` is what the system or the library said, if anything."""

    def __init__(self, reason: Trouble, detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


def connect(
    address: Address,
    heartbeat: float,
    trust: Trust | None = None,
    context: ssl.SSLContext | None = None,
) -> socket.socket:
    """Return a connection that does not block; raises ConnectError.

    With ``trust``, whoever answers has proved to be the relay, within TLS.
    ``context`` is what `Trust.context` made; None: it is made now.
    """
    try:
        connection = socket.create_connection((address.host, address.port), CONNECT_SECONDS)
    except OSError as error:
        raise ConnectError(Trouble.UNREACHABLE, words_of(error)) from None
    connection.setblocking(False)
    with suppress(OSError):  # it may be gone again, which will be noticed soon enough
        _prepare(connection, heartbeat)
    if trust is None:
        return connection
    try:
        return _secure(connection, address, trust, context or trust.context())
    except BaseException:
        connection.close()
        raise


def receive(connection: socket.socket, size: int) -> bytes:
    """Return what has come, about ``size`` bytes at most; nothing: it has ended.

    Raises OSError, and one of NOT_NOW where nothing is there.
    """
    data = connection.recv(size)
    if not isinstance(connection, ssl.SSLSocket):
        return data
    pieces = [data]  # a record each
    with suppress(OSError):  # what is wrong is met again by the next call
        while data and sum(map(len, pieces)) < size:
            data = connection.recv(size)
            pieces.append(data)
    return b"".join(pieces)


def expects_tls(first_bytes: bytes) -> bool:
    """Return whether that is how a relay begins which waits for TLS."""
    return first_bytes.startswith(_ALERT)


def words_of(error: OSError | ValueError) -> str:
    """Return what an error says, without numbers and places in a library's source."""
    if isinstance(error, ssl.SSLError):
        return (error.reason or "").replace("_", " ").lower()
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def _prepare(connection: socket.socket, heartbeat: float) -> None:
    """Send at once, and let the system too notice when nobody is there any more."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # not every system has it
        milliseconds = int(2000 * heartbeat)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, milliseconds)


def _secure(
    connection: socket.socket, address: Address, trust: Trust, context: ssl.SSLContext
) -> ssl.SSLSocket:
    deadline = time.monotonic() + CONNECT_SECONDS
    try:
        secured = context.wrap_socket(
            connection, server_hostname=address.host, do_handshake_on_connect=False
        )
        try:
            _shake_hands(secured, deadline)
            flaw = trust.flaw(secured.getpeercert(binary_form=True))
        except BaseException:
            secured.close()
            raise
    except ssl.SSLCertVerificationError as error:
        raise ConnectError(Trouble.TLS_UNTRUSTED, error.verify_message.rstrip(".")) from None
    except (ssl.SSLEOFError, ssl.SSLZeroReturnError):
        raise ConnectError(Trouble.LOST) from None
    except ssl.SSLError as error:
        if error.reason == _NO_RECORD:
            raise ConnectError(Trouble.TLS_MISSING) from None
        raise ConnectError(Trouble.TLS_FAILED, words_of(error)) from None
    except (OSError, ValueError) as error:  # the latter: it was gone before it began
        raise ConnectError(Trouble.LOST, words_of(error)) from None
    if flaw is not None:
        secured.close()
        raise ConnectError(Trouble.TLS_UNTRUSTED, flaw)
    return secured


def _shake_hands(secured: ssl.SSLSocket, deadline: float) -> None:
    while True:
        try:
            secured.do_handshake()
        except ssl.SSLWantReadError:
            _wait(secured, select.POLLIN, deadline)
        except ssl.SSLWantWriteError:
            _wait(secured, select.POLLOUT, deadline)
        else:
            return


def _wait(secured: ssl.SSLSocket, event: int, deadline: float) -> None:
    poll = select.poll()
    poll.register(secured, event)
    if not poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
        raise TimeoutError("timed out")
