"""What wakes a thread that waits for a socket: a pair of sockets, one of which it watches too."""

import selectors
import socket
from contextlib import suppress


class Waker:
    """`wake` may be called by any thread, all else by the one that is woken."""

    __slots__ = ("_receive", "_send")

    def __init__(self) -> None:
        self._receive, self._send = socket.socketpair()
        self._send.setblocking(False)
        self._receive.setblocking(False)

    def fileno(self) -> int:
        """Return the descriptor that can be read from the moment on that somebody wakes."""
        return self._receive.fileno()

    def wake(self) -> None:
        """Wake the thread, which waits or will."""
        with suppress(OSError):  # it is awake already, or over
            self._send.send(b"\0")

    def drain(self) -> None:
        """Take note that we are awake."""
        with suppress(BlockingIOError):
            self._receive.recv(4096)

    def wait(self, seconds: float) -> None:
        """Sleep until somebody wakes us, or so long."""
        with selectors.DefaultSelector() as selector:
            selector.register(self, selectors.EVENT_READ)
            if selector.select(seconds):
                self.drain()

    def close(self) -> None:
        """Let the sockets go; nobody can be woken any more."""
        self._receive.close()
        self._send.close()
