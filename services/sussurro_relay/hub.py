"""All rooms of this relay, by id; where the log's records find their room."""

import threading
from collections.abc import Sequence
from itertools import groupby

from sussurro_relay.budget import Budget
from sussurro_relay.log import Record
from sussurro_relay.neighbours import ALONE, Neighbours
from sussurro_relay.room import Room


class Hub:
    """Makes a room for its first member and drops it after its last.

    Every method may be called from any thread. The lock guards the table and the
    rooms' ``users``; looking a room up needs none, as a dict's ``get`` is atomic.
    """

    def __init__(
        self,
        window_bytes: int,
        presence_limit: int,
        budget: Budget | None = None,
        neighbours: Neighbours = ALONE,
    ) -> None:
        self._neighbours = neighbours
        self.budget = budget or Budget()
        self.budget.when_shrinking(self._shrink)
        self._window_bytes = window_bytes
        self._presence_limit = presence_limit
        self._lock = threading.Lock()
        self._rooms: dict[str, Room] = {}

    def __len__(self) -> int:
        """How many rooms have somebody in them."""
        return len(self._rooms)

    def acquire(self, room_id: str) -> Room:
        """Return the room, and keep it until `release`."""
        with self._lock:
            room = self._rooms.get(room_id)
            is_new = room is None
            if room is None:
                room = self._rooms[room_id] = Room(
                    room_id,
                    self._window_bytes,
                    self._presence_limit,
                    self.budget,
                    self._neighbours,
                )
            room.users += 1
        if is_new:
            self._neighbours.opened(room)
        return room

    def release(self, room: Room) -> None:
        """Give a room back; once for each `acquire`."""
        with self._lock:
            room.users -= 1
            if room.users:
                return
            del self._rooms[room.id]
        room.close()

    def is_in_use(self, room_id: str) -> bool:
        """Return whether somebody holds the room now."""
        return room_id in self._rooms

    def committed(self, records: Sequence[Record]) -> None:
        """Hand kept records to their rooms; nobody waits for those of other rooms."""
        for room_id, group in groupby(records, lambda record: record.room):
            room = self._rooms.get(room_id)
            if room is not None:
                room.commit(list(group))

    def push_counts(self) -> None:
        """Let each large room tell its count, where it changed."""
        for room in self._all():
            room.push_count()

    def _shrink(self) -> None:
        for room in self._all():
            room.shrink()

    def _all(self) -> list[Room]:
        with self._lock:
            return list(self._rooms.values())
