"""Whether the others were shown what we said. Pure.

An acknowledgement is the relay's word. That of the members is what they name:
who has seen something later than a message of ours has seen that one too, and
names it, unless another did before.
"""

from collections import OrderedDict
from collections.abc import Iterable

from sussurro_client.letter import Head

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

    def misses(self, seen: Iterable[Head], since: int) -> bool:
        """Return whether a member was not shown what we said, though it should have been.

        It names ``seen``, and was shown everything from chunk ``since`` on. The
        same is told once only.
        """
        named = {head.digest for head in seen}
        reach = max((head.seq for head in seen), default=0)
        digests = list(self._unnamed)
        last_named = max((at for at, digest in enumerate(digests) if digest in named), default=-1)
        for digest in digests[: last_named + 1]:
            del self._unnamed[digest]  # the later one names those before it
        missed = [
            digest
            for digest, place in self._unnamed.items()
            if place is not None and since <= place[0] and place[1] < reach
        ]
        for digest in missed:
            del self._unnamed[digest]
        return bool(missed)
