"""What is asked of the log in JetStream: pages of its rooms, from the tail or from further back.

Belongs to the thread of the bus.
"""

import asyncio
from collections.abc import Callable

from sussurro_relay.cluster.bus import BUS_ERRORS, Bus
from sussurro_relay.log import parcel
from sussurro_relay.log.feed import Feed
from sussurro_relay.log.interface import Page, Query
from sussurro_relay.log.nats_availability import Availability
from sussurro_relay.log.nats_follower import Follower
from sussurro_relay.log.nats_history import History
from sussurro_relay.log.nats_retention import look
from sussurro_relay.log.nats_stream import Stream

_BEHIND_SECONDS = 2.0  # for which what somebody has heard is looked for, should it not be there
_PAUSE_SECONDS = 0.025


class Answers:
    """Answers queries, each once."""

    def __init__(
        self, bus: Bus, stream: Stream, availability: Availability, follower: Follower
    ) -> None:
        self._bus = bus
        self._stream = stream
        self._availability = availability
        self._follower = follower

    def read(self, query: Query, done: Callable[[Page], None]) -> None:
        """Have a page found, and ``done`` called with it."""
        feed = self._follower.feed(query.room)
        if not feed.is_open:
            feed.reads.append((query, done))
        elif query.after is not None and query.after >= feed.head_seq:
            feed.late.append((query, done))
            if len(feed.late) == 1:
                self._bus.spawn(self._answer_late(feed))
        else:
            self._answer(feed, query, done)

    def begin(self, feed: Feed) -> None:
        """Answer what was asked before the feed was open."""
        reads, feed.reads = feed.reads, []
        for query, done in reads:
            self.read(query, done)

    async def _answer_late(self, feed: Feed) -> None:
        """Answer those who may have heard from another relay what has not come here yet."""
        deadline = 0.0
        while not self._follower.closing:
            if not feed.is_filling:
                await self._follower.catch_up(feed)
                deadline = deadline or self._bus.time() + _BEHIND_SECONDS
                if self._is_known(feed) or self._bus.time() > deadline:
                    break
            await asyncio.sleep(_PAUSE_SECONDS)
        late, feed.late = feed.late, []
        for query, done in late:
            self._answer(feed, query, done)

    def _is_known(self, feed: Feed) -> bool:
        """Return whether all that anybody late has heard is here.

        A new leader of the stream may say for a moment that there is less than was
        kept. Who asks for what follows our end may have heard one message more.
        """
        end = feed.head_seq + self._availability.is_calm()
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
        while not self._follower.closing:
            try:
                await self._follower.look()
                await look(self._stream, feed)
                page = await history.page(query, self._oldest_seq(feed), feed.head_seq)
            except BUS_ERRORS as error:
                await self._availability.rest(error)
            else:
                done(page)
                break
        feed.readers -= 1

    def _oldest_seq(self, feed: Feed) -> int:
        return parcel.first_seq(max(self._follower.extent.oldest, feed.oldest))
