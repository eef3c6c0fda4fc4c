import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sussurro_wire.errors import Reason, WireError
from sussurro_wire.limits import MAX_LINE
from sussurro_wire.lines import LineBuffer
from tests.wire.strategies import cut, places_to_cut, steady


def test_lines_come_out_with_their_line_feeds_as_one_piece() -> None:
    assert LineBuffer().feed(b"one\ntwo\n") == b"one\ntwo\n"


def test_an_unfinished_line_is_kept_until_its_line_feed_comes() -> None:
    buffer = LineBuffer()
    assert buffer.feed(b"one\ntw") == b"one\n"
    assert len(buffer) == 2
    assert buffer.feed(b"o") == b""
    assert buffer.feed(b"\nthree") == b"two\n"
    assert len(buffer) == 5


@pytest.mark.parametrize("size", [1, 2, 1023, 1024, 1025])
def test_a_line_arrives_exactly_once_whatever_the_size_of_its_pieces(size: int) -> None:
    """An unframed receive of a fixed size takes a part of a message for a message."""
    line = b"x" * 5000 + b"\n"
    buffer = LineBuffer()
    pieces = [buffer.feed(line[start : start + size]) for start in range(0, len(line), size)]
    assert [piece for piece in pieces if piece] == [line]


@steady
@given(
    st.lists(st.sampled_from([b"\n", b"a", b"\n\n", b"bc", b"\r", b"\0"])).map(b"".join),
    places_to_cut,
)
def test_any_cut_gives_the_same_lines_and_the_same_rest(data: bytes, places: list[int]) -> None:
    buffer = LineBuffer()
    complete = [buffer.feed(piece) for piece in cut(data, places)]
    assert b"".join(complete) == data[: data.rfind(b"\n") + 1]
    assert all(piece.endswith(b"\n") for piece in complete if piece)
    assert len(buffer) == len(data) - len(b"".join(complete))


def test_an_unfinished_line_may_reach_the_limit_and_no_more() -> None:
    buffer = LineBuffer(limit=10)
    buffer.feed(b"0123456789")
    buffer.check()
    buffer.feed(b"0")
    with pytest.raises(WireError) as caught:
        buffer.check()
    assert caught.value.reason is Reason.LINE_TOO_LONG


def test_the_lines_before_an_endless_one_are_not_lost_with_it() -> None:
    buffer = LineBuffer(limit=10)
    assert buffer.feed(b"whole\n" + b"x" * 11) == b"whole\n"
    with pytest.raises(WireError):
        buffer.check()


def test_a_line_sent_byte_by_byte_takes_little_more_memory_than_its_bytes() -> None:
    buffer = LineBuffer()
    for _ in range(MAX_LINE):
        buffer.feed(b"x")
    assert len(buffer) == MAX_LINE
    assert sum(map(sys.getsizeof, (buffer, buffer._tail))) < 1.25 * MAX_LINE


def test_memory_is_let_go_when_the_line_is_finished() -> None:
    buffer = LineBuffer()
    buffer.feed(b"x" * MAX_LINE)
    buffer.feed(b"\n")
    assert len(buffer) == 0
    assert buffer._tail is None
