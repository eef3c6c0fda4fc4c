"""The end of a connection: why it ends, when that may be said, and how long it then stays."""

from sussurro_relay.cursor import Cursor, Phase
from sussurro_wire.codec import encode
from sussurro_wire.errors import Reason
from sussurro_wire.messages import Bye

# How long a connection that is ending may wait for what it sent to be kept.
_ENDING_SECONDS = 3.0
# And how long it then has to read its BYE.
_READING_SECONDS = 2.0
_RETRY_AFTER = {Reason.OVERLOADED: 5}


def make_bye(reason: Reason, retry_after: int | None = None) -> Bye:
    """Return the BYE for this reason, with when to come back where that can be said."""
    return Bye(reason, _RETRY_AFTER.get(reason) if retry_after is None else retry_after)


class Farewell:
    """A BYE that is owed to one client. Pure; belongs to its connection."""

    __slots__ = ("_said_at", "line", "reason")

    def __init__(self, bye: Bye, now: float) -> None:
        self.reason = bye.reason
        self.line = encode(bye)
        self._said_at = now + _ENDING_SECONDS  # at the latest

    def may_be_said(self, cursor: Cursor | None, now: float) -> bool:
        """Return whether what the client sent is kept, or has been waited for."""
        if cursor is None or cursor.phase is Phase.LAGGED:
            return True
        return not cursor.unkept_bytes or now >= self._said_at

    def is_overdue(self, now: float) -> bool:
        """Return whether the client has had the time to read it."""
        return now > self._said_at + _READING_SECONDS
