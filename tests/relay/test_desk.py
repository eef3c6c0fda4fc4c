from collections import deque
from collections.abc import Callable

import pytest

from sussurro_relay.desk import ConnectionDesk, Services
from sussurro_relay.hub import Hub
from sussurro_relay.log import Page, Query
from sussurro_relay.log.memory import MemoryLog
from sussurro_wire.chunk import Chunk
from sussurro_wire.errors import WireError
from tests.relay.table import NONCE, SECRET, quiet


class Office:
    """A desk, and what it posted to its thread."""

    def __init__(self, rooms: frozenset[str] = frozenset()) -> None:
        self.hub = Hub(10_000, 200)
        self.log = MemoryLog(10_000, 10_000)
        self.log.start(self.hub.committed)
        self.posted: deque[Callable[[], None]] = deque()
        self.desk = ConnectionDesk(Services(self.hub, self.log, rooms), self.posted.append, quiet)


def test_who_proves_the_key_gets_the_room_and_gives_it_back() -> None:
    office = Office()
    room = office.desk.enter(SECRET.join(NONCE), NONCE)
    assert room.id == SECRET.room
    assert len(office.hub) == 1
    office.desk.leave(room)
    assert len(office.hub) == 0


@pytest.mark.parametrize(
    ("nonce", "rooms"), [("YW5vdGhlcg", frozenset()), (NONCE, frozenset({"another"}))]
)
def test_who_is_refused_takes_no_room(nonce: str, rooms: frozenset[str]) -> None:
    office = Office(rooms)
    with pytest.raises(WireError):
        office.desk.enter(SECRET.join(NONCE), nonce)
    assert len(office.hub) == 0


def test_a_page_is_handed_to_the_connection_in_its_own_thread_later() -> None:
    office = Office()
    room = office.desk.enter(SECRET.join(NONCE), NONCE)
    office.desk.append(room, Chunk(b"gAAAAA\n", 1), "ana", 1.0)
    pages: list[Page] = []
    office.desk.read(Query(room.id, after=0), pages.append)
    assert not pages
    office.posted.popleft()()
    assert [record.origin for record in pages[0].records] == ["ana"]
