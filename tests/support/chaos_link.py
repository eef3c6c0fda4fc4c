"""One connection over a bad network: two real sockets, and a thread each way.

What it may do to a connection, TCP may do to it too: end it after any byte, in
one direction or both, politely or not; keep bytes back for a while; bring them
one by one. It never alters, drops or reorders bytes within a connection.
"""

import re
import socket
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum

_READ_BYTES = 64 * 1024
_WELCOME = re.compile(rb"^WELCOME \S+ \d+ (\d+) \d+\n", re.MULTILINE)
_RESET = struct.pack("ii", 1, 0)


class Way(StrEnum):
    """A direction."""

    UP = "up"  # to the relay
    DOWN = "down"


class End(StrEnum):
    """How a connection ends."""

    CUT = "cut"
    RESET = "reset"
    HALF_CLOSE = "half-close"


class _Pump:
    """One direction of one connection, in a thread of its own."""

    def __init__(self, link: "Link", source: socket.socket, target: socket.socket) -> None:
        self._link = link
        self._source = source
        self._target = target
        self._changed = threading.Condition()  # guards the four below
        self._held_until = 0.0
        self._over = False
        self._allowance: int | None = None  # bytes until the end that is planned
        self._single = 0  # bytes to bring one by one
        self._at_end: Callable[[], None] = lambda: None
        # A daemon: it ends with its sockets.
        self.thread = threading.Thread(target=self._run, daemon=True)

    def hold(self, seconds: float) -> None:
        """Keep bytes back for so long from now, or for longer if that was said before."""
        with self._changed:
            self._held_until = max(self._held_until, time.monotonic() + seconds)
            self._changed.notify_all()

    def plan_end(self, after: int, at_end: Callable[[], None]) -> None:
        """Let ``after`` more bytes through, then call."""
        with self._changed:
            self._allowance, self._at_end = after, at_end

    def bring_singly(self, count: int) -> None:
        """Bring the next ``count`` bytes one by one."""
        with self._changed:
            self._single = count

    def calm(self) -> None:
        """Forget what was planned; nothing is kept back any more."""
        with self._changed:
            self._held_until, self._allowance, self._single = 0.0, None, 0
            self._changed.notify_all()

    def stop(self) -> None:
        """Let nothing more through, ever."""
        with self._changed:
            self._over = True
            self._changed.notify_all()

    def _run(self) -> None:
        with suppress(OSError):
            while data := self._source.recv(_READ_BYTES):
                self._link.note(self._source, data)
                while data:
                    piece = self._next_piece(data)
                    if piece is None:
                        self._link.pump_ended()
                        return
                    self._target.sendall(piece)
                    data = data[len(piece) :]
        # After a reset there is nothing to close in order.
        with suppress(OSError):
            self._target.shutdown(socket.SHUT_WR)
        self._link.pump_ended()

    def _next_piece(self, data: bytes) -> bytes | None:
        """Wait until something may pass; return it, or None at the end."""
        with self._changed:
            while not self._over and (left := self._held_until - time.monotonic()) > 0:
                self._changed.wait(left)
            if self._over:
                return None
            size = 1 if self._single else len(data)
            self._single = max(0, self._single - 1)
            if self._allowance is None:
                return data[:size]
            size = min(size, self._allowance)
            self._allowance -= size
            at_end = None if size else self._at_end
        if at_end is not None:
            at_end()
            return None
        return data[:size]


class Link:
    """One connection of the client, and the one to the relay that it is joined to."""

    def __init__(
        self,
        client: socket.socket,
        relay: socket.socket,
        welcome: Callable[[int], None],
        ended: Callable[["Link"], None],
    ) -> None:
        self._client = client
        self._relay = relay
        self._welcome = welcome
        self._ended = ended
        self._greeting: bytes | None = b""  # what the relay said, up to its WELCOME
        self._lock = threading.Lock()  # guards the count
        self._running = 2
        self.pumps = {Way.UP: _Pump(self, client, relay), Way.DOWN: _Pump(self, relay, client)}
        self.is_doomed = False  # an end is planned; owned by who plans it

    @property
    def is_in(self) -> bool:
        """Whether the relay has let the client in."""
        return self._greeting is None

    def start(self) -> None:
        for pump in self.pumps.values():
            pump.thread.start()

    def end(self, way: Way, how: End, after: int, done: Callable[[], None]) -> None:
        """End the connection after ``after`` more bytes have gone ``way``."""
        self.is_doomed = True

        def end() -> None:
            if how is End.HALF_CLOSE:
                with suppress(OSError):
                    (self._relay if way is Way.UP else self._client).shutdown(socket.SHUT_WR)
            else:
                self.sever(reset=how is End.RESET)
            done()

        self.pumps[way].plan_end(after, end)

    def calm(self) -> None:
        """Pass on everything from now on."""
        for pump in self.pumps.values():
            pump.calm()

    def sever(self, *, reset: bool) -> None:
        """End both directions now."""
        for pump in self.pumps.values():
            pump.stop()
        for sock in (self._client, self._relay):
            with suppress(OSError):
                if reset:
                    # The read side alone: it wakes who waits, and says nothing to the peer.
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                    sock.shutdown(socket.SHUT_RD)
                else:
                    sock.shutdown(socket.SHUT_RDWR)

    def note(self, source: socket.socket, data: bytes) -> None:
        """Read along until the relay has let the client in."""
        if source is self._relay and self._greeting is not None:
            self._greeting += data
            if found := _WELCOME.search(self._greeting):
                self._welcome(int(found[1]))
                self._greeting = None

    def pump_ended(self) -> None:
        with self._lock:
            self._running -= 1
            if self._running:
                return
        self._client.close()
        self._relay.close()
        self._ended(self)
