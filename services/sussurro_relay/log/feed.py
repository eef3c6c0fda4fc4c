"""One room that a relay follows in the stream, and what waits to be published there."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from nats.aio.subscription import Subscription

from sussurro_relay.log.interface import Page, Query
from sussurro_relay.log.nats_names import Name, Taken
from sussurro_relay.log.parcel import Handed, last_seq
from sussurro_relay.log.tail import Tail


@dataclass(slots=True)
class Flight:
    """The message that is being published: its name, and when each chunk of it was read."""

    name: Name
    read_at: tuple[float, ...]
    came: asyncio.Event = field(default_factory=asyncio.Event)  # back, and was committed


@dataclass(slots=True, eq=False)
class Feed:
    """Belongs to the thread of the bus. Numbers are those of messages in the stream."""

    room: str
    is_open: bool = False
    head: int = 0  # the newest that was committed
    floor: int = 0  # whatever comes lies above it
    oldest: int = 0  # that is kept; 0: no more of the room has gone than of the whole stream
    total: int = 0  # bytes of the room, gone ones included
    looked_at: int = 0  # the total when it was last looked for what is over the limit
    wanted: int = 0  # the newest that is known to be there
    # Held while what has not come is read.
    filling: asyncio.Lock = field(default_factory=asyncio.Lock)
    taken: Taken = field(default_factory=Taken)
    tail: Tail = field(default_factory=Tail)
    subscription: Subscription | None = None
    waiting: list[Handed] = field(default_factory=list)
    flight: Flight | None = None
    is_publishing: bool = False
    readers: int = 0
    reads: list[tuple[Query, Callable[[Page], None]]] = field(default_factory=list)
    late: list[tuple[Query, Callable[[Page], None]]] = field(default_factory=list)  # ahead of us

    def open(self, number: int, total: int, floor: int) -> None:
        """Stand after message ``number``, the room's newest."""
        self.is_open = True
        self.head = self.tail.after = number
        self.total = total
        self.floor = max(floor, number)

    @property
    def head_seq(self) -> int:
        """The seq that every chunk up to now lies at or below, and none that comes."""
        return last_seq(max(self.head, self.floor))

    @property
    def is_filling(self) -> bool:
        """Whether what comes by itself may come out of order, as what is missing is being read."""
        return self.filling.locked()

    @property
    def is_idle(self) -> bool:
        """Whether nobody waits for anything of it."""
        return self.is_open and not (
            self.waiting
            or self.is_publishing
            or self.is_filling
            or self.readers
            or self.reads
            or self.late
        )
