import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sussurro_wire.chunk import Chunk
from sussurro_wire.errors import Reason
from sussurro_wire.limits import MAX_LINE
from sussurro_wire.messages import (
    Ack,
    At,
    Bye,
    Gone,
    Hello,
    Ping,
    Pong,
    Who,
    WhoEnd,
)
from tests.relay.table import NONCE, SECRET, Table, entered, farewell, lines_in
from tests.support.relay import CARD, RoomSecret, token, tokens


def test_the_relay_speaks_first_and_welcomes_who_holds_the_key() -> None:
    table = Table()
    seat = table.connect("ana")
    assert seat.hear() == [Hello(1, NONCE)]
    seat.say(SECRET.join(NONCE))
    welcome = seat.hear_welcome()
    assert (welcome.session, welcome.members) == ("ana", 1)
    assert welcome.oldest <= welcome.next_seq
    assert entered(table, "bia").connection.room is seat.connection.room


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\n", Reason.MALFORMED),
        (b"HELLO\n", Reason.MALFORMED),
        (b"tt\n", Reason.MALFORMED),
        (b"TT\r\n", Reason.MALFORMED),
        (b"JOIN a b\n", Reason.MALFORMED),
        (b"WHO\n", Reason.UNEXPECTED),
        (b"gAAAAA\n", Reason.UNEXPECTED),
        (b"PING a\n", Reason.UNEXPECTED),
        (b"x" * (MAX_LINE + 1), Reason.LINE_TOO_LONG),
    ],
)
def test_what_may_not_be_said_before_joining_ends_the_connection(
    data: bytes, reason: Reason
) -> None:
    table = Table()
    seat = table.connect("ana")
    seat.hear()
    seat.send_raw(data)
    assert farewell(seat) == Bye(reason)
    assert table.tally.refused == {reason: 1}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"gAAAA!\n", Reason.MALFORMED),
        (b"gAAAA=A\n", Reason.MALFORMED),
        (b"WHO \n", Reason.MALFORMED),
        (b"GONE ana left\n", Reason.MALFORMED),
        (b"PAST 01 5\n", Reason.MALFORMED),
        (b"JOIN cm9vbQ cHJvb2Y gAAAAAcard\n", Reason.UNEXPECTED),
        (b"gAAAA" + b"x" * MAX_LINE, Reason.LINE_TOO_LONG),
        (b"gAAAA" + b"x" * MAX_LINE + b"\n", Reason.LINE_TOO_LONG),
    ],
)
def test_what_may_not_be_said_in_a_room_ends_that_connection_and_no_other(
    data: bytes, reason: Reason
) -> None:
    table = Table()
    ana, bia = entered(table, "ana"), entered(table, "bia")
    ana.hear()
    bia.send_raw(token(1) + data)
    assert farewell(bia) == Bye(reason)
    assert table.tally.refused == {reason: 1}
    events = ana.hear()
    assert lines_in(events) == token(1)
    assert events[-1] == Gone("bia", reason)
    ana.say(token(2))
    assert isinstance(ana.hear()[-1], Ack)


@pytest.mark.parametrize(
    ("seed", "nonce", "card", "rooms", "reason"),
    [
        (2, NONCE, CARD, frozenset(), Reason.BAD_PROOF),
        (1, "YW5vdGhlcg", CARD, frozenset(), Reason.BAD_PROOF),
        (1, NONCE, "gAAAAAswapped", frozenset(), Reason.BAD_PROOF),
        (1, NONCE, CARD, frozenset({RoomSecret(3).room}), Reason.ROOM_REFUSED),
    ],
    ids=["wrong key", "wrong nonce", "swapped card", "room not on the list"],
)
def test_who_cannot_prove_the_key_or_asks_for_another_room_is_told_so(
    seed: int, nonce: str, card: str, rooms: frozenset[str], reason: Reason
) -> None:
    table = Table(rooms=rooms)
    seat = table.connect("eve")
    seat.hear()
    proof = RoomSecret(seed).join(nonce, card).proof
    seat.send_raw(f"JOIN {SECRET.room} {proof} {CARD}\n".encode())
    assert farewell(seat) == Bye(reason)
    assert table.tally.refused == {reason: 1}
    assert len(table.hub) == 0


def test_what_one_says_reaches_the_others_and_never_comes_back() -> None:
    table = Table()
    ana, bia = entered(table, "ana"), entered(table, "bia")
    ana.hear()
    ana.say(tokens(range(3)))
    assert bia.hear()[1:] == [Chunk(tokens(range(3)), 3)]
    (ack,) = ana.hear()
    assert isinstance(ack, Ack)
    assert ack.count == 3


def test_acknowledgements_count_all_tokens_of_the_connection_over_several_reads() -> None:
    table = Table()
    ana = entered(table, "ana")
    counts = []
    for number in range(1, 6):
        ana.say(tokens(range(number)))
        counts += [event.count for event in ana.hear() if isinstance(event, Ack)]
    assert counts == [1, 3, 6, 10, 15]


def test_tokens_in_pieces_of_one_byte_and_in_one_piece_arrive_once() -> None:
    table = Table()
    ana, bia = entered(table, "ana"), entered(table, "bia")
    for byte in tokens(range(3)):
        ana.send_raw(bytes([byte]))
    ana.send_raw(tokens(range(3, 6)))
    assert lines_in(bia.hear()) == tokens(range(6))
    assert table.tally.frames_in == table.tally.frames_out == 6


def test_an_acknowledgement_names_the_chunk_in_which_the_newest_token_stands() -> None:
    table = Table()
    ana, bia = entered(table, "ana"), entered(table, "bia")
    ana.hear()
    ana.say(token(1))
    bia.say(token(2))
    seqs = [event.seq for event in ana.hear() if isinstance(event, Ack | At)]
    assert seqs[1] == seqs[0] - 1


@pytest.mark.parametrize("piece", [1, 2, 7])
def test_a_verb_never_stands_inside_a_chunk_however_little_a_socket_takes(piece: int) -> None:
    table = Table()
    ana, bia = entered(table, "ana"), entered(table, "bia")
    for number in range(5):
        ana.say(tokens(range(10 * number, 10 * number + 10)))
        part = bia.next_data()[:3]
        bia.connection.sent(len(part))
        bia.raw += part
        bia._protocol.receive(part, lambda _: None)
        bia.say(Ping(f"p{number}"))
        bia.say(Who())
    heard = bia.hear(piece)
    text = bytes(bia.raw)
    assert lines_in(heard) == tokens(range(50))
    for number in range(5):
        assert tokens(range(10 * number, 10 * number + 10)) in text
        assert Pong(f"p{number}") in heard
    assert sum(isinstance(event, WhoEnd) for event in heard) == 5


@settings(derandomize=True, deadline=None, max_examples=100)
@given(st.lists(st.integers(1, 300), min_size=1, max_size=20), st.integers(1, 200))
def test_whatever_size_sends_have_the_same_bytes_go_out(counts: list[int], piece: int) -> None:
    table = Table()
    ana, bia = entered(table, "ana"), entered(table, "bia")
    everything, start = b"", 0
    for count in counts:
        lines = tokens(range(start, start + count))
        everything, start = everything + lines, start + count
        ana.say(lines)
        part = bia.next_data()[:piece]
        bia.connection.sent(len(part))
        bia.raw += part
    while data := bia.next_data()[:piece]:
        bia.connection.sent(len(data))
        bia.raw += data
    sent = [line for line in bytes(bia.raw).splitlines(keepends=True) if line.startswith(b"gA")]
    assert b"".join(sent) == everything
    assert table.tally.bytes_out >= len(everything)
    assert table.tally.frames_out == start
