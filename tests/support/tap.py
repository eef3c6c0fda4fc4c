"""A wire between a client and a relay that sees all, and can be told to change something."""

import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self


class Tap:
    """Listens on a free port and passes bytes on, both ways; real sockets, a thread each way."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._lock = threading.Lock()  # guards what was seen, and what is to be changed
        self._to_relay = bytearray()
        self._from_relay = bytearray()
        self._alter = False
        self._sockets: list[socket.socket] = []
        # Daemons, all of them: they end with their sockets.
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def address(self) -> str:
        """HOST:PORT for a client."""
        return f"127.0.0.1:{self._listener.getsockname()[1]}"

    def seen(self) -> bytes:
        """Return every byte that went either way."""
        with self._lock:
            return bytes(self._to_relay + self._from_relay)

    def from_relay(self) -> bytes:
        """Return every byte that came from the relay."""
        with self._lock:
            return bytes(self._from_relay)

    def alter_next_token(self) -> None:
        """Change one character of the next token that comes from the relay."""
        with self._lock:
            self._alter = True

    def cut(self) -> None:
        """Break every connection."""
        for each in self._sockets:
            shut(each)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        shut(self._listener)
        self._listener.close()
        self.cut()
        for each in self._sockets:
            each.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
                relay = socket.create_connection(("127.0.0.1", self._port), timeout=10)
            except OSError:
                return
            relay.settimeout(None)
            self._sockets += [client, relay]
            for source, target in ((client, relay), (relay, client)):
                threading.Thread(target=self._pass_on, args=(source, target), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        comes_from_relay = source.getpeername()[1] == self._port
        with suppress(OSError):
            while data := source.recv(65536):
                target.sendall(self._note(data, comes_from_relay=comes_from_relay))
        shut(target)

    def _note(self, data: bytes, *, comes_from_relay: bool) -> bytes:
        with self._lock:
            (self._from_relay if comes_from_relay else self._to_relay).extend(data)
            start = data.find(b"\ngAAAA")
            if self._alter and comes_from_relay and 0 <= start < len(data) - 60:
                self._alter = False
                place = start + 50
                other = b"A" if data[place : place + 1] != b"A" else b"B"
                return data[:place] + other + data[place + 1 :]
            return data


def shut(sock: socket.socket) -> None:
    """End a connection in both directions; one that has ended already is left alone."""
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)
