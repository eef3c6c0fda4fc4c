from sussurro_relay.connection import _PAST_MESSAGES
from sussurro_wire.errors import Reason
from sussurro_wire.messages import (
    Ack,
    At,
    Bye,
    Count,
    Gone,
    Here,
    Leave,
    Past,
    PastEnd,
    Who,
    WhoEnd,
)
from tests.relay.table import Table, entered, farewell, lines_in
from tests.support.relay import CARD, token, tokens


def test_from_last_and_neither_begin_where_they_say() -> None:
    table = Table()
    ana = entered(table, "ana")
    for number in range(10):
        ana.say(token(number))
    seq = next(event.seq for event in ana.hear()[-1:] if isinstance(event, Ack))
    for where, first in (({"from_seq": seq - 3}, 6), ({"last": 3}, 7), ({}, 10)):
        heard = table.enter("bia", **where).hear()[1:]
        assert lines_in(heard) == tokens(range(first, 10))
    seqs = [event.seq for event in table.enter("caio", last=2).hear() if isinstance(event, At)]
    assert seqs == [seq - 1, seq]


def test_a_client_from_another_log_is_sent_what_comes_from_now_on() -> None:
    """Its FROM may be far above this log's head: another relay, or a clock set back."""
    table = Table()
    ana = entered(table, "ana")
    bia = entered(table, "bia", from_seq=2**62)
    ana.say(token(1))
    bia.say(token(2))
    heard = bia.hear()
    assert lines_in(heard) == token(1)
    assert heard[-1] == Ack(1, heard[-1].seq if isinstance(heard[-1], Ack) else 0)


def test_the_past_is_answered_oldest_first_and_closed_by_its_first_chunk() -> None:
    table = Table()
    ana = entered(table, "ana")
    for number in range(10):
        ana.say(token(number))
    bia = table.enter("bia")
    next_seq = bia.hear_welcome().next_seq
    bia.say(Past(next_seq, 3))
    heard = bia.hear()
    assert lines_in(heard) == tokens(range(7, 10))
    assert heard[-1] == PastEnd(next_seq - 3)
    bia.say(Past(next_seq - 10, 3))
    assert bia.hear() == [PastEnd(0)]


def test_no_past_is_larger_than_the_relay_gives_at_once() -> None:
    table = Table()
    ana = entered(table, "ana")
    for number in range(_PAST_MESSAGES + 50):
        ana.say(token(number))
        ana.hear()
    bia = table.enter("bia")
    bia.say(Past(bia.hear_welcome().next_seq, 2**62))
    assert lines_in(bia.hear()).count(b"\n") == _PAST_MESSAGES


def test_who_falls_behind_the_window_reads_the_log_and_misses_and_doubles_nothing() -> None:
    table = Table(window_bytes=2000)
    ana, bia = entered(table, "ana"), entered(table, "bia")
    bia.say(token(999))
    for number in range(300):
        ana.say(token(number))
        ana.hear()
    heard = bia.hear()
    assert lines_in(heard) == tokens(range(300))
    assert sum(isinstance(event, Ack) for event in heard) == 1
    ana.say(token(300))
    assert lines_in(bia.hear()) == token(300)


def test_who_falls_behind_everything_that_is_kept_is_told_that_it_lagged() -> None:
    table = Table(window_bytes=2000, kept_bytes=2000)
    ana, bia = entered(table, "ana"), entered(table, "bia")
    for number in range(300):
        ana.say(token(number))
        ana.hear()
    assert farewell(bia) == Bye(Reason.LAGGED)
    assert table.tally.refused == {Reason.LAGGED: 1}
    assert ana.hear()[-1] == Gone("bia", Reason.LAGGED)


def test_arrivals_and_departures_are_told_to_who_was_here_before() -> None:
    table = Table()
    ana, bia = entered(table, "ana"), entered(table, "bia")
    bia.say(Leave())
    assert farewell(bia) == Bye(Reason.LEFT)
    assert ana.hear() == [Here("bia", CARD), Gone("bia", "left")]
    bia.connection.closed()
    assert ana.hear() == []


def test_a_connection_that_breaks_is_told_as_lost() -> None:
    table = Table()
    ana, bia = entered(table, "ana"), entered(table, "bia")
    ana.hear()
    bia.connection.closed()
    assert ana.hear() == [Gone("bia", "lost")]


def test_in_a_large_room_only_the_count_is_told() -> None:
    table = Table(presence_limit=1)
    ana = entered(table, "ana")
    seats = [entered(table, f"s{number}") for number in range(4)]
    seats[0].connection.closed()
    assert ana.hear() == []
    table.hub.push_counts()
    assert ana.hear() == [Count(4)]


def test_who_asks_is_told_everybody_itself_among_them() -> None:
    table = Table()
    entered(table, "ana")
    bia = entered(table, "bia")
    bia.say(Who())
    assert bia.hear() == [Here("ana", CARD), Here("bia", CARD), WhoEnd(2)]
