"""What we have seen, and what others say that they had seen. Pure.

Everybody is shown the same log, so what somebody had seen when it spoke is what
we were shown too, in the same place, unless it is from before our time. Each
message names the newest that its sender had seen and nobody whom it had seen had
named before: so all that was shown to anybody who goes on speaking is vouched for.
"""

from collections import OrderedDict
from collections.abc import Iterable

from sussurro_client.letter import MAX_HEADS, Head
from sussurro_client.transcript import Name
from sussurro_wire.limits import MAX_NUMBER

_MAX_PLACES = 16_384
_MAX_HEADS_KEPT = 1_024
_MAX_TOLD = 1_024


class Heads:
    """The places of messages, and those that no message of ours has named yet.

    Owned by the conversation. A place is a range of chunks, as what is sent again
    stands in more than one.
    """

    __slots__ = ("_head_of", "_heads", "_places", "_told", "since")

    def __init__(self) -> None:
        self.since = 0  # from this chunk on we should have been shown everything
        self._places: OrderedDict[bytes, tuple[int, int] | None] = OrderedDict()
        self._heads: OrderedDict[bytes, tuple[Name, int]] = OrderedDict()
        self._head_of: dict[Name, bytes] = {}
        self._told: OrderedDict[Head, None] = OrderedDict()

    def restart(self) -> None:
        """Forget all places: the log's numbers do not mean any more what they did."""
        self._places.clear()
        self._heads.clear()
        self._head_of.clear()

    def expect(self, digest: bytes) -> None:
        """Take note of a message of our own, which may be anywhere until it is acknowledged."""
        self._know(digest, None)

    def place(self, digest: bytes, low: int, high: int) -> None:
        """Take note that a message, or a copy of it, stands in a chunk from ``low`` to ``high``."""
        place = self._places.get(digest)
        if place is not None:
            low, high = min(low, place[0]), max(high, place[1])
        self._know(digest, (low, high))

    def lead(self, name: Name, head: Head, seen: Iterable[Head] = ()) -> None:
        """Take note of the newest message of a run, which names those in ``seen``."""
        before = self._head_of.get(name, head.digest)
        for digest in (before, *(other.digest for other in seen)):
            if digest in self._heads:
                self._drop(digest)
        self._heads[head.digest] = name, head.seq
        self._head_of[name] = head.digest
        if len(self._heads) > _MAX_HEADS_KEPT:
            self._drop(next(iter(self._heads)))

    def take(self) -> tuple[Head, ...]:
        """Return what our next message is to name, the oldest first."""
        digests = list(self._heads)[:MAX_HEADS]
        return tuple(Head(self._drop(digest), digest) for digest in digests)

    def differs(self, seen: Iterable[Head]) -> bool:
        """Return whether somebody had seen what we were not shown, or in another place.

        The same is told once only.
        """
        strange = [head for head in seen if self._is_strange(head)]
        for head in strange:
            self._told[head] = None
            if len(self._told) > _MAX_TOLD:
                self._told.popitem(last=False)
        return bool(strange)

    def _is_strange(self, head: Head) -> bool:
        if head.seq < self.since or head in self._told:
            return False
        place = self._places.get(head.digest, (1, 0))
        return place is not None and not place[0] <= head.seq <= place[1]

    def _know(self, digest: bytes, place: tuple[int, int] | None) -> None:
        self._places[digest] = place
        if len(self._places) > _MAX_PLACES:
            _digest, forgotten = self._places.popitem(last=False)
            if forgotten is not None:
                self.since = max(self.since, min(forgotten[1] + 1, MAX_NUMBER))

    def _drop(self, digest: bytes) -> int:
        name, seq = self._heads.pop(digest)
        if self._head_of.get(name) == digest:
            del self._head_of[name]
        return seq
