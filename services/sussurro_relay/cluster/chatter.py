"""What is said among relays without being kept: plain NATS messages, any of which may be lost."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from nats.aio.msg import Msg
from nats.aio.subscription import Subscription

from sussurro_relay.cluster.bus import BUS_ERRORS, Bus
from sussurro_relay.cluster.rumour import RumourError


class Chatter:
    """Says and hears. Owned by the thread of the bus."""

    def __init__(self, bus: Bus, retry_seconds: float) -> None:
        self._bus = bus
        self._retry_seconds = retry_seconds
        self.bad_messages = 0  # that no relay says

    def say(self, subject: str, message: bytes) -> None:
        """Say something to whoever hears it; after all that was said before."""
        self._bus.spawn(self.tell(subject, message))

    async def tell(self, subject: str, message: bytes) -> None:
        """Say something, and return once it is on its way or lost."""
        with suppress(*BUS_ERRORS):
            await self._bus.publish(subject, message)

    async def hear(self, subject: str, take: Callable[[bytes], None]) -> Callable[[], None]:
        """Hear a subject, once there is a server; return what ends that.

        ``take`` is called with each message, and may raise RumourError.
        """

        async def hear_one(message: Msg) -> None:
            try:
                take(message.data)
            except RumourError:
                self.bad_messages += 1

        while True:
            try:
                return partial(self._stop, await self._bus.subscribe(subject, hear_one))
            except BUS_ERRORS:
                await asyncio.sleep(self._retry_seconds)

    def _stop(self, subscription: Subscription) -> None:
        self._bus.spawn(self._unsubscribe(subscription))

    @staticmethod
    async def _unsubscribe(subscription: Subscription) -> None:
        with suppress(*BUS_ERRORS):
            await subscription.unsubscribe()
