import pytest
from hypothesis import given
from hypothesis import strategies as st

from sussurro_client import heads as module
from sussurro_client.heads import Heads
from sussurro_client.letter import MAX_HEADS, Head
from tests.wire.strategies import steady

ANA, BIA, EVE = (b"a" * 32, b"run-0001"), (b"b" * 32, b"run-0001"), (b"e" * 32, b"run-0001")


def digest(number: int) -> bytes:
    return number.to_bytes(32, "big")


def head(number: int, seq: int | None = None) -> Head:
    """Return the message of a number, which stands in the chunk of that number too."""
    return Head(number if seq is None else seq, digest(number))


def shown(*numbers: int) -> Heads:
    """Return what somebody knows who was shown these messages, each in its chunk."""
    heads = Heads()
    for number in numbers:
        heads.place(digest(number), number, number)
    return heads


# What we name.


def test_the_newest_of_each_run_is_named_once_the_oldest_first() -> None:
    heads = Heads()
    heads.lead(BIA, head(5))
    heads.lead(EVE, head(6))
    assert heads.take() == (head(5), head(6))
    assert heads.take() == ()


def test_a_later_message_of_a_run_stands_for_those_before_it() -> None:
    heads = Heads()
    for number in (5, 6, 7):
        heads.lead(BIA, head(number))
    assert heads.take() == (head(7),)


def test_what_somebody_named_need_not_be_named_again() -> None:
    heads = Heads()
    heads.lead(BIA, head(5))
    heads.lead(EVE, head(6))
    heads.lead(ANA, head(7), seen=[head(5)])
    assert heads.take() == (head(6), head(7))


def test_what_was_named_is_not_dropped_by_the_next_of_its_run() -> None:
    heads = Heads()
    heads.lead(BIA, head(5))
    heads.take()
    heads.lead(BIA, head(6))
    assert heads.take() == (head(6),)


def test_runs_of_one_member_are_named_apart() -> None:
    heads = Heads()
    heads.lead(BIA, head(5))
    heads.lead((BIA[0], b"run-0002"), head(6))
    assert heads.take() == (head(5), head(6))


def test_more_than_a_message_can_name_is_named_by_the_next_one() -> None:
    heads = Heads()
    for number in range(MAX_HEADS + 3):
        heads.lead((digest(number), b"run-0001"), head(number))
    assert heads.take() == tuple(map(head, range(MAX_HEADS)))
    assert heads.take() == tuple(map(head, range(MAX_HEADS, MAX_HEADS + 3)))


@steady
@given(
    st.lists(st.tuples(st.integers(0, 4), st.lists(st.integers(0, 60), max_size=3)), max_size=60)
)
def test_all_that_was_shown_is_vouched_for(said: list[tuple[int, list[int]]]) -> None:
    """Whatever was shown is named by us, or by what is named, or is before it in its run."""
    heads, before, vouched = Heads(), dict[int, int](), dict[int, set[int]]()
    for number, (who, seen) in enumerate(said):
        older = {each for each in seen if each < number}
        heads.lead((digest(who), b"run-0001"), head(number), map(head, older))
        vouched[number] = older | ({before[who]} if who in before else set())
        before[who] = number
    named = [taken.seq for _ in range(10) for taken in heads.take()]
    reached = set[int]()
    while named:
        number = named.pop()
        reached.add(number)
        named += vouched[number] - reached
    assert reached == set(range(len(said)))


# What others name.


def test_who_saw_what_we_were_shown_where_we_were_shown_it_does_not_differ() -> None:
    assert not shown(5, 6).differs([head(5), head(6)])


def test_who_saw_nothing_does_not_differ() -> None:
    assert not shown(5).differs([])


def test_who_saw_what_we_were_not_shown_differs() -> None:
    assert shown(5).differs([head(5), head(6)])


@pytest.mark.parametrize("seq", [4, 6])
def test_who_saw_it_in_another_place_differs(seq: int) -> None:
    assert shown(5).differs([head(5, seq)])


def test_the_same_difference_is_told_once() -> None:
    heads = shown(5)
    assert heads.differs([head(6)])
    assert not heads.differs([head(6)])
    assert heads.differs([head(6, 7)]), "this is another one"


def test_what_is_from_before_our_time_is_not_ours_to_know() -> None:
    heads = Heads()
    heads.since = 10
    assert not heads.differs([head(9)])
    assert heads.differs([head(10)])


def test_what_stands_in_two_chunks_may_be_named_in_either() -> None:
    heads = Heads()
    heads.place(digest(1), 5, 5)
    heads.place(digest(1), 9, 9)
    assert not heads.differs([head(1, 5), head(1, 9)])
    assert heads.differs([head(1, 4)])
    assert heads.differs([head(1, 10)])


def test_what_we_said_may_be_anywhere_until_it_is_acknowledged() -> None:
    heads = Heads()
    heads.expect(digest(1))
    assert not heads.differs([head(1, 5), head(1, 900)])
    heads.place(digest(1), 5, 7)
    assert not heads.differs([head(1, 5), head(1, 6), head(1, 7)])
    assert heads.differs([head(1, 8)])


def test_when_the_log_begins_anew_places_mean_nothing_any_more() -> None:
    heads = shown(5)
    heads.lead(BIA, head(5))
    heads.restart()
    assert heads.take() == ()
    heads.place(digest(5), 1, 1)
    assert not heads.differs([head(5, 1)])
    assert heads.differs([head(5, 5)])


# Bounds.


def test_places_that_are_forgotten_are_from_before_our_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_MAX_PLACES", 10)
    heads = shown(*range(1, 31))
    assert len(heads._places) == 10
    assert heads.since == 21
    assert not heads.differs(map(head, range(1, 31)))
    assert heads.differs([head(99)])


def test_a_message_of_our_own_that_is_forgotten_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_MAX_PLACES", 10)
    heads = Heads()
    heads.expect(digest(99))
    for number in range(1, 11):
        heads.place(digest(number), number, number)
    assert heads.since == 0


def test_runs_without_end_take_no_memory_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MAX_HEADS_KEPT", 10)
    heads = Heads()
    for number in range(50):
        heads.lead((digest(number), b"run-0001"), head(number))
    assert len(heads._heads) == len(heads._head_of) == 10
    assert heads.take()[0] == head(40), "the oldest are not named any more"


def test_differences_without_end_take_no_memory_without_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_MAX_TOLD", 10)
    heads = Heads()
    assert all(heads.differs([head(number)]) for number in range(50))
    assert len(heads._told) == 10
    assert not heads.differs([head(49)])
