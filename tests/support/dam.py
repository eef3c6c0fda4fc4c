"""A wire to a relay that lets so much through and no more, until it is opened."""

import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self

_READ_BYTES = 16 * 1024


class Dam:
    """Listens in place of a relay. Each connection may carry so many bytes, each way.

    What is above that waits, in silence, until the dam is opened: so that what takes no
    time on one machine can be seen while it is under way.
    """

    def __init__(self, port: int, each: int) -> None:
        """``port`` is the relay's, on this machine; ``each`` is in bytes."""
        self._port = port
        self._each = each
        self._is_open = threading.Event()
        self._lock = threading.Lock()  # guards the sockets
        self._sockets: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        # Daemons, all of them: they end with their sockets.
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def address(self) -> str:
        """HOST:PORT for a client."""
        return f"127.0.0.1:{self.port}"

    def open(self) -> None:
        """Let through what waits, and all that comes."""
        self._is_open.set()

    def close(self) -> None:
        """End every connection."""
        self.open()
        with self._lock:
            for each in (self._listener, *self._sockets):
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
                each.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _address = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._port), timeout=10)
                far.settimeout(None)
                with self._lock:
                    self._sockets += [near, far]
                for source, target in ((near, far), (far, near)):
                    threading.Thread(target=self._carry, args=(source, target), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        left = self._each
        with suppress(OSError):
            while data := source.recv(min(left, _READ_BYTES) or _READ_BYTES):
                target.sendall(data)
                left = max(left - len(data), 0)
                if not left:
                    self._is_open.wait()
        with suppress(OSError):
            target.shutdown(socket.SHUT_WR)
