"""What is handed over is published to JetStream, one message a room at a time.

The next one holds all that came meanwhile, so that order is kept whatever breaks.
`append` and what it says of what waits are for any thread, the rest for the bus's.
"""

import asyncio
import secrets
import threading
from collections.abc import Sequence
from functools import partial

from sussurro_relay.budget import Budget, Kind
from sussurro_relay.cluster.bus import BUS_ERRORS, Bus
from sussurro_relay.log import parcel
from sussurro_relay.log.feed import Feed, Flight
from sussurro_relay.log.nats_availability import Availability
from sussurro_relay.log.nats_follower import Follower
from sussurro_relay.log.nats_stream import Stream
from sussurro_relay.log.parcel import Handed
from sussurro_wire.chunk import Chunk

_WAITING_BYTES = 32 * 1024 * 1024  # above this, or an eighth of the budget, senders wait
_CHUNK_OVERHEAD = 512  # what a chunk that waits costs beside its bytes
_LATE_SECONDS = 0.25  # after which a message that is kept should have come by itself


class Publisher:
    """Has all kept that is handed over, however often it takes."""

    def __init__(
        self,
        bus: Bus,
        stream: Stream,
        availability: Availability,
        follower: Follower,
        budget: Budget,
    ) -> None:
        self._bus = bus
        self._stream = stream
        self._availability = availability
        self._follower = follower
        self._budget = budget
        self._most_waiting = min(_WAITING_BYTES, budget.limit // 8)
        self._is_kept = asyncio.Event()  # all that was handed over
        self._is_kept.set()
        self._run = secrets.token_hex(8)  # no other process names its messages so
        self._published = 0
        # The lock guards what is handed over by other threads until the bus's has taken it.
        self._lock = threading.Lock()
        self._handed: list[tuple[str, Handed]] = []
        self.waiting_bytes = 0

    # Any thread.

    def append(self, room: str, chunk: Chunk, origin: str, read_at: float) -> None:
        """Hand a chunk to the bus's thread."""
        size = len(chunk.lines) + _CHUNK_OVERHEAD
        with self._lock:
            self._handed.append((room, Handed(chunk, origin, read_at)))
            self.waiting_bytes += size
            is_first = len(self._handed) == 1
        self._budget.charge(Kind.UNWRITTEN, size)
        if is_first:
            self._bus.call_soon(self._take_handed)

    def is_behind(self) -> bool:
        """Return whether more waits than memory should hold."""
        return self.waiting_bytes > self._most_waiting

    # The bus's thread.

    def begin(self, feed: Feed) -> None:
        """Publish what waits for a room, once its feed is open."""
        if feed.is_open and feed.waiting and not feed.is_publishing:
            feed.is_publishing = True
            self._bus.spawn(self._publish(feed))

    async def wait_until_committed(self) -> None:
        """Wait until all that was handed over is kept, and has come."""
        await self._is_kept.wait()
        for feed in self._follower.feeds():
            if feed.flight is not None:
                await feed.flight.came.wait()

    def _take_handed(self) -> None:
        with self._lock:
            handed, self._handed = self._handed, []
        if handed:
            self._is_kept.clear()
        for room, each in handed:
            feed = self._follower.feed(room)
            feed.waiting.append(each)
            self.begin(feed)

    async def _publish(self, feed: Feed) -> None:
        while feed.waiting:
            count = parcel.take(feed.waiting)
            handed, feed.waiting = feed.waiting[:count], feed.waiting[count:]
            self._published += 1
            name = f"{self._run}.{self._published}"
            feed.flight = Flight(name, tuple(each.read_at for each in handed))
            await self._keep(feed, feed.flight, handed)
            size = sum(len(each.chunk.lines) + _CHUNK_OVERHEAD for each in handed)
            with self._lock:
                self.waiting_bytes -= size
                if not self.waiting_bytes:
                    self._is_kept.set()
            self._budget.charge(Kind.UNWRITTEN, -size)
        feed.is_publishing = False

    async def _keep(self, feed: Feed, flight: Flight, handed: Sequence[Handed]) -> None:
        """Have a message kept, however often it takes."""
        payload = parcel.pack(handed)
        tokens = sum(each.chunk.count for each in handed)
        size = sum(len(each.chunk.lines) for each in handed)
        while not flight.came.is_set():
            try:
                number = await self._stream.publish(
                    feed.room, payload, flight.name, tokens, feed.total + size
                )
            except BUS_ERRORS as error:
                await self._availability.rest(error)
                # It may have been kept all the same, longer ago than its name is known for.
                await self._follower.catch_up(feed)
            else:
                self._availability.note_success()
                self._bus.call_later(_LATE_SECONDS, partial(self._expect, feed, number))
                return

    def _expect(self, feed: Feed, number: int) -> None:
        """Look for a message that should have come."""
        if feed.head < number:
            self._follower.fill(feed)
