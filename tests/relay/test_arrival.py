import pytest

from sussurro_relay.arrival import Arrival, seconds_to_join
from sussurro_relay.budget import Kind
from sussurro_relay.desk import ConnectionDesk, Services
from sussurro_relay.log import Page
from sussurro_wire.errors import WireError
from sussurro_wire.messages import Join
from tests.relay.table import NONCE, SECRET, NoPages, Table, quiet


def arriving(table: Table) -> Arrival:
    """Return a client that has just connected."""
    services = Services(table.hub, table.log, frozenset())
    return Arrival("ana", NONCE, ConnectionDesk(services, table.posted, quiet), table.now)


@pytest.mark.parametrize(("most", "hurried"), [(10.0, 2.0), (1.0, 1.0)])
def test_where_there_is_a_hurry_two_seconds_are_enough(most: float, hurried: float) -> None:
    assert seconds_to_join(most, is_pressed=False) == most
    assert seconds_to_join(most, is_pressed=True) == hurried


def test_who_has_not_proved_the_key_in_time_is_overdue_and_sooner_where_memory_is_tight() -> None:
    table = Table()
    ana = arriving(table)
    assert not ana.is_overdue(10.0, table.now + 10.0)
    assert ana.is_overdue(10.0, table.now + 10.1)
    assert not ana.is_overdue(10.0, table.now + 2.1)
    table.budget.charge(Kind.LOG, table.budget.limit)
    assert ana.is_overdue(10.0, table.now + 2.1)


def test_a_proof_that_is_good_ends_the_hurry_and_one_that_is_not_does_not() -> None:
    table = Table()
    ana = arriving(table)
    with pytest.raises(WireError):
        ana.take(SECRET.join("YW5vdGhlcg"))
    assert ana.is_overdue(10.0, table.now + 10.1)
    room, _ = ana.take(SECRET.join(NONCE))
    assert room.id == SECRET.room
    assert not ana.is_overdue(10.0, table.now + 10.1)


@pytest.mark.parametrize(
    ("from_seq", "last", "after", "messages"),
    [(None, None, None, 0), (None, 5, None, 5), (5, None, 4, 0), (0, None, 0, 0)],
)
def test_the_first_page_begins_where_the_client_asks(
    from_seq: int | None, last: int | None, after: int | None, messages: int
) -> None:
    _, query = arriving(Table()).take(SECRET.join(NONCE, from_seq=from_seq, last=last))
    assert (query.after, query.messages, query.before) == (after, messages, None)


def test_a_member_is_told_where_the_log_stands_and_who_is_here() -> None:
    table = Table()
    ana = arriving(table)
    join: Join = SECRET.join(NONCE)
    room, _ = ana.take(join)
    welcome, _ = ana.enter(join, room, Page((), 4, 9, complete=True), NoPages())
    assert (welcome.session, welcome.oldest, welcome.next_seq) == ("ana", 4, 10)
    assert welcome.members == 1
