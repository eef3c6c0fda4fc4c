"""A network between two of our own servers, which can be cut in silence and joined again."""

import socket
import threading
from collections.abc import Sequence
from contextlib import suppress
from itertools import count

_READ_BYTES = 64 * 1024
_CONNECT_SECONDS = 2.0
_JOIN_SECONDS = 10.0


class WireCutter:
    """Listens in place of one server, or of several that do the same and are taken in turn.

    While it is cut, bytes are kept and nobody hears of it: no FIN, no RST, and
    whoever connects anew gets no answer either.
    """

    def __init__(self, *targets: int) -> None:
        """``targets`` are ports on this machine."""
        self._targets: Sequence[int] = targets
        self._turns = count()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self._is_whole = threading.Event()
        self._is_whole.set()
        self._is_over = False
        self._lock = threading.Lock()  # guards the sockets
        self._sockets: set[socket.socket] = set()
        # A daemon, as are the others: they end with their sockets.
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """Where it listens."""
        port: int = self._listener.getsockname()[1]
        return port

    def cut(self) -> None:
        """Keep every byte from now on."""
        self._is_whole.clear()

    def join(self) -> None:
        """Pass on what was kept, and what comes."""
        self._is_whole.set()

    def drop(self) -> None:
        """End every connection that there is; new ones are taken."""
        with self._lock:
            for sock in self._sockets:
                with suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """End every connection."""
        self._is_over = True
        self.join()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join(_JOIN_SECONDS)
        self._listener.close()
        self.drop()

    def _accept(self) -> None:
        while not self._is_over:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(near,), daemon=True).start()

    def _serve(self, near: socket.socket) -> None:
        """Connect on, and carry both ways until both are over."""
        self._is_whole.wait()
        with near:
            far = self._connect()
            if far is None:
                return
            with far:
                with self._lock:
                    self._sockets |= {near, far}
                back = threading.Thread(target=self._carry, args=(far, near), daemon=True)
                back.start()
                self._carry(near, far)
                back.join()
                with self._lock:
                    self._sockets -= {near, far}

    def _connect(self) -> socket.socket | None:
        turn = next(self._turns)
        for number in range(len(self._targets)):
            target = self._targets[(turn + number) % len(self._targets)]
            with suppress(OSError):
                far = socket.create_connection(("127.0.0.1", target), _CONNECT_SECONDS)
                far.settimeout(None)
                far.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return far
        return None

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        source.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with suppress(OSError):
            while data := source.recv(_READ_BYTES):
                self._is_whole.wait()
                target.sendall(data)
        self._is_whole.wait()
        # Neither needs to be there any more; each is told of the other's end.
        with suppress(OSError):
            target.shutdown(socket.SHUT_WR)
        with suppress(OSError):
            source.shutdown(socket.SHUT_RD)
