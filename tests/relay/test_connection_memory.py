"""What a connection holds is charged while it holds it, and given back at its end."""

import pytest

from sussurro_relay.budget import CONNECTION_BYTES, Budget, Kind
from sussurro_wire.errors import Reason
from sussurro_wire.messages import Bye, Who
from tests.relay.table import NONCE, SECRET, Table, entered, farewell
from tests.support.relay import token, tokens

LIMIT = 64 * 1024 * 1024


def charge_to(table: Table, sixteenths: int) -> None:
    """Let others hold so much of the limit, and look at who holds how much."""
    budget = table.budget
    for _ in range(3):  # windows that shrink meanwhile leave something to be held by others
        held = sum(budget.held().values())
        budget.charge(Kind.UNWRITTEN, budget.limit // 16 * sixteenths - held)
        budget.share_out(rooms=1, connections=10_000)


def test_a_connection_is_charged_from_its_first_moment_to_its_last() -> None:
    table = Table(budget=Budget(LIMIT))
    ana = table.connect("ana")
    assert table.budget.held()[Kind.CONNECTIONS] == CONNECTION_BYTES
    ana.connection.closed()
    assert not any(table.budget.held().values())


def test_whatever_was_under_way_is_given_back_when_the_connection_is_lost() -> None:
    table = Table(budget=Budget(LIMIT))
    bia = entered(table, "bia")
    bia.say(tokens(range(1000)))
    ana = table.enter("ana", last=1000)
    ana.hear()
    ana.say(Who())
    bia.say(tokens(range(1000)))
    data = ana.connection.next_data(table.now)
    ana.connection.sent(len(data) // 2)
    ana.send_raw(b"gAAAA" + b"x" * 5000)
    for seat in (ana, bia):
        seat.connection.closed()
    held = table.budget.held()
    assert held.pop(Kind.LOG) == 0  # the table's log has an account of its own
    assert not any(held.values())


def test_an_unfinished_line_is_charged_until_it_is_finished() -> None:
    table = Table(budget=Budget(LIMIT))
    ana = entered(table, "ana")
    before = table.budget.held()[Kind.CONNECTIONS]
    line = token(1, 100_000)
    ana.send_raw(line[:90_000])
    assert table.budget.held()[Kind.CONNECTIONS] >= before + 90_000
    ana.send_raw(line[90_000:])
    ana.hear()
    ana.connection.look(table.now)
    assert table.budget.held()[Kind.CONNECTIONS] == before


def test_what_a_full_socket_did_not_take_is_charged_once_for_all_who_stand_there() -> None:
    table = Table(budget=Budget(LIMIT))
    bia, *others = (entered(table, name) for name in ("bia", "ana", "caio"))
    for seat in others:
        seat.hear()
    bia.say(tokens(range(5000)))
    for seat in others:
        data = seat.connection.next_data(table.now)
        assert not seat.connection.sent(0)
        seat.connection.note_blocked(blocked=True)
    assert len(data) <= table.budget.held()[Kind.BUFFERS] < 2 * len(data)
    for seat in others:
        seat.hear()
    bia.hear()
    assert table.budget.held()[Kind.BUFFERS] == 0


def test_while_memory_is_full_members_wait_but_for_those_who_bring_and_hold_little() -> None:
    table = Table(budget=Budget(LIMIT))
    ana, bia, caio = (entered(table, name) for name in ("ana", "bia", "caio"))
    charge_to(table, 12)
    ana.say(token(1))
    bia.send_raw(token(1, 10_000)[:9_000])
    later = table.now + 17
    assert [seat.connection.may_read(later) for seat in (ana, bia, caio)] == [True, False, True]
    assert not ana.connection.may_read(table.now)
    charge_to(table, 13)
    assert not caio.connection.may_read(later)
    charge_to(table, 1)
    assert bia.connection.may_read(table.now)


def test_who_waits_for_memory_is_not_called_silent() -> None:
    table = Table(budget=Budget(LIMIT))
    ana = entered(table, "ana")
    charge_to(table, 13)
    start = table.now
    for seconds in range(90):
        ana.connection.look(start + seconds)
    assert ana.hear() == []


def test_strangers_are_read_even_then_and_told_why_they_cannot_come_in() -> None:
    table = Table(budget=Budget(LIMIT))
    ana = table.connect("ana")
    ana.hear()
    charge_to(table, 15)
    assert ana.connection.may_read(table.now)
    ana.say(SECRET.join(NONCE))
    assert farewell(ana) == Bye(Reason.OVERLOADED, 5)
    assert table.tally.refused == {Reason.OVERLOADED: 1}


@pytest.mark.parametrize(("sixteenths", "size", "goes"), [(12, 90_000, True), (12, 9_000, False), (9, 90_000, False)])  # fmt: skip
def test_who_does_not_finish_a_long_line_has_to_go_while_memory_is_short(
    sixteenths: int, size: int, *, goes: bool
) -> None:
    table = Table(budget=Budget(LIMIT))
    ana = entered(table, "ana")
    ana.send_raw(token(1, 100_000)[:size])
    charge_to(table, sixteenths)
    ana.connection.look(table.now + 1.9)
    assert not ana.connection.is_ending
    ana.connection.look(table.now + 2.1)
    assert ana.connection.is_ending == goes
    if goes:
        assert farewell(ana).reason == Reason.OVERLOADED
        assert table.budget.held()[Kind.CONNECTIONS] == CONNECTION_BYTES


def test_who_takes_nothing_of_much_that_it_is_sent_has_to_go_while_memory_is_short() -> None:
    table = Table(budget=Budget(LIMIT))
    ana, bia = entered(table, "ana"), entered(table, "bia")
    ana.hear()
    bia.say(tokens(range(5000)))
    ana.connection.next_data(table.now)
    ana.connection.sent(10)
    ana.connection.look(table.now + 5.1)
    assert not ana.connection.is_ending
    charge_to(table, 12)
    ana.connection.look(table.now + 5.1)
    assert ana.connection.is_over
    assert ana.connection.room is None
    assert table.budget.held()[Kind.BUFFERS] == 0
    assert table.tally.refused == {Reason.OVERLOADED: 1}
