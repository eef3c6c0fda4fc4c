import pytest

from sussurro_client import witness as module
from sussurro_client.letter import MAX_HEADS, Head
from sussurro_client.witness import Witness

OF_ANOTHER = 1000


def digest(number: int) -> bytes:
    return number.to_bytes(32, "big")


def named(number: int, seq: int | None = None) -> Head:
    return Head(number if seq is None else seq, digest(number))


def reached(seq: int) -> Head:
    """Return what somebody names who has seen somebody else's message in a chunk."""
    return Head(seq, digest(OF_ANOTHER + seq))


def said(*numbers: int) -> Witness:
    """Return a witness of what we said, each acknowledged in the chunk of its number."""
    witness = Witness()
    for number in numbers:
        witness.expect(digest(number))
    for number in numbers:
        witness.place(digest(number), number, number)
    return witness


def test_who_saw_something_later_and_not_what_we_said_was_denied_it() -> None:
    assert said(5).misses([reached(6)], since=1)


def test_the_same_is_told_once() -> None:
    witness = said(5)
    assert witness.misses([reached(6)], since=1)
    assert not witness.misses([reached(6)], since=1)


def test_who_names_what_we_said_was_shown_it() -> None:
    witness = said(5)
    assert not witness.misses([named(5), reached(6)], since=1)
    assert not witness.misses([reached(9)], since=1), "one who names it speaks for all"


def test_who_names_a_later_message_of_ours_was_shown_those_before_it() -> None:
    witness = said(5, 7, 9)
    assert not witness.misses([named(7)], since=1)
    assert not witness.misses([reached(8)], since=1)
    assert witness.misses([reached(10)], since=1), "the one after it is not named yet"


def test_who_names_no_more_than_it_may_keeps_our_latest_word_for_the_next_time() -> None:
    loud = [reached(seq) for seq in range(6, 6 + MAX_HEADS)]
    assert not said(5, 30).misses(loud, since=1), "it may have kept the one in 30 instead"
    assert said(5, 30).misses(loud[:-1], since=1), "there was room for it"
    assert said(5).misses(loud, since=1), "nothing is in its place"
    waiting = said(5)
    waiting.expect(digest(31))
    assert not waiting.misses(loud, since=1), "what is not acknowledged may be anywhere"


def test_who_has_not_got_so_far_was_denied_nothing() -> None:
    assert not said(5).misses([reached(4)], since=1)
    assert not said(5).misses([reached(5)], since=1), "two may stand in one chunk"
    assert not said(5).misses([], since=1)


def test_who_came_later_was_denied_nothing() -> None:
    assert not said(5).misses([reached(6)], since=6)
    assert said(5).misses([reached(6)], since=5)


def test_what_is_not_acknowledged_is_nowhere_yet() -> None:
    witness = Witness()
    witness.expect(digest(5))
    assert not witness.misses([reached(900)], since=1)
    witness.place(digest(5), 5, 5)
    assert witness.misses([reached(900)], since=1)


def test_what_may_stand_in_more_than_one_chunk_must_be_seen_after_the_last() -> None:
    witness = Witness()
    witness.expect(digest(5))
    witness.place(digest(5), 5, 9)
    assert not witness.misses([reached(9)], since=1)
    assert not witness.misses([reached(10)], since=6), "who came at 6 may have missed it at 5"
    assert witness.misses([reached(10)], since=5)


def test_a_second_copy_moves_the_place_and_no_other_message_has_one() -> None:
    witness = said(5)
    witness.place(digest(5), 9, 9)
    witness.place(digest(6), 6, 6)
    assert not witness.misses([reached(9)], since=1)
    assert not witness.misses([reached(10)], since=6), "who came at 6 may have missed it at 5"
    assert witness.misses([reached(10)], since=1)
    assert not witness.misses([reached(10)], since=1)


def test_what_is_named_again_or_by_nobody_of_ours_changes_nothing() -> None:
    witness = said(5)
    assert not witness.misses([named(5)], since=1)
    assert not witness.misses([named(5), named(77)], since=1)


def test_when_the_log_begins_anew_nobody_was_denied_anything() -> None:
    witness = said(5)
    witness.forget()
    assert not witness.misses([reached(900)], since=1)


def test_memory_is_bounded_by_the_oldest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MAX_UNNAMED", 10)
    witness = said(*range(1, 51))
    assert len(witness._unnamed) == 10
    assert not witness.misses([reached(41)], since=1), "up to 40 they are forgotten"
    assert witness.misses([reached(42)], since=1)
