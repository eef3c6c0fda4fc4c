import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sussurro_wire.chunk import Chunk
from sussurro_wire.codec import encode
from sussurro_wire.errors import Reason, WireError
from sussurro_wire.limits import MAX_VERB_LINE
from sussurro_wire.messages import At, Bye, Hello, Join, Leave, Message, Ping, Side, Welcome, Who
from sussurro_wire.protocol import _TRANSITIONS, Event, Protocol, State
from tests.wire.link import EXAMPLES, SCRIPT, Link, hear, merged, other, protocol_in, said, say
from tests.wire.strategies import cut, in_the_room, places_to_cut, steady, streams, tokens

_TURNS = [
    pytest.param(state, speaker, event, id=f"{state.name}-{speaker}-{type(event).__name__}")
    for state, speaker, event in itertools.product(State, Side, EXAMPLES)
]


def _bytes_of(event: Event) -> bytes:
    return event.lines if isinstance(event, Chunk) else encode(event)


@pytest.mark.parametrize(("state", "speaker", "event"), _TURNS)
def test_a_side_says_what_the_table_lets_it_say_and_nothing_else(
    state: State, speaker: Side, event: Event
) -> None:
    following = _TRANSITIONS.get((state, speaker), {}).get(type(event))
    protocol = protocol_in(state, speaker)
    if following is None:
        with pytest.raises(WireError) as caught:
            say(protocol, event)
        assert caught.value.reason is Reason.UNEXPECTED
    else:
        assert say(protocol, event) == _bytes_of(event)
    assert protocol.state is (following or state)


@pytest.mark.parametrize(("state", "speaker", "event"), _TURNS)
def test_a_side_hears_what_the_table_lets_the_other_say_and_nothing_else(
    state: State, speaker: Side, event: Event
) -> None:
    following = _TRANSITIONS.get((state, speaker), {}).get(type(event))
    protocol = protocol_in(state, other(speaker))
    heard, fault = hear(protocol, [_bytes_of(event)])
    assert heard == ([] if following is None else [event])
    # What a side never says, in any state, is no message of its at all.
    assert (fault is None) == (following is not None)
    assert fault in {None, Reason.UNEXPECTED, Reason.MALFORMED}
    assert protocol.state is (following or state)


@pytest.mark.parametrize("side", list(Side))
def test_a_well_formed_message_out_of_turn_is_unexpected_and_not_malformed(side: Side) -> None:
    late = {Side.CLIENT: b"JOIN cm9vbQ cHJvb2Y gAAAAAcard\n", Side.RELAY: b"SUSSURRO 1 bm9uY2U\n"}
    assert hear(protocol_in(State.OPEN, other(side)), [late[side]]) == ([], Reason.UNEXPECTED)


@pytest.mark.parametrize("sizes", [[1], [2], [3, 1, 7], [1023, 1024], [1_000_000]])
def test_a_whole_conversation_through_pieces_of_any_size(sizes: list[int]) -> None:
    link = Link(sizes)
    for side, events in SCRIPT:
        link.say(side, *events)
    for side in Side:
        assert merged(link.heard[other(side)]) == said(side)
        assert link.sides[side].state is State.CLOSED


@steady
@given(st.lists(st.integers(1, 90), min_size=1, max_size=20))
def test_a_whole_conversation_through_pieces_cut_anywhere(sizes: list[int]) -> None:
    link = Link(sizes)
    for side, events in SCRIPT:
        link.say(side, *events)
    assert {side: merged(link.heard[other(side)]) for side in Side} == {
        side: said(side) for side in Side
    }


def _chunk(made: list[bytes]) -> Chunk:
    return Chunk(b"".join(token + b"\n" for token in made), len(made))


_chunks = st.lists(tokens, min_size=1, max_size=5).map(_chunk)


@steady
@given(st.data(), st.sampled_from(list(Side)), places_to_cut)
def test_tokens_mixed_with_verbs_arrive_as_said_wherever_the_stream_is_cut(
    data: st.DataObject, speaker: Side, places: list[int]
) -> None:
    events: list[Event] = data.draw(st.lists(_chunks | in_the_room[speaker], max_size=12))
    talker = protocol_in(State.OPEN, speaker)
    stream = b"".join(say(talker, event) for event in events)
    listener = protocol_in(State.OPEN, other(speaker))
    assert hear(listener, cut(stream, places)) == (merged(events), None)


@steady
@given(st.sampled_from(list(Side)), st.sampled_from(list(State)), streams, places_to_cut)
def test_any_bytes_are_heard_alike_however_they_were_cut(
    side: Side, state: State, stream: bytes, places: list[int]
) -> None:
    """Neither the events nor the fault depend on where the network cut the stream."""
    limit = 64
    whole = protocol_in(state, side, max_line=limit)
    pieces = protocol_in(state, side, max_line=limit)
    assert hear(whole, [stream]) == hear(pieces, cut(stream, places))
    assert whole.state is pieces.state


@steady
@given(st.sampled_from(list(Side)), st.sampled_from(list(State)), st.binary(max_size=400))
def test_any_bytes_are_events_or_a_wire_error_and_never_another_exception(
    side: Side, state: State, stream: bytes
) -> None:
    heard, fault = hear(protocol_in(state, side), [stream, b"\n"])
    assert fault is not None or b"".join(map(_bytes_of, heard)) == stream + b"\n"


_TOKEN = b"gAAAA" + b"x" * 2000 + b"==\n"


def test_two_tokens_in_one_write_and_one_in_writes_of_a_byte_arrive_exactly_once() -> None:
    """A receive is no message: it may bring two of them, or a thousandth of one."""
    relay = protocol_in(State.OPEN, Side.RELAY)
    single = [bytes([byte]) for byte in _TOKEN]
    heard, fault = hear(relay, [_TOKEN + _TOKEN, *single])
    assert (heard, fault) == ([Chunk(_TOKEN * 3, 3)], None)


def test_tokens_of_one_write_are_one_chunk() -> None:
    heard: list[Event] = []
    protocol_in(State.OPEN, Side.RELAY).receive(_TOKEN * 5, heard.append)
    assert heard == [Chunk(_TOKEN * 5, 5)]


def test_tokens_around_a_verb_stay_in_their_places() -> None:
    relay = protocol_in(State.OPEN, Side.RELAY)
    heard, fault = hear(relay, [_TOKEN + b"WHO\n" + _TOKEN * 2 + b"PING a\nTT\n"])
    assert heard == [Chunk(_TOKEN, 1), Who(), Chunk(_TOKEN * 2, 2), Ping("a"), Leave()]
    assert fault is None


@pytest.mark.parametrize(
    "fault",
    [b"gAAAAAa=gAAAAAb=\n", b"gAAAAAa!\n", b"Ol\xc3\xa1!\n", b"\n", b"gAAA\n", b"tt\n", b"TT \n"],
)
@pytest.mark.parametrize("before", [1, 2, 7])
def test_what_came_before_a_fault_is_heard_and_what_came_after_is_not(
    before: int, fault: bytes
) -> None:
    relay = protocol_in(State.OPEN, Side.RELAY)
    heard, reason = hear(relay, [_TOKEN * before + fault + _TOKEN * 3])
    assert heard == [Chunk(_TOKEN * before, before)]
    assert reason is Reason.MALFORMED


def test_a_fault_late_in_a_large_write_leaves_few_chunks() -> None:
    """A sender of garbage must not turn one write into thousands of log entries."""
    heard: list[Event] = []
    with pytest.raises(WireError):
        protocol_in(State.OPEN, Side.RELAY).receive(b"gAAAAx\n" * 8191 + b"!\n", heard.append)
    assert merged(heard) == [Chunk(b"gAAAAx\n" * 8191, 8191)]
    heard.clear()
    with pytest.raises(WireError):
        protocol_in(State.OPEN, Side.RELAY).receive(b"gAAAAx\n" * 8191 + b"gAAAA=x\n", heard.append)
    assert merged(heard) == [Chunk(b"gAAAAx\n" * 8191, 8191)]
    assert len(heard) <= 13


@pytest.mark.parametrize("start", [b"x", b"gAAAA", b"PING "])
@pytest.mark.parametrize("end", [b"", b"\n", b"\nPING b\n"])
def test_a_line_over_the_limit_is_refused_and_the_lines_before_it_are_heard(
    start: bytes, end: bytes
) -> None:
    relay = protocol_in(State.OPEN, Side.RELAY, max_line=5000)
    stream = b"PING a\ngAAAAx\n" + start.ljust(5001, b"x") + end
    assert hear(relay, [stream]) == ([Ping("a"), Chunk(b"gAAAAx\n", 1)], Reason.LINE_TOO_LONG)


def test_a_line_that_never_ends_is_refused_at_the_limit_and_not_kept_further() -> None:
    relay = protocol_in(State.OPEN, Side.RELAY, max_line=10_000)
    heard, reason = hear(relay, [b"gAAAA", *[b"x" * 5] * 1999])
    assert (heard, reason) == ([], None)
    assert hear(relay, [b"x"]) == ([], Reason.LINE_TOO_LONG)


def test_a_token_of_exactly_the_limit_is_heard() -> None:
    token = b"gAAAA" + b"x" * 59 + b"\n"
    relay = protocol_in(State.OPEN, Side.RELAY, max_line=64)
    assert hear(relay, [token]) == ([Chunk(token, 1)], None)


def test_a_low_limit_for_tokens_leaves_room_for_every_verb() -> None:
    join = Join("r" * 43, "p" * 86, "gAAAA" + "c" * 4000)
    line = encode(join)
    relay = protocol_in(State.JOINING, Side.RELAY, max_line=64)
    assert hear(relay, [line[:-1], line[-1:]]) == ([join], None)


@pytest.mark.parametrize("lines", [b"", b"TT\n", b"gAAAAx", b"gAAAAx\nTT\n", b"gAAAA=gAAAA\n"])
def test_nobody_sends_as_tokens_what_is_none(lines: bytes) -> None:
    client = protocol_in(State.OPEN, Side.CLIENT)
    with pytest.raises(WireError) as caught:
        client.send_chunk(lines)
    assert caught.value.reason is Reason.MALFORMED


@pytest.mark.parametrize("text", [b"TT", b"TTgAAAA", b"WHO", b"NICK", b"exit"])
def test_a_command_word_inside_a_token_is_only_a_token(text: bytes) -> None:
    """Content never collides with commands: only a line of its own is one."""
    lines = b"gAAAA" + text + b"\ngAAAA-" + text + b"==\n"
    relay = protocol_in(State.OPEN, Side.RELAY)
    assert hear(relay, [lines]) == ([Chunk(lines, 2)], None)
    assert relay.state is State.OPEN


def test_a_relay_cannot_say_tt_for_somebody() -> None:
    client = protocol_in(State.OPEN, Side.CLIENT)
    assert hear(client, [b"TT\n"]) == ([], Reason.MALFORMED)
    assert client.state is State.OPEN


def test_an_answer_given_while_hearing_counts_for_the_rest_of_the_same_write() -> None:
    """A relay that lets a client in at once hears the tokens that came behind its JOIN."""
    relay = Protocol(Side.RELAY)
    relay.send(Hello(1, "bm9uY2U"))
    heard: list[Event] = []

    def handle(event: Event) -> None:
        heard.append(event)
        if isinstance(event, Join):
            relay.send(Welcome("s1", 1, 1, 1))

    relay.receive(b"JOIN cm9vbQ cHJvb2Y gAAAAAcard\n" + _TOKEN, handle)
    assert [type(event) for event in heard] == [Join, Chunk]


def test_what_is_under_way_still_arrives_after_tt() -> None:
    client = protocol_in(State.OPEN, Side.CLIENT)
    client.send(Leave())
    heard, fault = hear(client, [b"AT 4\n" + _TOKEN + b"PONG a\nBYE left\n"])
    assert [type(event).__name__ for event in heard] == ["At", "Chunk", "Pong", "Bye"]
    assert fault is None
    assert client.state is State.CLOSED


def test_after_bye_nothing_more_is_heard_from_the_relay() -> None:
    client = protocol_in(State.OPEN, Side.CLIENT)
    heard, fault = hear(client, [b"AT 4\nBYE drain 5\nAT 5\n"])
    assert heard == [At(4), Bye("drain", 5)]
    assert fault is Reason.UNEXPECTED


@pytest.mark.parametrize("message", [Ping("a"), Who()])
def test_a_refused_message_changes_nothing(message: Message) -> None:
    client = Protocol(Side.CLIENT)
    with pytest.raises(WireError):
        client.send(message)
    assert hear(client, [b"SUSSURRO 1 bm9uY2U\n"]) == ([Hello(1, "bm9uY2U")], None)


@pytest.mark.parametrize("state", [State.JOINING, State.ADMITTING, State.LEAVING])
@pytest.mark.parametrize("start", [b"gAAAA", b"JOIN "])
def test_who_may_not_say_tokens_gets_no_space_for_one(state: State, start: bytes) -> None:
    relay = protocol_in(state, Side.RELAY)
    assert hear(relay, [start + b"x" * (MAX_VERB_LINE - 5)]) == ([], None)
    assert hear(relay, [b"x"]) == ([], Reason.LINE_TOO_LONG)
    finished = protocol_in(state, Side.RELAY)
    assert hear(finished, [start + b"x" * MAX_VERB_LINE + b"\n"]) == ([], Reason.LINE_TOO_LONG)


def test_a_line_that_was_forgotten_holds_nothing() -> None:
    relay = protocol_in(State.OPEN, Side.RELAY)
    assert hear(relay, [_TOKEN[:1000]]) == ([], None)
    assert relay.unfinished_bytes == 1000
    relay.forget_unfinished()
    assert relay.unfinished_bytes == 0
