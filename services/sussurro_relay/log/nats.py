"""``nats://…``, a log that several relays share.

Everything here belongs to the thread of the bus. What was handed over is
published one message a room at a time: the next one holds all that came
meanwhile, so that order is kept whatever breaks. A room that somebody here is in
is followed: its messages come by themselves, and where one has not come (its
successor says so, or the stream does) it is read from the stream.
"""

import asyncio
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

from sussurro_relay import journal
from sussurro_relay.budget import Budget, Charge, Kind
from sussurro_relay.cluster.bus import BUS_ERRORS, Bus
from sussurro_relay.log import parcel
from sussurro_relay.log.feed import Feed, Flight
from sussurro_relay.log.interface import LogFigures, Page, Query, Record
from sussurro_relay.log.nats_history import History
from sussurro_relay.log.nats_retention import is_due, look, trim
from sussurro_relay.log.nats_stream import Extent, Kept, Stream
from sussurro_relay.log.parcel import Handed, ParcelError
from sussurro_relay.log.retention import Retention
from sussurro_relay.tally import Times
from sussurro_wire.chunk import Chunk

_WAITING_BYTES = 32 * 1024 * 1024  # above this, or an eighth of the budget, senders wait
_CHUNK_OVERHEAD = 512  # what a chunk that waits costs beside its bytes
_TAIL_BYTES = 1024 * 1024  # of one room, at most
_RETRY_SECONDS = 0.25
_LATE_SECONDS = 0.25  # after which a message that is kept should have come by itself
_BEHIND_SECONDS = 2.0  # for which what somebody has heard is looked for, should it not be there
_TROUBLE_SECONDS = 5.0  # after a fault, in which what NATS says of its end is not taken for all
_CHECK_SECONDS = 1.0
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
        self._bus = bus
        self._budget = budget or Budget()
        self._most_waiting = min(_WAITING_BYTES, self._budget.limit // 8)
        self._is_wanted = is_wanted
        self._retention = retention
        self._stream = Stream(bus, replicas, retention)
        self._is_ready = asyncio.Event()  # the stream is there
        self._is_kept = asyncio.Event()  # all that was handed over
        self._is_kept.set()
        self._feeds: dict[str, Feed] = {}
        self._charge = Charge(self._budget, Kind.LOG)
        self._run = secrets.token_hex(8)  # no other process names its messages so
        self._published = 0
        self._extent = Extent()  # as of the last look
        self._seen = 0  # the newest number that was taken, or looked for
        self._times = Times()
        self._available = False
        self._fault_at = float("-inf")
        self._closing = False
        # The lock guards what is handed over by other threads until the bus's has taken it.
        self._lock = threading.Lock()
        self._handed: list[tuple[str, Handed]] = []
        self.waiting_bytes = 0
        self.bad_messages = 0
        self._committed: Callable[[Sequence[Record]], None] = lambda _: None

    # Any thread.

    def start(self, committed: Callable[[Sequence[Record]], None]) -> None:
        """Begin; the bus begins with it."""
        self._committed = committed
        self._bus.when_connected(self._connected)
        self._bus.start()

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

    def read(self, query: Query, done: Callable[[Page], None]) -> None:
        """Have a page found; ``done`` is called in the bus's thread."""
        self._bus.call_soon(self._read, query, done)

    def is_available(self) -> bool:
        """Return whether NATS is there and kept what it was last asked to."""
        return self._available and self._bus.is_connected()

    def is_behind(self) -> bool:
        """Return whether more waits than memory should hold."""
        return self.waiting_bytes > self._most_waiting

    def figures(self) -> LogFigures:
        """Return how it fares, as of the last look."""
        return LogFigures(
            waiting_bytes=self.waiting_bytes,
            append_times=self._times,
            size_bytes=self._extent.size,
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
        while not self._closing:
            try:
                await self._stream.make()
                await self._look()
            except BUS_ERRORS as error:
                self._note_fault(error)
                await asyncio.sleep(_RETRY_SECONDS)
            else:
                break
        if not self._is_ready.is_set():
            self._is_ready.set()
            self._bus.spawn(self._keep_looking())
        for feed in self._feeds.values():
            self._fill(feed)

    async def _finish(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wait_until_committed(), _CLOSE_SECONDS)
        self._closing = True
        self._charge.settle(0)

    async def _wait_until_committed(self) -> None:
        await self._is_kept.wait()
        for feed in tuple(self._feeds.values()):
            if feed.flight is not None:
                await feed.flight.came.wait()

    # What is handed over.

    def _take_handed(self) -> None:
        with self._lock:
            handed, self._handed = self._handed, []
        if handed:
            self._is_kept.clear()
        for room, each in handed:
            feed = self._feed(room)
            feed.waiting.append(each)
            self._publish_waiting(feed)

    def _publish_waiting(self, feed: Feed) -> None:
        if feed.is_open and feed.waiting and not feed.is_publishing:
            feed.is_publishing = True
            self._bus.spawn(self._publish(feed))

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
                self._note_fault(error)
                await asyncio.sleep(_RETRY_SECONDS)
                # It may have been kept all the same, longer ago than its name is known for.
                await self._catch_up(feed)
            else:
                self._note_success()
                self._bus.call_later(_LATE_SECONDS, partial(self._expect, feed, number))
                return

    def _expect(self, feed: Feed, number: int) -> None:
        """Look for a message that should have come."""
        if feed.head < number:
            self._fill(feed)

    # What comes.

    def _feed(self, room: str) -> Feed:
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
                self._note_fault(error)
                await asyncio.sleep(_RETRY_SECONDS)
        if feed.wanted > feed.head:
            self._fill(feed)
        reads, feed.reads = feed.reads, []
        for query, done in reads:
            self._read(query, done)
        self._publish_waiting(feed)

    async def _take(self, feed: Feed, kept: Kept) -> None:
        """Take a message that came by itself."""
        feed.wanted = max(feed.wanted, kept.number)
        if feed.is_open and not feed.is_filling and kept.number > feed.head:
            if kept.before <= feed.head:
                self._commit(feed, kept)
            else:
                self._fill(feed)

    def _fill(self, feed: Feed) -> None:
        if feed.is_open and not feed.is_filling:
            self._bus.spawn(self._catch_up(feed))

    async def _catch_up(self, feed: Feed) -> None:
        """Read what has not come, up to what the stream's leader has."""
        if feed.is_filling or not feed.is_open:
            return
        feed.is_filling = True
        try:
            while not self._closing:
                try:
                    goal = (await self._stream.last(feed.room)).number
                    if goal > feed.head:
                        await self._read_up(feed)
                except BUS_ERRORS as error:
                    self._note_fault(error)
                    await asyncio.sleep(_RETRY_SECONDS)
                    continue
                if feed.head >= max(goal, feed.wanted) or not goal:
                    break
                await asyncio.sleep(_LATE_SECONDS / 10)
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
                self._times.observe(now - each)
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
        self._committed(records)
        if flight is not None and flight.name == kept.id:
            flight.came.set()
            if is_due(feed, self._retention.room_bytes):
                self._bus.spawn(self._trim(feed))

    async def _trim(self, feed: Feed) -> None:
        try:
            await trim(self._stream, feed, self._retention.room_bytes)
        except BUS_ERRORS as error:
            journal.warn("log_trim_failed", why=type(error).__name__)

    # What is asked for.

    def _read(self, query: Query, done: Callable[[Page], None]) -> None:
        feed = self._feed(query.room)
        if not feed.is_open:
            feed.reads.append((query, done))
        elif query.after is not None and query.after >= feed.head_seq:
            feed.late.append((query, done))
            if len(feed.late) == 1:
                self._bus.spawn(self._answer_late(feed))
        else:
            self._answer(feed, query, done)

    async def _answer_late(self, feed: Feed) -> None:
        """Answer those who may have heard from another relay what has not come here yet."""
        deadline = 0.0
        while not self._closing:
            if not feed.is_filling:
                await self._catch_up(feed)
                deadline = deadline or self._bus.time() + _BEHIND_SECONDS
                if self._is_known(feed) or self._bus.time() > deadline:
                    break
            await asyncio.sleep(_LATE_SECONDS / 10)
        late, feed.late = feed.late, []
        for query, done in late:
            self._answer(feed, query, done)

    def _is_known(self, feed: Feed) -> bool:
        """Return whether all that anybody late has heard is here.

        A new leader of the stream may say for a moment that there is less than was
        kept. Who asks for what follows our end may have heard one message more.
        """
        is_calm = self._bus.time() > self._fault_at + _TROUBLE_SECONDS
        end = feed.head_seq + is_calm
        return all((query.after or 0) < end for query, _ in feed.late)

    def _answer(self, feed: Feed, query: Query, done: Callable[[Page], None]) -> None:
        page = feed.tail.page(query, self._oldest_seq(feed), feed.head_seq)
        if page is not None:
            done(page)
        else:
            feed.readers += 1
            self._bus.spawn(self._find(feed, query, done))

    async def _find(self, feed: Feed, query: Query, done: Callable[[Page], None]) -> None:
        history = History(self._stream, feed.room, feed.tail)
        while not self._closing:
            try:
                await self._look()
                await look(self._stream, feed)
                page = await history.page(query, self._oldest_seq(feed), feed.head_seq)
            except BUS_ERRORS as error:
                self._note_fault(error)
                await asyncio.sleep(_RETRY_SECONDS)
            else:
                done(page)
                break
        feed.readers -= 1

    def _oldest_seq(self, feed: Feed) -> int:
        return parcel.first_seq(max(self._extent.oldest, feed.oldest))

    # What may have been missed.

    async def _keep_looking(self) -> None:
        """Look now and then whether there is more in the stream than came by itself."""
        while not self._closing:
            await asyncio.sleep(_CHECK_SECONDS)
            try:
                await self._look()
            except BUS_ERRORS as error:
                self._note_fault(error)
                continue
            await self._forget_unwanted()
            if self._extent.newest > self._seen:
                self._seen = self._extent.newest
                for feed in tuple(self._feeds.values()):
                    await self._check(feed)

    async def _look(self) -> None:
        self._extent = await self._stream.extent()
        self._note_success()

    async def _check(self, feed: Feed) -> None:
        with suppress(*BUS_ERRORS):
            if feed.is_open and (await self._stream.last(feed.room)).number > feed.head:
                self._fill(feed)

    async def _forget_unwanted(self) -> None:
        for feed in tuple(self._feeds.values()):
            # Between the question and the end of it nothing else happens in this thread, and
            # whoever comes after it makes a feed of their own.
            if feed.is_idle and not self._is_wanted(feed.room):
                del self._feeds[feed.room]
                self._charge.add(-feed.tail.size)
                if feed.subscription is not None:
                    with suppress(*BUS_ERRORS):
                        await feed.subscription.unsubscribe()

    def _note_fault(self, error: BaseException) -> None:
        self._fault_at = self._bus.time()
        if self._available:
            journal.warn("log_unavailable", why=type(error).__name__)
        self._available = False

    def _note_success(self) -> None:
        if not self._available:
            journal.note("log_available")
        self._available = True
