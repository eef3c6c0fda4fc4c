"""Whether to try a relay again, and when. Pure; randomness is given."""

from collections.abc import Callable

from sussurro_client.backoff import Backoff
from sussurro_client.transport import Trouble
from sussurro_wire.errors import Reason
from sussurro_wire.messages import Bye

# A relay may ask for a longer pause than ours, up to this.
_LONGEST_WISH = 3600
# What the next attempt would only meet again, ...
_FINAL_TROUBLE = frozenset({Trouble.TLS_UNTRUSTED, Trouble.TLS_MISSING, Trouble.TLS_EXPECTED})
# ... and what a relay says when trying again would only be refused again.
_FINAL_FAREWELL = frozenset(
    {
        Reason.BAD_PROOF,
        Reason.ROOM_REFUSED,
        Reason.UNEXPECTED,
        Reason.MALFORMED,
        Reason.LINE_TOO_LONG,
    }
)


class RetryPolicy:
    """Decides what comes after each connection. Belongs to the session's thread."""

    __slots__ = ("_backoff",)

    def __init__(self, random: Callable[[], float]) -> None:
        """``random`` returns a number in [0, 1)."""
        self._backoff = Backoff(random)

    def reset(self) -> None:
        """Begin again with short pauses: it worked."""
        self._backoff.reset()

    def next_pause(self, reason: str, farewell: Bye | None) -> float | None:
        """Return the seconds to wait after a connection that ended so; None: it is of no use to try again."""
        if farewell is None:
            return None if reason in _FINAL_TROUBLE else self._backoff.next_pause()
        if farewell.reason in _FINAL_FAREWELL:
            return None
        # Ours comes on top, so that those who were told the same do not come as one crowd.
        return min(farewell.retry_after or 0, _LONGEST_WISH) + self._backoff.next_pause()
