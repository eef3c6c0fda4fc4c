from contextlib import suppress
from dataclasses import fields
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sussurro_wire.chunk import Chunk
from sussurro_wire.codec import _FORM_OF_KIND, decode, encode
from sussurro_wire.errors import Reason, WireError
from sussurro_wire.limits import MAX_CARD, MAX_NUMBER, MAX_PING_TEXT, MAX_VERB_LINE
from sussurro_wire.messages import At, Bye, Join, Message, Ping, Pong, Side
from tests.wire.link import EXAMPLES
from tests.wire.strategies import said_by, steady

_either = st.sampled_from(list(Side))
_said = _either.flatmap(lambda side: st.tuples(st.just(side), said_by[side]))


def _refusal(line: bytes, sender: Side) -> Reason:
    with pytest.raises(WireError) as caught:
        decode(line, sender)
    return caught.value.reason


def test_the_examples_are_one_of_each_kind_of_event() -> None:
    assert {type(example) for example in EXAMPLES} == {Chunk, *get_args(Message)}


@steady
@given(_said)
def test_every_message_comes_back_from_its_line(said: tuple[Side, Message]) -> None:
    side, message = said
    line = encode(message)
    assert line.isascii()
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert decode(line[:-1], side) == message


_words = st.sampled_from(["0", "1", "01", "7", "-1", "1_0", "9" * 18, "9" * 19, "9" * 20, "٣"])
_words |= st.sampled_from(
    ["left", "too-many", "gAAAA", "gAAAAAx", "gAAAAAx==", "FROM", "LAST", "é"]
)
_verbs = st.sampled_from([str(form.verb) for form in _FORM_OF_KIND.values()])
_nearly_verbs = st.builds(
    lambda verb, words: " ".join([verb, *words]).encode(), _verbs, st.lists(_words, max_size=6)
)


@steady
@given(st.binary(max_size=300) | _nearly_verbs, _either)
def test_any_bytes_are_a_message_that_encodes_to_them_or_a_wire_error(
    line: bytes, sender: Side
) -> None:
    """One line for each message: nothing can be said in two ways."""
    with suppress(WireError):
        assert encode(decode(line, sender)) == line + b"\n"


@steady
@given(_said, st.integers(0, 400), st.binary(min_size=1, max_size=1))
def test_a_changed_byte_gives_another_message_or_a_wire_error(
    said: tuple[Side, Message], place: int, byte: bytes
) -> None:
    side, message = said
    line = encode(message)[:-1]
    place %= len(line)
    changed = line[:place] + byte + line[place + 1 :]
    try:
        heard = decode(changed, side)
    except WireError:
        assert changed != line
    else:
        assert (heard == message) == (changed == line)


@pytest.mark.parametrize("message", EXAMPLES[1:], ids=lambda message: type(message).__name__)
def test_a_message_is_only_heard_from_the_side_that_says_it(message: Message) -> None:
    def heard_from(side: Side) -> Message | None:
        try:
            return decode(encode(message)[:-1], side)
        except WireError:
            return None

    speakers = [side for side in Side if heard_from(side) == message]
    assert len(speakers) == (2 if isinstance(message, Ping | Pong) else 1)


@pytest.mark.parametrize("message", EXAMPLES[1:], ids=lambda message: type(message).__name__)
@pytest.mark.parametrize("side", list(Side))
def test_a_space_a_word_or_another_line_end_more_is_refused(message: Message, side: Side) -> None:
    line = encode(message)[:-1]
    for changed in (line + b" ", b" " + line, line + b"\r", line + b"\0", line + b" more", b""):
        assert _refusal(changed, side) is Reason.MALFORMED
    if fields(message):
        assert _refusal(line.replace(b" ", b"  ", 1), side) is Reason.MALFORMED
        assert _refusal(line.replace(b" ", b"\t", 1), side) is Reason.MALFORMED


@pytest.mark.parametrize("line", [b"TT ", b"tt", b" TT", b"TT TT", b"TT\r", b"NICK x", b"exit()"])
def test_words_that_look_like_a_command_are_none(line: bytes) -> None:
    """Only the exact line leaves: a word in somebody's text must not end a chat."""
    assert _refusal(line, Side.CLIENT) is Reason.MALFORMED


@pytest.mark.parametrize("number", ["-1", "+1", "01", "00", "1.0", "1e3", "0x1", "1_0", "", "٣"])
def test_a_number_has_one_spelling(number: str) -> None:
    assert _refusal(f"AT {number}".encode(), Side.RELAY) is Reason.MALFORMED


def test_a_number_ends_below_two_to_the_sixty_third() -> None:
    assert decode(b"AT 9223372036854775807", Side.RELAY) == At(MAX_NUMBER)
    for number in (b"9223372036854775808", b"9" * 19, b"1" + b"0" * 4000):
        assert _refusal(b"AT " + number, Side.RELAY) is Reason.MALFORMED


def test_join_takes_from_or_last_and_not_both() -> None:
    line = b"JOIN cm9vbQ cHJvb2Y gAAAAAcard"
    room = ("cm9vbQ", "cHJvb2Y", "gAAAAAcard")
    assert decode(line, Side.CLIENT) == Join(*room)
    assert decode(line + b" FROM 0", Side.CLIENT) == Join(*room, from_seq=0)
    assert decode(line + b" LAST 0", Side.CLIENT) == Join(*room, last=0)
    for more in (b" FROM 1 LAST 1", b" LAST 1 FROM 1", b" FROM", b" LAST x", b" from 1", b" 1"):
        assert _refusal(line + more, Side.CLIENT) is Reason.MALFORMED


def test_a_card_has_its_limit() -> None:
    longest = f"gAAAA{'x' * (MAX_CARD - 7)}=="
    assert decode(f"HERE s1 {longest}".encode(), Side.RELAY)
    assert _refusal(f"HERE s1 {longest[:-2]}x==".encode(), Side.RELAY) is Reason.MALFORMED


def test_the_longest_join_fits_into_a_verb_line() -> None:
    card = f"gAAAA{'x' * (MAX_CARD - 7)}=="
    line = encode(Join("r" * 43, "p" * 86, card, from_seq=MAX_NUMBER))
    assert len(line) <= MAX_VERB_LINE
    assert decode(line[:-1], Side.CLIENT)


def test_a_verb_line_over_its_limit_is_refused_as_too_long() -> None:
    assert _refusal(b"JOIN " + b"x" * (MAX_VERB_LINE - 5), Side.CLIENT) is Reason.MALFORMED
    assert _refusal(b"JOIN " + b"x" * (MAX_VERB_LINE - 4), Side.CLIENT) is Reason.LINE_TOO_LONG


def test_the_text_of_a_ping_is_bounded_and_printable() -> None:
    assert decode(b"PING " + b"~" * MAX_PING_TEXT, Side.CLIENT) == Ping("~" * MAX_PING_TEXT)
    for text in (b"~" * (MAX_PING_TEXT + 1), b"", b"a b", b"\x1b[2J", "é".encode(), b"\x7f"):
        assert _refusal(b"PING " + text, Side.CLIENT) is Reason.MALFORMED


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_can_be_said(reason: Reason) -> None:
    assert decode(b"BYE " + reason.encode() + b" 5", Side.RELAY) == Bye(reason, 5)


def test_a_reason_of_a_later_version_is_still_read() -> None:
    assert decode(b"BYE some-new-reason", Side.RELAY) == Bye("some-new-reason")


@steady
@given(_said)
def test_a_fault_never_quotes_what_was_sent(said: tuple[Side, Message]) -> None:
    side, message = said
    secret = "Zq9" * 8
    with pytest.raises(WireError) as caught:
        decode(encode(message)[:-1] + b" " + secret.encode(), side)
    assert secret not in str(caught.value)
