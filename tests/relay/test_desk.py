import pytest

from sussurro_relay.admission import Doorkeeper
from sussurro_relay.budget import Kind
from sussurro_relay.desk import ConnectionDesk, Services
from sussurro_relay.hub import Hub
from sussurro_relay.log import Page, Query
from sussurro_relay.log.memory import MemoryLog
from sussurro_wire.chunk import Chunk
from sussurro_wire.errors import Reason, WireError
from tests.relay.table import NONCE, SECRET, Posted, quiet


class Office:
    """A desk, and what it posted to its thread."""

    def __init__(self, rooms: frozenset[str] = frozenset()) -> None:
        self.hub = Hub(10_000, 200)
        self.log = MemoryLog(10_000, 10_000)
        self.log.start(self.hub.committed)
        self.posted = Posted()
        self.desk = ConnectionDesk(Services(self.hub, self.log, rooms), self.posted, quiet)


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


def test_while_memory_is_full_nobody_enters_whatever_the_proof() -> None:
    office = Office()
    limit = office.hub.budget.limit
    office.hub.budget.charge(Kind.CONNECTIONS, limit)
    with pytest.raises(WireError) as caught:
        office.desk.enter(SECRET.join(NONCE), NONCE)
    assert caught.value.reason is Reason.OVERLOADED
    assert len(office.hub) == 0


def test_pages_that_nobody_waits_for_any_more_are_given_back() -> None:
    office = Office()
    for _ in range(200):
        office.desk.read(Query("room", after=0), lambda _: None)
    assert office.hub.budget.held()[Kind.PAGES] > 0
    office.desk.close()
    assert office.hub.budget.held()[Kind.PAGES] == 0


def test_strangers_have_to_hurry_where_the_door_is_crowded_or_memory_is_tight() -> None:
    office, door = Office(), Doorkeeper(4, 4)
    services = Services(office.hub, office.log, frozenset(), door)
    desk = ConnectionDesk(services, office.posted, quiet)
    pressed = []
    for _ in range(4):
        pressed.append(desk.is_pressed())
        door.admit("a")
    assert pressed == [False, False, False, True]
    assert not office.desk.is_pressed()
    office.hub.budget.charge(Kind.CONNECTIONS, office.hub.budget.limit)
    assert office.desk.is_pressed()
