"""Whether NATS keeps what it is asked to, and what the journal says of it."""

import asyncio

from sussurro_relay import journal
from sussurro_relay.cluster.bus import Bus

_RETRY_SECONDS = 0.25
_TROUBLE_SECONDS = 5.0  # after a fault, in which what NATS says of its end is not taken for all


class Availability:
    """Belongs to the thread of the bus; `is_available` is for any thread."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._is_available = False
        self._fault_at = float("-inf")

    def is_available(self) -> bool:
        """Return whether NATS is there and kept what it was last asked to."""
        return self._is_available and self._bus.is_connected()

    def is_calm(self) -> bool:
        """Return whether nothing has failed for a while."""
        return self._bus.time() > self._fault_at + _TROUBLE_SECONDS

    def note_success(self) -> None:
        """Take note that NATS has done what it was asked to."""
        if not self._is_available:
            journal.note("log_available")
        self._is_available = True

    def note_fault(self, error: BaseException) -> None:
        """Take note that it has not."""
        self._fault_at = self._bus.time()
        if self._is_available:
            journal.warn("log_unavailable", why=type(error).__name__)
        self._is_available = False

    async def rest(self, error: BaseException) -> None:
        """Take note of a fault, and wait a moment before what failed is tried again."""
        self.note_fault(error)
        await asyncio.sleep(_RETRY_SECONDS)
