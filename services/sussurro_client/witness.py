"""Whether the others were shown what we said. Pure.

An acknowledgement is the relay's word. That of the members is what they name:
who has seen something later than a message of ours has seen that one too, and
names it, unless another did before. In a loud room a message names only the oldest
of what its sender could: ours may wait for its turn, in the place of a later one.
"""

from collections import OrderedDict
from collections.abc import Collection

from sussurro_client.letter import MAX_HEADS, Head

_MAX_UNNAMED = 2_048


class Witness:
    """Our messages that nobody has named, with their places once they are acknowledged.

    Owned by the conversation.
    """

    __slots__ = ("_unnamed",)

    def __init__(self) -> None:
        self._unnamed: OrderedDict[bytes, tuple[int, int] | None] = OrderedDict()  # as said

    def expect(self, digest: bytes) -> None:
        """Take note of a message of ours."""
        self._unnamed[digest] = None
        if len(self._unnamed) > _MAX_UNNAMED:
            self._unnamed.popitem(last=False)

    def place(self, digest: bytes, low: int, high: int) -> None:
        """Take note that a message of ours, or a copy, stands in a chunk from ``low`` to ``high``."""
        if digest in self._unnamed:
            place = self._unnamed[digest] or (low, high)
            self._unnamed[digest] = min(low, place[0]), max(high, place[1])

    def forget(self) -> None:
        """Take note that the log's numbers do not mean any more what they did."""
        self._unnamed.clear()

    def misses(self, seen: Collection[Head], since: int) -> bool:
        """Return whether a member was not shown what we said, though it should have been.

        It names ``seen``, and was shown everything from chunk ``since`` on. The
        same is told once only.
        """
        reach = max((head.seq for head in seen), default=0)
        named = {head.digest for head in seen if head.digest in self._unnamed}
        while named:  # a later one names those before it
            digest, _place = self._unnamed.popitem(last=False)
            named.discard(digest)
        if len(seen) >= MAX_HEADS and self._stands_late(reach):
            return False
        missed = [
            digest
            for digest, place in self._unnamed.items()
            if place is not None and since <= place[0] and place[1] < reach
        ]
        for digest in missed:
            del self._unnamed[digest]
        return bool(missed)

    def _stands_late(self, reach: int) -> bool:
        """Return whether something of ours may stand above all that was named.

        Whoever was shown it keeps it in place of whatever we said before.
        """
        return any(place is None or place[1] >= reach for place in self._unnamed.values())
