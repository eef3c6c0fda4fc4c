"""``nats://…``, a log that several relays share: the parts of it, put together."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress

from sussurro_relay.budget import Budget
from sussurro_relay.cluster.bus import BUS_ERRORS, Bus
from sussurro_relay.log.feed import Feed
from sussurro_relay.log.interface import LogFigures, Page, Query, Record
from sussurro_relay.log.nats_answers import Answers
from sussurro_relay.log.nats_availability import Availability
from sussurro_relay.log.nats_follower import Follower
from sussurro_relay.log.nats_publisher import Publisher
from sussurro_relay.log.nats_stream import Stream
from sussurro_relay.log.retention import Retention
from sussurro_wire.chunk import Chunk

_CLOSE_SECONDS = 3.0


class NatsLog:
    """A log in JetStream. `append`, `read` and both questions are for any thread."""

    def __init__(
        self,
        bus: Bus,
        replicas: int,
        retention: Retention,
        is_wanted: Callable[[str], bool] = lambda _: True,
        budget: Budget | None = None,
    ) -> None:
        """``is_wanted`` tells, in any thread, whether somebody here is in a room."""
        budget = budget or Budget()
        self._bus = bus
        self._retention = retention
        self._stream = Stream(bus, replicas, retention)
        self._availability = Availability(bus)
        shared = bus, self._stream, self._availability
        self._follower = Follower(*shared, retention, is_wanted, budget)
        self._publisher = Publisher(*shared, self._follower, budget)
        self._answers = Answers(*shared, self._follower)

    # Any thread.

    def start(self, committed: Callable[[Sequence[Record]], None]) -> None:
        """Begin; the bus begins with it."""
        self._follower.committed = committed
        self._follower.opened = self._opened
        self._bus.when_connected(self._connected)
        self._bus.start()

    def append(self, room: str, chunk: Chunk, origin: str, read_at: float) -> None:
        """Hand a chunk to the bus's thread."""
        self._publisher.append(room, chunk, origin, read_at)

    def read(self, query: Query, done: Callable[[Page], None]) -> None:
        """Have a page found; ``done`` is called in the bus's thread."""
        self._bus.call_soon(self._answers.read, query, done)

    def is_available(self) -> bool:
        """Return whether NATS is there and kept what it was last asked to."""
        return self._availability.is_available()

    def is_behind(self) -> bool:
        """Return whether more waits than memory should hold."""
        return self._publisher.is_behind()

    def figures(self) -> LogFigures:
        """Return how it fares, as of the last look."""
        return LogFigures(
            waiting_bytes=self._publisher.waiting_bytes,
            append_times=self._follower.times,
            size_bytes=self._follower.extent.size,
            limit_bytes=self._retention.total_bytes,
            is_connected=self._bus.is_connected(),
            reconnects=self._bus.reconnects,
        )

    def close(self) -> None:
        """Keep what was handed over, as far as NATS allows in a moment, and end the bus."""
        self._bus.close(self._finish)

    # The bus's thread.

    def _connected(self) -> None:
        self._bus.spawn(self._prepare())

    async def _prepare(self) -> None:
        """Have the stream, and look for what may have passed by while nobody listened."""
        while not self._follower.closing:
            try:
                await self._stream.make()
                await self._follower.look()
            except BUS_ERRORS as error:
                await self._availability.rest(error)
            else:
                break
        self._follower.begin()

    def _opened(self, feed: Feed) -> None:
        self._answers.begin(feed)
        self._publisher.begin(feed)

    async def _finish(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._publisher.wait_until_committed(), _CLOSE_SECONDS)
        self._follower.end()
