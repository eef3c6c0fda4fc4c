"""The JetStream stream that all relays share: one subject a room, kept by NATS.

What is kept is published again under ``live.``, with its number and that of the
message before it in the room, so that a relay hears of it without asking. All
methods are coroutines of the bus's thread and raise one of BUS_ERRORS.
"""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.js import JetStreamContext
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DeliverPolicy,
    DiscardPolicy,
    RePublish,
    StorageType,
    StreamConfig,
)
from nats.js.errors import NotFoundError

from sussurro_relay.cluster.bus import BUS_ERRORS, Bus
from sussurro_relay.log.retention import Retention

NAME = "rooms"
_ROOM, _LIVE = "room.", "live."
_ID, _TOKENS, _SIZE = "Nats-Msg-Id", "Tokens", "Nats-Msg-Size"
_TOTAL = "Room-Bytes"
_BASE = "sussurro-base"
_NUMBER, _BEFORE = "Nats-Sequence", "Nats-Last-Sequence"
_ASK_SECONDS = 3.0
# For how long the same id is the same message: longer than anyone tries to publish one again
# without looking whether it is there.
_SAME_SECONDS = 600.0
_CONSUMER_SECONDS = 5.0  # after which the server forgets one that was not given back
_FETCH = 128


@dataclass(frozen=True, slots=True)
class Kept:
    """A message of the stream.

    ``total``: bytes of the room up to its end, gone ones included, as its relay
    knew them. ``before``: the number of the one before it in the room.
    """

    number: int
    payload: bytes
    tokens: int
    size: int
    total: int
    id: str = ""
    before: int = 0


@dataclass(frozen=True, slots=True)
class Extent:
    """The numbers of the oldest and of the newest message of all rooms, and the bytes of all."""

    oldest: int = 0
    newest: int = 0
    size: int = 0


class Reader:
    """Reads a room's messages from a number on. ``pending``: how many there are."""

    def __init__(
        self, subscription: JetStreamContext.PullSubscription, pending: int, base: int
    ) -> None:
        self._subscription = subscription
        self._base = base
        self.pending = pending

    async def read(self, most: int) -> list[Kept]:
        """Return the next ones, ``most`` at most; empty: there is no more."""
        count = min(most, self.pending, _FETCH)
        if not count:
            return []
        messages = await self._subscription.fetch(count, timeout=_ASK_SECONDS)
        self.pending -= len(messages)
        return [_stored(message, self._base) for message in messages]


class Stream:
    """The stream, as one relay uses it."""

    def __init__(self, bus: Bus, replicas: int, retention: Retention) -> None:
        self._bus = bus
        self._jetstream = bus.jetstream(_ASK_SECONDS)
        self._replicas = replicas
        self._retention = retention
        self._base = 0  # what is added to JetStream's numbers, which begin at 1 in each stream

    async def make(self) -> None:
        """Make the stream if it is not there, or give it this relay's retention."""
        config = self._config()
        try:
            known = (await self._jetstream.stream_info(NAME)).config
        except NotFoundError:
            known = (await self._jetstream.add_stream(config)).config
        asked = (config.max_age, config.max_bytes, config.num_replicas)
        if asked != (known.max_age, known.max_bytes, known.num_replicas):
            config.metadata = known.metadata
            await self._jetstream.update_stream(config)
        self._base = int((known.metadata or {}).get(_BASE, 0))

    async def publish(self, room: str, payload: bytes, name: str, tokens: int, total: int) -> int:
        """Have a message kept; return its number, also where it had been kept before."""
        headers = {_ID: name, _TOKENS: str(tokens), _TOTAL: str(total)}
        kept = await self._jetstream.publish(_ROOM + room, payload, headers=headers)
        if not kept.seq:
            # A copy of one that is not kept yet, and may never be, should the leader change.
            raise TimeoutError("the first copy is still under way")
        return self._base + kept.seq

    async def follow(self, room: str, take: Callable[[Kept], Awaitable[None]]) -> Subscription:
        """Have every message of the room taken from now on, unless it is lost on the way."""

        async def hear(message: Msg) -> None:
            await take(self._live(message))

        return await self._bus.subscribe(_LIVE + _ROOM + room, hear)

    async def last(self, room: str) -> Kept:
        """Return the room's newest message, as the stream's leader has it; number 0: none."""
        return await self._get(room, None)

    async def first(self, room: str, number: int = 1) -> Kept:
        """Return the room's oldest message from a number on; number 0: none."""
        return await self._get(room, number)

    async def _get(self, room: str, number: int | None) -> Kept:
        try:
            message = await self._jetstream.get_msg(
                NAME,
                None if number is None else self._number(number),
                _ROOM + room,
                next=number is not None,
            )
        except NotFoundError:
            return Kept(0, b"", 0, 0, 0)
        number = self._base + (message.seq or 0)
        return _kept(number, message.data or b"", message.headers or {})

    async def forget_below(self, room: str, number: int) -> None:
        """Have the room's messages below a number forgotten."""
        own = self._number(number)
        if own > 1:  # 1 is no bound to JetStream: it would forget the whole room
            await self._jetstream.purge_stream(NAME, seq=own, subject=_ROOM + room)

    async def extent(self) -> Extent:
        """Return what is kept of all rooms."""
        state = (await self._jetstream.stream_info(NAME)).state
        return Extent(self._base + state.first_seq, self._base + state.last_seq, state.bytes)

    @asynccontextmanager
    async def reader(
        self, room: str, number: int, *, only_headers: bool = False
    ) -> AsyncIterator[Reader]:
        """Read the room's messages from ``number`` on."""
        config = ConsumerConfig(
            filter_subject=_ROOM + room,
            deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
            opt_start_seq=self._number(number),
            ack_policy=AckPolicy.NONE,
            inactive_threshold=_CONSUMER_SECONDS,
            headers_only=only_headers,
            num_replicas=1,
            mem_storage=True,
        )
        info = await self._jetstream.add_consumer(NAME, config)
        subscription = await self._jetstream.pull_subscribe_bind(info.name, NAME)
        try:
            yield Reader(subscription, info.num_pending or 0, self._base)
        finally:
            self._bus.spawn(self._give_back(info.name, subscription))

    async def _give_back(self, name: str, subscription: JetStreamContext.PullSubscription) -> None:
        with suppress(*BUS_ERRORS):
            await subscription.unsubscribe()
            await self._jetstream.delete_consumer(NAME, name)

    def _live(self, message: Msg) -> Kept:
        headers = message.headers or {}
        before = int(headers[_BEFORE])
        return _kept(
            self._base + int(headers[_NUMBER]),
            message.data,
            headers,
            self._base + before if before else 0,
        )

    def _number(self, number: int) -> int:
        """Return JetStream's own number."""
        return max(number - self._base, 1)

    def _config(self) -> StreamConfig:
        return StreamConfig(
            name=NAME,
            subjects=[_ROOM + "*"],
            storage=StorageType.FILE,
            num_replicas=self._replicas,
            discard=DiscardPolicy.OLD,
            max_age=float(self._retention.seconds),
            max_bytes=self._retention.total_bytes or -1,
            duplicate_window=min(_SAME_SECONDS, self._retention.seconds or _SAME_SECONDS),
            # A stream that is made anew counts on from above what the last one can have reached.
            # JetStream's own first number would do, but 2.10 forgets all messages of a stream that
            # has one when its servers start again.
            metadata={_BASE: str(int(time.time() * 1000))},
            republish=RePublish(src=_ROOM + "*", dest=_LIVE + _ROOM + "{{wildcard(1)}}"),
        )


def _stored(message: Msg, base: int) -> Kept:
    number = base + message.metadata.sequence.stream
    return _kept(number, message.data, message.headers or {})


def _kept(number: int, payload: bytes, headers: Mapping[str, str], before: int = 0) -> Kept:
    def figure(name: str, otherwise: int = 0) -> int:
        value = headers.get(name, "")
        return int(value) if value.isdecimal() else otherwise

    size = figure(_SIZE, len(payload))
    return Kept(
        number, payload, figure(_TOKENS), size, figure(_TOTAL), headers.get(_ID, ""), before
    )
