"""Where one client believes the relay to be: a bad network of its own."""

import socket
import threading
from contextlib import suppress

from tests.support.chaos_link import Link

_CONNECT_SECONDS = 10.0


class Gate:
    """Listens for one client; each connection gets one to the relay."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._changed = threading.Condition()  # guards the links and the entrance
        self._links: list[Link] = []
        self._entered: int | None = None
        # A daemon: it ends with the listener.
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """HOST:PORT for a client."""
        return f"127.0.0.1:{self._listener.getsockname()[1]}"

    @property
    def entered(self) -> int:
        """The first chunk after the client's first entrance."""
        with self._changed:
            assert self._entered is not None
            return self._entered

    @property
    def link(self) -> Link | None:
        """The connection that is up, if any."""
        with self._changed:
            return self._links[-1] if self._links else None

    def calm(self) -> None:
        """Let everything through from now on, and end nothing more."""
        with self._changed:
            for link in self._links:
                link.calm()

    def close(self, seconds: float = 10.0) -> None:
        """End everything, and wait for it."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join(seconds)
        self._listener.close()
        with self._changed:
            for link in self._links:
                link.sever(reset=False)
            assert self._changed.wait_for(lambda: not self._links, seconds)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                relay = socket.create_connection(("127.0.0.1", self._port), _CONNECT_SECONDS)
            except OSError:
                client.close()  # there is no relay now; that is all a client hears
                continue
            relay.settimeout(None)
            link = Link(client, relay, self._note_welcome, self._forget)
            with self._changed:
                self._links.append(link)
            link.start()

    def _note_welcome(self, next_seq: int) -> None:
        with self._changed:
            if self._entered is None:
                self._entered = next_seq

    def _forget(self, link: Link) -> None:
        with self._changed:
            self._links.remove(link)
            self._changed.notify_all()
