"""The rooms of the stream that somebody here is in: what is kept there is committed here.

Messages come by themselves, and where one has not come (its successor says so, or
the stream does) it is read from the stream. Belongs to the thread of the bus.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

from sussurro_relay import journal
from sussurro_relay.budget import Budget, Charge, Kind
from sussurro_relay.cluster.bus import BUS_ERRORS, Bus
from sussurro_relay.log import parcel
from sussurro_relay.log.feed import Feed
from sussurro_relay.log.interface import Record
from sussurro_relay.log.nats_availability import Availability
from sussurro_relay.log.nats_retention import is_due, look, trim
from sussurro_relay.log.nats_stream import Extent, Kept, Stream
from sussurro_relay.log.parcel import ParcelError
from sussurro_relay.log.retention import Retention
from sussurro_relay.tally import Times

_TAIL_BYTES = 1024 * 1024  # of one room, at most
_PAUSE_SECONDS = 0.025
_CHECK_SECONDS = 1.0


class Follower:
    """Follows rooms. `committed` and `opened` are set before the bus starts."""

    def __init__(
        self,
        bus: Bus,
        stream: Stream,
        availability: Availability,
        retention: Retention,
        is_wanted: Callable[[str], bool],
        budget: Budget,
    ) -> None:
        self._bus = bus
        self._stream = stream
        self._availability = availability
        self._retention = retention
        self._is_wanted = is_wanted
        self._budget = budget
        self._is_ready = asyncio.Event()  # the stream is there
        self._feeds: dict[str, Feed] = {}
        self._charge = Charge(budget, Kind.LOG)
        self._seen = 0  # the newest number that was taken, or looked for
        self.times = Times()
        self.extent = Extent()  # as of the last look
        self.bad_messages = 0
        self.closing = False
        self.committed: Callable[[Sequence[Record]], None] = lambda _: None
        self.opened: Callable[[Feed], None] = lambda _: None

    def begin(self) -> None:
        """Follow what was asked for; the stream is there, or is there again."""
        if not self._is_ready.is_set():
            self._is_ready.set()
            self._bus.spawn(self._keep_looking())
        for feed in self._feeds.values():
            self.fill(feed)

    def end(self) -> None:
        """Do nothing more."""
        self.closing = True
        self._charge.settle(0)

    def feeds(self) -> tuple[Feed, ...]:
        """Return those of all rooms that are followed now."""
        return tuple(self._feeds.values())

    def feed(self, room: str) -> Feed:
        """Return the feed of a room, which is followed from now on."""
        feed = self._feeds.get(room)
        if feed is None:
            feed = self._feeds[room] = Feed(room)
            self._bus.spawn(self._open(feed))
        return feed

    async def _open(self, feed: Feed) -> None:
        await self._is_ready.wait()
        while not feed.is_open:
            try:
                if feed.subscription is None:
                    feed.subscription = await self._stream.follow(
                        feed.room, partial(self._take, feed)
                    )
                floor = (await self._stream.extent()).newest
                last = await self._stream.last(feed.room)
                await look(self._stream, feed)
                feed.open(last.number, last.total, floor)
            except BUS_ERRORS as error:
                await self._availability.rest(error)
        if feed.wanted > feed.head:
            self.fill(feed)
        self.opened(feed)

    # What comes.

    async def _take(self, feed: Feed, kept: Kept) -> None:
        """Take a message that came by itself."""
        feed.wanted = max(feed.wanted, kept.number)
        if feed.is_open and not feed.is_filling and kept.number > feed.head:
            if kept.before <= feed.head:
                self._commit(feed, kept)
            else:
                self.fill(feed)

    def fill(self, feed: Feed) -> None:
        """Have read what has not come."""
        if feed.is_open and not feed.is_filling:
            self._bus.spawn(self.catch_up(feed))

    async def catch_up(self, feed: Feed) -> None:
        """Read what has not come, up to what the stream's leader has."""
        if feed.is_filling or not feed.is_open:
            return
        feed.is_filling = True
        try:
            while not self.closing:
                try:
                    goal = (await self._stream.last(feed.room)).number
                    if goal > feed.head:
                        await self._read_up(feed)
                except BUS_ERRORS as error:
                    await self._availability.rest(error)
                    continue
                if feed.head >= max(goal, feed.wanted) or not goal:
                    break
                await asyncio.sleep(_PAUSE_SECONDS)
        finally:
            feed.is_filling = False

    async def _read_up(self, feed: Feed) -> None:
        async with self._stream.reader(feed.room, feed.head + 1) as reader:
            while batch := await reader.read(reader.pending):
                for kept in batch:
                    self._commit(feed, kept)

    def _commit(self, feed: Feed, kept: Kept) -> None:
        if kept.number <= feed.head or self._feeds.get(feed.room) is not feed:
            return
        feed.head = kept.number
        self._seen = max(self._seen, kept.number)
        flight = feed.flight
        read_at: tuple[float, ...] = ()
        if flight is not None and flight.name == kept.id:
            read_at = flight.read_at
            now = time.monotonic()
            for each in read_at:
                self.times.observe(now - each)
        try:
            records = parcel.unpack(feed.room, kept.number, kept.payload, read_at)
        except ParcelError as error:
            self.bad_messages += 1
            journal.warn("log_message_refused", why=str(error))
            return
        size = feed.tail.size
        feed.tail.add(records)
        feed.total += sum(len(record.lines) for record in records)
        feed.tail.shrink(min(_TAIL_BYTES, self._budget.log_bytes // len(self._feeds)))
        self._charge.add(feed.tail.size - size)
        self.committed(records)
        if flight is not None and flight.name == kept.id:
            flight.came.set()
            if is_due(feed, self._retention.room_bytes):
                self._bus.spawn(self._trim(feed))

    async def _trim(self, feed: Feed) -> None:
        try:
            await trim(self._stream, feed, self._retention.room_bytes)
        except BUS_ERRORS as error:
            journal.warn("log_trim_failed", why=type(error).__name__)

    # What may have been missed.

    async def look(self) -> None:
        """See what is kept of all rooms; raises one of BUS_ERRORS."""
        self.extent = await self._stream.extent()
        self._availability.note_success()

    async def _keep_looking(self) -> None:
        """Look now and then whether there is more in the stream than came by itself."""
        while not self.closing:
            await asyncio.sleep(_CHECK_SECONDS)
            try:
                await self.look()
            except BUS_ERRORS as error:
                self._availability.note_fault(error)
                continue
            await self._forget_unwanted()
            if self.extent.newest > self._seen:
                self._seen = self.extent.newest
                for feed in self.feeds():
                    await self._check(feed)

    async def _check(self, feed: Feed) -> None:
        with suppress(*BUS_ERRORS):
            if feed.is_open and (await self._stream.last(feed.room)).number > feed.head:
                self.fill(feed)

    async def _forget_unwanted(self) -> None:
        for feed in self.feeds():
            # Between the question and the end of it nothing else happens in this thread, and
            # whoever comes after it makes a feed of their own.
            if feed.is_idle and not self._is_wanted(feed.room):
                del self._feeds[feed.room]
                self._charge.add(-feed.tail.size)
                if feed.subscription is not None:
                    with suppress(*BUS_ERRORS):
                        await feed.subscription.unsubscribe()
