"""The relay's one connection to NATS, and the thread that it lives in.

The thread runs an asyncio loop, as the library wants it; the rest of the relay
hands it calls and does not know. A connection that breaks is made again, to
whichever server answers, for as long as the relay runs.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from typing import Any

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import Error as NatsError
from nats.js import JetStreamContext

from sussurro_relay import journal

# What a broken connection, a missing server and an answer that never came all end in.
BUS_ERRORS = (NatsError, OSError, TimeoutError)

_CONNECT_SECONDS = 2
_RETRY_SECONDS = 0.25
# A server that answers no ping for about twice as long is given up.
_PING_SECONDS = 2
_MOST_UNFLUSHED = 64 * 1024 * 1024
_CLOSE_SECONDS = 2.0


class Bus:
    """One connection. `start`, `call_soon`, `is_connected` and `close` are for any thread."""

    def __init__(self, servers: Sequence[str]) -> None:
        """``servers`` are their addresses, as in ``nats://host:4222``."""
        self._servers = list(servers)
        self._client = Client()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="nats")
        self._tasks: set[asyncio.Task[None]] = set()
        self._when_connected: list[Callable[[], None]] = []
        self._when_ending: list[Callable[[], Awaitable[None]]] = []
        self._closing = False
        self.reconnects = 0  # since the start; a plain read is enough for a metric

    def start(self) -> None:
        """Begin to connect; called once."""
        self._thread.start()

    def is_connected(self) -> bool:
        """Return whether a server can be talked to now."""
        return self._thread.is_alive() and self._client.is_connected

    def call_soon(self, call: Callable[..., object], *arguments: object) -> None:
        """Have something done in the thread of the bus; nothing is, once it is closed."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(call, *arguments)

    def close(self, before: Callable[[], Awaitable[None]]) -> None:
        """Await ``before`` in the thread of the bus, then end it; called once, after `start`."""
        self.call_soon(lambda: self.spawn(self._end(before)))
        self._thread.join()

    # The thread of the bus.

    def when_connected(self, call: Callable[[], None]) -> None:
        """Call once connected, and each time again; before `start`, or in the bus's thread."""
        self._when_connected.append(call)

    def call_later(self, seconds: float, call: Callable[[], None]) -> asyncio.TimerHandle:
        """Have something done later."""
        return self._loop.call_later(seconds, call)

    def when_ending(self, call: Callable[[], Awaitable[None]]) -> None:
        """Await ``call`` before the connection is given up; before `start`."""
        self._when_ending.append(call)

    def time(self) -> float:
        """Return the time of `call_later`, in seconds."""
        return self._loop.time()

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Begin a task; a fault in it is written down."""
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finish)
        return task

    async def subscribe(self, subject: str, take: Callable[[Msg], Awaitable[None]]) -> Subscription:
        """Have each message to ``subject`` taken, also after a broken connection.

        Raises one of BUS_ERRORS. When it returns, the server knows.
        """
        subscription: Subscription = await self._client.subscribe(subject, cb=take)
        try:
            await self._client.flush()
        except BUS_ERRORS:
            # Or the library would keep it, and ask for it again on each new connection.
            with suppress(*BUS_ERRORS):
                await subscription.unsubscribe()
            raise
        return subscription

    async def publish(
        self, subject: str, payload: bytes, headers: Mapping[str, str] | None = None
    ) -> None:
        """Send a message to whoever hears it now; raises one of BUS_ERRORS."""
        if not self._client.is_connected:
            raise ConnectionError("no connection to NATS")
        await self._client.publish(subject, payload, headers=dict(headers) if headers else None)

    async def request(
        self,
        subject: str,
        payload: bytes,
        headers: Mapping[str, str] | None = None,
        seconds: float = 2.0,
    ) -> Msg:
        """Send a message and return the answer to it; raises one of BUS_ERRORS."""
        if not self._client.is_connected:
            raise ConnectionError("no connection to NATS")
        return await self._client.request(
            subject, payload, timeout=seconds, headers=dict(headers) if headers else None
        )

    def jetstream(self, seconds: float) -> JetStreamContext:
        """Return the library's JetStream, each of whose requests may take ``seconds``."""
        return self._client.jetstream(timeout=seconds)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self.spawn(self._connect())
        self._loop.run_forever()
        left = asyncio.all_tasks(self._loop)
        for task in left:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    async def _connect(self) -> None:
        while not self._closing:
            try:
                await self._client.connect(
                    servers=self._servers,
                    name="sussurro-relay",
                    connect_timeout=_CONNECT_SECONDS,
                    reconnect_time_wait=_RETRY_SECONDS,  # type: ignore[arg-type]  # any number does
                    max_reconnect_attempts=-1,
                    ping_interval=_PING_SECONDS,
                    pending_size=_MOST_UNFLUSHED,
                    error_cb=_take_error,
                    disconnected_cb=self._disconnected,
                    reconnected_cb=self._reconnected,
                )
            except BUS_ERRORS:
                await asyncio.sleep(_RETRY_SECONDS)
            else:
                self._tell_connected()
                return

    async def _disconnected(self) -> None:
        if not self._closing:
            journal.warn("nats_disconnected")

    async def _reconnected(self) -> None:
        self.reconnects += 1
        self._tell_connected()

    def _tell_connected(self) -> None:
        journal.note("nats_connected")
        for call in self._when_connected:
            call()

    async def _end(self, before: Callable[[], Awaitable[None]]) -> None:
        await before()
        for call in self._when_ending:
            await call()
        self._closing = True
        with suppress(*BUS_ERRORS):
            await asyncio.wait_for(self._client.close(), _CLOSE_SECONDS)
        self._loop.stop()

    def _finish(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (fault := task.exception()) is not None:
            journal.fail("nats_task_failed", fault)


async def _take_error(_: Exception) -> None:
    """Leave it to whoever awaits: each of the library's faults comes there too."""
