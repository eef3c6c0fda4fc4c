"""Bytes to a relay and from it, over one connection that does not block."""

import selectors
import socket
from types import TracebackType
from typing import Self

from sussurro_client.transport import NOT_NOW, receive
from sussurro_client.waker import Waker

_READ_BYTES = 256 * 1024  # what is read together is checked together


class Channel:
    """Writes what can be written, reads what has come, and sleeps. Owned by the session's thread.

    The connection is closed by whoever opened it. All methods raise OSError when it is lost.
    """

    __slots__ = ("_connection", "_selector", "_unsent", "_waker")

    def __init__(self, connection: socket.socket, waker: Waker) -> None:
        """``waker`` ends a sleep."""
        self._connection = connection
        self._waker = waker
        self._unsent = memoryview(b"")
        self._selector = selectors.DefaultSelector()
        self._selector.register(waker, selectors.EVENT_READ)
        self._selector.register(connection, selectors.EVENT_READ)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._selector.close()

    @property
    def is_clear(self) -> bool:
        """Whether all that was to be written is."""
        return not self._unsent

    def put(self, data: bytes) -> None:
        """Write this next; only while the channel is clear."""
        self._unsent = memoryview(data)

    def turn(self, seconds: float) -> bytes | None:
        """Write, then wait for something to do, so long at most; return what has come.

        Nothing: the relay has ended it. None: nothing has come.
        """
        if self._unsent:
            self._unsent = self._unsent[self._write() :]
        wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if self._unsent else 0)
        self._selector.modify(self._connection, wanted)
        data: bytes | None = None
        for key, ready in self._selector.select(seconds):
            if key.fileobj is self._waker:
                self._waker.drain()
            elif ready & selectors.EVENT_READ:
                data = self._read()
        return data

    def _write(self) -> int:
        try:
            return self._connection.send(self._unsent)
        except NOT_NOW:
            return 0

    def _read(self) -> bytes | None:
        try:
            return receive(self._connection, _READ_BYTES)
        except NOT_NOW:  # half a TLS record is there
            return None
