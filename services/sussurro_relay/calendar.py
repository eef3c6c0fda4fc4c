"""When each client is to be looked at next, to the second. Pure; belongs to one I/O thread.

Most clients are idle, and one look in each heartbeat is enough for them.
"""

import math

from sussurro_relay.peer import Peer


class _Day:
    """Those whose look is due in one second. All of them share its number."""

    __slots__ = ("peers", "second")

    def __init__(self, second: int) -> None:
        self.second = second
        self.peers: set[Peer] = set()


class Calendar:
    """Clients by the second in which their next look is due."""

    __slots__ = ("_days", "_next")

    def __init__(self, now: float) -> None:
        """``now`` is in seconds of the monotonic clock, here and below."""
        self._days: dict[int, _Day] = {}
        self._next = math.floor(now)  # the first second that has not been dealt with

    def put(self, peer: Peer, at: float) -> None:
        """Have a client looked at by ``at``; nothing changes if that is to be sooner already."""
        second = max(math.floor(at), self._next)
        if peer.look_due is not None and peer.look_due <= second:
            return
        self.drop(peer)
        day = self._days.get(second)
        if day is None:
            day = self._days[second] = _Day(second)
        day.peers.add(peer)
        peer.look_due = day.second

    def drop(self, peer: Peer) -> None:
        """Forget a client; harmless when it has no look due."""
        if peer.look_due is not None:
            self._days[peer.look_due].peers.discard(peer)
            peer.look_due = None

    def take(self, now: float) -> list[Peer]:
        """Return those whose look is due; each is to be `put` again, or gets no other."""
        due: list[Peer] = []
        while self._next <= now:
            day = self._days.pop(self._next, None)
            if day is not None:
                due += day.peers
            self._next += 1
        for peer in due:
            peer.look_due = None
        return due
