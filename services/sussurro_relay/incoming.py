"""What one client brings: how much, how fast, and how long ago. Pure; belongs to its connection."""

from collections.abc import Callable

from sussurro_relay.admission import Rate
from sussurro_relay.budget import Budget
from sussurro_wire.protocol import Event, Protocol

# While memory is short: how long a long line may stay unfinished.
_UNFINISHED_SECONDS = 2.0
# A member who holds no more than this, and has brought little lately, is read even then.
_LITTLE_BYTES = 4 * 1024
# What is read at once: large chunks are cheap to pass on, small ones cheap to hold.
_READ_BYTES = 128 * 1024
_SHORT_READ_BYTES = 16 * 1024  # a TLS record fits


class Incoming:
    """What is known of one client by listening to it."""

    __slots__ = (
        "_budget", "_heard_at", "_heartbeat_seconds", "_line_at", "_protocol", "_rate",
        "_rested_at", "_was_asked",
    )  # fmt: skip

    def __init__(
        self,
        protocol: Protocol,
        budget: Budget,
        rate_bytes: int,
        heartbeat_seconds: float,
        now: float,
    ) -> None:
        self._protocol = protocol
        self._budget = budget
        self._heartbeat_seconds = heartbeat_seconds
        self._rate = Rate(rate_bytes, now) if rate_bytes else None
        self._heard_at = now
        self._was_asked = False  # whether it is there, since it was heard
        self._line_at = now  # when its unfinished line was begun
        self._rested_at = now  # when what it brought is as old as its fair rate asks

    @property
    def read_bytes(self) -> int:
        """How much to read at once."""
        return _SHORT_READ_BYTES if self._budget.is_tight else _READ_BYTES

    @property
    def held_bytes(self) -> int:
        """How much is held of a line that is not finished."""
        return self._protocol.unfinished_bytes * 5 // 4  # a buffer that grows has space to spare

    def receive(self, data: bytes, now: float, handle: Callable[[Event], None]) -> None:
        """Hand on what was read; raises WireError as `Protocol.receive` does."""
        self._heard_at, self._was_asked = now, False
        if self._rate is not None:
            self._rate.take(len(data), now)
        self._rested_at = now + len(data) / self._budget.fair_rate
        if b"\n" in data or not self._protocol.unfinished_bytes:
            self._line_at = now
        self._protocol.receive(data, handle)

    def is_over_rate(self, now: float) -> bool:
        """Return whether it has sent more than it may."""
        return self._rate is not None and self._rate.is_over(now)

    def is_affordable(self, now: float) -> bool:
        """Return whether it holds and brings so little that it is read while memory is short."""
        holds_little = self._protocol.unfinished_bytes <= _LITTLE_BYTES
        return self._budget.may_read_little and holds_little and now >= self._rested_at

    def stalled_bytes(self, now: float) -> int:
        """Return how much is held of a line that should have been finished by now."""
        return self._protocol.unfinished_bytes if now - self._line_at > _UNFINISHED_SECONDS else 0

    def excuse_silence(self, now: float) -> None:
        """Take note that it was not listened to, so it cannot be called silent."""
        self._heard_at = now

    def is_gone(self, now: float) -> bool:
        """Return whether it has been silent for too long, though it was asked."""
        return now - self._heard_at > 2 * self._heartbeat_seconds

    def silence_due(self) -> float:
        """Return when it will have been silent for so long that something has to be done."""
        return self._heard_at + self._heartbeat_seconds * (2 if self._was_asked else 1)

    def has_to_be_asked(self, now: float) -> bool:
        """Return, once for each silence, that it is time to ask whether it is there."""
        if self._was_asked or now - self._heard_at <= self._heartbeat_seconds:
            return False
        self._was_asked = True
        return True
