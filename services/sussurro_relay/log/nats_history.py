"""Pages of the stream that lie further back than a room's tail.

JetStream reads forward only, so where a page begins is found from how many
messages of the room there are above a number, which costs a question each.
Whom a question reaches may be a moment behind the others: it is asked again
until it has what the tail is known to stand on.
"""

import asyncio
from dataclasses import dataclass, replace

from sussurro_relay.log.interface import Page, Query, Record
from sussurro_relay.log.memory import select
from sussurro_relay.log.nats_names import Taken
from sussurro_relay.log.nats_stream import Kept, Stream
from sussurro_relay.log.parcel import ParcelError, first_seq, number_of, unpack
from sussurro_relay.log.tail import Tail

_FIRST_SPAN = 64  # numbers to look back for a room's messages, at first
_WIDER = 8
_SPARE = 256  # messages more than needed that are read rather than asked about
_BEHIND_SECONDS = 0.05
_BEHIND_TRIES = 100


@dataclass(frozen=True, slots=True)
class _Index:
    """Messages by rising number, without their chunks; ``is_all``: there is none before them."""

    messages: list[Kept]
    is_all: bool


class History:
    """Reads one room's pages. Coroutines of the bus's thread, which raise BUS_ERRORS."""

    def __init__(self, stream: Stream, room: str, tail: Tail) -> None:
        self._stream = stream
        self._room = room
        self._tail = tail

    async def page(self, query: Query, oldest: int, head: int) -> Page:
        """Return the page that answers."""
        if query.before is not None:
            return await self._older(query, query.before, oldest, head)
        if query.after is not None:
            return await self._newer(query, query.after, oldest, head)
        return await self._last(query, oldest, head)

    async def _newer(self, query: Query, after: int, oldest: int, head: int) -> Page:
        for _ in range(_BEHIND_TRIES):
            if number_of(oldest) > self._tail.after:
                break  # of what lies before the tail, nothing is kept
            kept, reached = await self._records(after, query.limit_bytes)
            if reached:
                return select([*kept, *self._tail.records], query, oldest, head)
            if kept:
                return replace(select(kept, query, oldest, head), complete=False)
            await asyncio.sleep(_BEHIND_SECONDS)
        return select(list(self._tail.records), query, oldest, head)

    async def _last(self, query: Query, oldest: int, head: int) -> Page:
        above = self._tail.count(head + 1)
        index = await self._index(self._tail.after + 1, query.messages - above, None)
        start = first_seq(index.messages[0].number) if index.messages else first_seq(0)
        page = await self._newer(replace(query, after=start - 1), start - 1, oldest, head)
        # The first message may hold more chunks than were asked for.
        spare = above + sum(kept.tokens for kept in index.messages) - query.messages
        records = list(page.records)
        while len(records) > 1 and records[0].count <= spare:
            spare -= records.pop(0).count
        return replace(page, records=tuple(records))

    async def _older(self, query: Query, before: int, oldest: int, head: int) -> Page:
        for _ in range(_BEHIND_TRIES):
            stands_on = self._tail.after
            near = [record for record in self._tail.records if record.seq < before]
            missing = query.messages - sum(record.count for record in near)
            index = _Index([], is_all=False)
            far: list[Record] = []
            if missing > 0:
                # The message that holds `before` is read as well, for what of it lies below.
                up_to = min(number_of(before), stands_on)
                index = await self._index(up_to, missing, query.limit_bytes)
                start = index.messages[0].number if index.messages else up_to
                far, _ = await self._records(first_seq(start) - 1, None, up_to)
            if self._tail.after == stands_on:
                break
        records = [record for record in far if record.seq < before] + near
        page = select(records, query, oldest, head)
        return replace(page, complete=page.complete and index.is_all)

    async def _records(
        self, after_seq: int, limit_bytes: int | None, up_to: int | None = None
    ) -> tuple[list[Record], bool]:
        """Return the chunks above a seq, of messages up to a number, and whether those are all.

        Without a number, they are those up to the tail.
        """
        records: list[Record] = []
        size = 0
        stands_on = self._tail.after  # it may move on meanwhile
        up_to = stands_on if up_to is None else up_to
        is_all = up_to < number_of(after_seq + 1)
        taken = Taken()
        async with self._stream.reader(self._room, number_of(after_seq + 1)) as reader:
            while (limit_bytes is None or size <= limit_bytes) and not is_all:
                batch = await reader.read(_SPARE)
                if not batch:
                    break
                is_all = batch[-1].number >= up_to
                for message in batch:
                    if message.number <= up_to and taken.add(message.id):
                        new = [r for r in chunks_of(self._room, message) if r.seq > after_seq]
                        records += new
                        size += sum(len(record.lines) for record in new)
        return records, is_all and self._tail.after == stands_on

    async def _index(self, below: int, messages: int, limit_bytes: int | None) -> _Index:
        """Return the newest messages below a number that hold so many tokens, or bytes."""
        oldest = (await self._stream.extent()).oldest
        above = await self._count(below)
        low = high = below
        span = _FIRST_SPAN
        found = 0
        while found < messages and low > oldest:
            high, low = low, max(below - span, oldest)
            found = await self._count(low) - above
            span *= _WIDER
        while found > messages + _SPARE and high - low > 1:
            middle = (low + high) // 2
            count = await self._count(middle) - above
            low, high, found = (middle, high, count) if count >= messages else (low, middle, found)
        kept: list[Kept] = []
        async with self._stream.reader(self._room, low, only_headers=True) as reader:
            while (batch := await reader.read(_SPARE)) and (not kept or kept[-1].number < below):
                kept += batch
        kept = [message for message in kept if message.number < below]
        chosen = _newest(kept, messages, limit_bytes)
        return _Index(chosen, is_all=low <= oldest and len(chosen) == len(kept))

    async def _count(self, number: int) -> int:
        """Return how many messages of the room there are from a number on."""
        async with self._stream.reader(self._room, number, only_headers=True) as reader:
            return reader.pending


def _newest(kept: list[Kept], messages: int, limit_bytes: int | None) -> list[Kept]:
    """Return the newest that together hold so many tokens, or so many bytes."""
    tokens = size = 0
    for index in range(len(kept) - 1, -1, -1):
        tokens += kept[index].tokens
        size += kept[index].size
        if tokens >= messages or (limit_bytes is not None and size >= limit_bytes):
            return kept[index:]
    return kept


def chunks_of(room: str, kept: Kept) -> tuple[Record, ...]:
    """Return the chunks of a message; none where no relay has made it."""
    try:
        return unpack(room, kept.number, kept.payload)
    except ParcelError:
        return ()
