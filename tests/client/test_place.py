import pytest

from sussurro_client.place import Place
from sussurro_wire.messages import Ack, Welcome


@pytest.fixture
def place() -> Place:
    """Return a place in a log in which chunk 5 was the next when we came."""
    entered = Place()
    connect(entered, 5)
    return entered


def connect(place: Place, next_seq: int) -> tuple[int | None, bool]:
    """Go in; return the chunk that was asked for, and whether it was the first time."""
    place.begin()
    return place.ask_again(), place.enter(Welcome("me", 1, next_seq, 1))


def test_who_never_came_in_asks_for_no_chunk_and_then_for_where_they_came_in() -> None:
    place = Place()
    assert connect(place, 5) == (None, True)
    assert connect(place, 9) == (5, False)


def test_what_is_below_the_first_welcome_is_history(place: Place) -> None:
    place.arrive(4)
    assert not place.is_live
    place.arrive(5)
    assert place.is_live


def test_history_goes_back_to_the_first_chunk_that_comes(place: Place) -> None:
    assert place.is_before_history
    place.arrive(2)
    assert not place.is_before_history


def test_no_history_comes_on_a_later_connection(place: Place) -> None:
    connect(place, 9)
    assert not place.is_before_history


def test_the_last_chunk_is_asked_for_again(place: Place) -> None:
    place.arrive(6)
    place.arrive(7)
    assert connect(place, 9) == (7, False)
    place.arrive(7)
    assert place.is_again
    place.arrive(8)
    assert not place.is_again


def test_history_does_not_move_back_where_we_take_up(place: Place) -> None:
    place.arrive(6)
    place.arrive(3)
    assert place.resume == 6


def test_a_chunk_that_may_have_been_cut_off_is_due_and_a_whole_one_is_not(place: Place) -> None:
    place.arrive(6)
    assert place.due == 6
    place.end_chunk()
    assert place.due == 7
    place.arrive(7)
    assert place.due == 7


def test_what_is_not_kept_is_skipped(place: Place) -> None:
    place.arrive(6)
    place.end_chunk()
    place.skip_to(20)
    assert (place.resume, place.due, place.has_begun) == (20, 20, False)


def test_numbers_that_rise_are_in_order(place: Place) -> None:
    assert [place.arrive(seq) for seq in (5, 6, 9)] == [False] * 3
    assert not place.acknowledge(Ack(1, 10))
    assert not place.arrive(11)


def test_numbers_that_fall_are_told_once_a_connection(place: Place) -> None:
    assert [place.arrive(seq) for seq in (6, 6, 5)] == [False, True, False]
    connect(place, 9)
    assert [place.arrive(seq) for seq in (6, 5)] == [False, True]


def test_what_comes_after_an_ack_stands_above_it(place: Place) -> None:
    place.acknowledge(Ack(1, 7))
    assert place.arrive(7)


def test_an_ack_stands_above_what_was_there_when_we_came_and_above_the_last_one(
    place: Place,
) -> None:
    assert place.acknowledge(Ack(1, 4))
    connect(place, 9)
    assert [place.acknowledge(Ack(1, seq)) for seq in (10, 10)] == [False, True]


def test_an_ack_of_nothing_says_no_place(place: Place) -> None:
    assert not place.acknowledge(Ack(0, 0))


def test_who_comes_back_is_not_sent_again_what_was_acknowledged(place: Place) -> None:
    place.acknowledge(Ack(1, 6))
    place.acknowledge(Ack(3, 9))
    assert place.due == 10, "the chunk of an ACK was ours, and whole"
    assert connect(place, 12) == (9, False)
    place.arrive(9)
    assert place.is_again


def test_an_ack_that_says_less_than_what_came_moves_nothing(place: Place) -> None:
    place.arrive(9)
    place.acknowledge(Ack(1, 7))
    assert (place.resume, place.due) == (9, 9)


@pytest.mark.parametrize("ack", [Ack(0, 9), Ack(1, 4)])
def test_an_ack_that_says_nothing_or_a_lie_moves_nothing(place: Place, ack: Ack) -> None:
    place.acknowledge(ack)
    assert (place.resume, place.due) == (5, 5)
