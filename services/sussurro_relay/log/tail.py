"""The newest messages of one room that a relay follows: most readers need no more. Pure."""

from collections import deque
from collections.abc import Sequence

from sussurro_relay.log.interface import Page, Query, Record
from sussurro_relay.log.memory import select
from sussurro_relay.log.parcel import last_seq, number_of

_RECORD_OVERHEAD = 512  # what a record costs beside its bytes: the objects that hold it


class Tail:
    """Every chunk of the messages above number ``after``. Owned by the thread of the bus."""

    __slots__ = ("after", "records", "size")

    def __init__(self) -> None:
        self.after = 0
        self.records: deque[Record] = deque()
        self.size = 0

    def add(self, records: Sequence[Record]) -> None:
        """Take in the chunks of the next message."""
        self.records += records
        self.size += sum(_size(record) for record in records)

    def shrink(self, limit_bytes: int) -> None:
        """Hold ``limit_bytes`` at most, and whole messages."""
        while self.size > limit_bytes:
            self.after = number_of(self.records[0].seq)
            while self.records and number_of(self.records[0].seq) == self.after:
                self.size -= _size(self.records.popleft())

    def count(self, below_seq: int) -> int:
        """Return how many tokens lie below a seq."""
        return sum(record.count for record in self.records if record.seq < below_seq)

    def page(self, query: Query, oldest: int, head: int) -> Page | None:
        """Return the page that answers, or None where more is needed than is here."""
        if query.before is not None:
            return None
        if query.after is not None:
            enough = query.after >= last_seq(self.after)
        else:
            enough = self.count(head + 1) >= query.messages
        return select(list(self.records), query, oldest, head) if enough else None


def _size(record: Record) -> int:
    return len(record.lines) + _RECORD_OVERHEAD
