import pytest

from sussurro_relay.connection import _REPLIES_LIMIT, Terms
from sussurro_wire.chunk import Chunk
from sussurro_wire.codec import encode
from sussurro_wire.errors import Reason
from sussurro_wire.messages import (
    Ack,
    Bye,
    Leave,
    Past,
    Ping,
    Pong,
    Who,
    WhoEnd,
)
from tests.relay.table import NONCE, Table, entered, farewell, lines_in
from tests.support.relay import RoomSecret, token, tokens


def test_what_was_said_before_leaving_is_acknowledged_before_the_goodbye() -> None:
    table = Table()
    ana, bia = entered(table, "ana"), entered(table, "bia")
    bia.send_raw(tokens(range(5)) + b"TT\n")
    heard = bia.hear()
    assert isinstance(heard[-2], Ack)
    assert heard[-2].count == 5
    assert heard[-1] == Bye(Reason.LEFT)
    assert lines_in(ana.hear()) == tokens(range(5))
    assert not table.tally.refused


def test_nothing_is_taken_after_the_goodbye() -> None:
    table = Table()
    ana, bia = entered(table, "ana"), entered(table, "bia")
    ana.hear()
    bia.send_raw(b"TT\n" + token(1))
    bia.send_raw(token(2))
    assert lines_in(ana.hear()) == b""
    assert farewell(bia).reason == Reason.LEFT


def test_a_room_is_given_back_by_everybody_who_had_it() -> None:
    table = Table()
    seats = [entered(table, f"s{number}") for number in range(20)]
    assert len(table.hub) == 1
    for number, seat in enumerate(seats):
        if number % 2:
            seat.say(Leave())
            seat.hear()
        seat.connection.closed()
    assert len(table.hub) == 0


def test_a_goodbye_at_the_end_of_the_relay_says_when_to_come_back() -> None:
    table = Table()
    ana = entered(table, "ana")
    ana.say(token(1))
    ana.connection.end(Reason.DRAIN, table.now, 7)
    ack, bye = ana.hear()
    assert isinstance(ack, Ack)
    assert bye == Bye(Reason.DRAIN, 7)


def test_who_does_not_join_in_time_is_sent_away() -> None:
    table = Table()
    seat = table.connect("ana")
    seat.hear()
    seat.connection.look(table.now + 9.9)
    assert seat.hear() == []
    seat.connection.look(table.now + 10.1)
    assert farewell(seat) == Bye(Reason.HANDSHAKE_TIMEOUT)


def test_a_trickle_of_bytes_does_not_make_the_handshake_longer() -> None:
    table = Table()
    seat = table.connect("ana")
    seat.hear()
    for byte in b"JOIN aaaa":
        table.now += 1.2
        seat.send_raw(bytes([byte]))
        seat.connection.look(table.now)
    assert farewell(seat) == Bye(Reason.HANDSHAKE_TIMEOUT)


def test_who_is_silent_is_asked_once_and_then_sent_away() -> None:
    table = Table()
    ana = entered(table, "ana")
    start = table.now
    for seconds in (19, 21, 25, 39):
        ana.connection.look(start + seconds)
    assert ana.hear() == [Ping("alive")]
    ana.connection.look(start + 41)
    assert farewell(ana) == Bye(Reason.TIMEOUT)


def test_who_answers_stays_and_is_asked_again() -> None:
    table = Table()
    ana = entered(table, "ana")
    for _ in range(5):
        table.now += 21
        ana.connection.look(table.now)
        assert ana.hear() == [Ping("alive")]
        ana.say(Pong("alive"))
    ana.connection.look(table.now + 19)
    assert ana.hear() == []


def test_who_does_not_read_its_goodbye_is_cut_off_a_little_later() -> None:
    table = Table()
    ana = entered(table, "ana")
    ana.connection.end(Reason.TIMEOUT, table.now)
    assert not ana.connection.is_overdue(table.now + 4.9)
    assert ana.connection.is_overdue(table.now + 5.1)


def test_a_sender_over_its_rate_is_not_listened_to_until_it_is_due_again() -> None:
    table = Table(terms=Terms(128 * 1024, 1000, 10.0, 20.0))
    ana = entered(table, "ana")
    start = table.now
    ana.say(tokens(range(300)))
    assert not ana.connection.may_read(start)
    assert not ana.connection.may_read(start + 1)
    assert ana.connection.may_read(start + 10)
    assert isinstance(ana.hear()[-1], Ack)


def test_who_is_not_listened_to_for_its_rate_is_not_called_silent() -> None:
    table = Table(terms=Terms(128 * 1024, 1000, 10.0, 20.0))
    ana = entered(table, "ana")
    ana.say(tokens(range(6000)))
    ana.hear()
    start = table.now
    for seconds in range(90):
        ana.connection.look(start + seconds)
    assert ana.hear() == []
    assert not ana.connection.may_read(start + 90)


def test_who_asks_and_does_not_read_is_not_listened_to() -> None:
    table = Table()
    ana = entered(table, "ana")
    asked = 0
    while ana.connection.may_read(table.now):
        ana.say(Who())
        asked += 1
        assert asked * 20 < 2 * _REPLIES_LIMIT
    heard = ana.hear()
    assert sum(isinstance(event, WhoEnd) for event in heard) == asked
    assert ana.connection.may_read(table.now)


def test_who_asks_for_the_past_many_times_in_one_breath_holds_one_answer_in_memory() -> None:
    table = Table()
    ana = entered(table, "ana")
    for number in range(20):
        ana.say(token(number, 20_000))
        ana.hear()
    for _ in range(500):
        ana.say(Past(2**62, 1000))
    assert not ana.connection.may_read(table.now)
    most = 0
    answers = 0
    while data := ana.next_data():
        most = max(most, ana.connection._outgoing.replies_size)
        answers += data.count(b"\nPAST ")
        ana.connection.sent(len(data))
    assert answers == 500
    assert most <= 300_000
    assert ana.connection.may_read(table.now)


def test_who_sends_faster_than_the_log_keeps_is_not_listened_to() -> None:
    table = Table()
    ana = entered(table, "ana")
    assert ana.connection._cursor is not None
    for number in range(50):
        ana.connection._cursor.hand_over(Chunk(token(number, 100_000), 1))
    assert not ana.connection.may_read(table.now)


def test_bytes_and_tokens_are_counted_as_they_come_and_go() -> None:
    table = Table()
    ana, bia = entered(table, "ana"), entered(table, "bia")
    before = table.tally.bytes_in
    ana.say(tokens(range(4)))
    assert table.tally.bytes_in - before == len(tokens(range(4)))
    for seat in (ana, bia):
        seat.hear()
    assert (table.tally.frames_in, table.tally.frames_out) == (4, 4)
    assert table.tally.bytes_out == len(ana.raw) + len(bia.raw)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (b"hello\n", Reason.MALFORMED),
        (token(1), Reason.UNEXPECTED),
        (b"x" * 5000, Reason.LINE_TOO_LONG),
        (encode(RoomSecret(2).join("YW5vdGhlcg")), Reason.BAD_PROOF),
        (encode(RoomSecret(3).join(NONCE)), Reason.ROOM_REFUSED),
        (b"", Reason.HANDSHAKE_TIMEOUT),
    ],
)
def test_every_refusal_is_told_once_and_counted_once(said: bytes, reason: Reason) -> None:
    table = Table(rooms=frozenset({RoomSecret(1).room, RoomSecret(2).room}))
    eve = table.connect("eve")
    eve.send_raw(said)
    for seconds in (10.5, 11.5):
        eve.connection.look(table.now + seconds)
        eve.send_raw(said)
    assert farewell(eve) == Bye(reason)
    eve.connection.closed()
    assert table.tally.refused == {reason: 1}
    assert not any(table.budget.held().values())
