"""When each client is to be looked at next, to the second. Pure; belongs to one I/O thread.

Most clients are idle, and one look in each heartbeat is enough for them.
"""

import math

from sussurro_relay.peer import Peer


class Calendar:
    """Clients by the second in which their next look is due."""

    __slots__ = ("_days", "_next")

    def __init__(self, now: float) -> None:
        """``now`` is in seconds of the monotonic clock, here and below."""
        self._days: dict[int, set[Peer]] = {}
        self._next = math.floor(now)  # the first second that has not been dealt with

    def put(self, peer: Peer, at: float) -> None:
        """Have a client looked at by ``at``; nothing changes if that is to be sooner already."""
        second = max(math.floor(at), self._next)
        if peer.look_due is None or second < peer.look_due:
            self.drop(peer)
            peer.look_due = second
            self._days.setdefault(second, set()).add(peer)

    def drop(self, peer: Peer) -> None:
        """Forget a client; harmless when it has no look due."""
        if peer.look_due is not None:
            self._days[peer.look_due].discard(peer)
            peer.look_due = None

    def take(self, now: float) -> list[Peer]:
        """Return those whose look is due; each is to be `put` again, or gets no other."""
        due: list[Peer] = []
        while self._next <= now:
            due += self._days.pop(self._next, ())
            self._next += 1
        for peer in due:
            peer.look_due = None
        return due
