from sussurro_client.recollection import MAX_MARKS, Mark, Recollection
from tests.client.scenes import BIA, Voice

KEY, RUN = b"k" * 32, b"run-0001"


def mark(index: int, link: int = 1, run: bytes = RUN, key: bytes = KEY) -> Mark:
    return Mark(key, run, link, index)


def test_a_mark_says_which_token_a_letter_was() -> None:
    letter = Voice(BIA, RUN).letter("Oi", place=(3, 7))
    assert Mark.of(letter) == Mark(BIA.person.key, RUN, 3, 7)


def test_what_an_earlier_run_has_heard_is_a_replay_in_a_later_chunk() -> None:
    earlier = Recollection(40, [mark(5)])
    assert earlier.is_replay(mark(5), 41)
    assert earlier.is_replay(mark(1), 41)
    assert not earlier.is_replay(mark(6), 41), "it is new"


def test_what_an_earlier_run_has_heard_is_history_in_its_own_chunk() -> None:
    earlier = Recollection(40, [mark(5)])
    assert not earlier.is_replay(mark(5), 40)
    assert not earlier.is_replay(mark(5), 7)


def test_senders_runs_and_connections_are_remembered_apart() -> None:
    earlier = Recollection(40, [mark(5)])
    assert not earlier.is_replay(mark(5, link=2), 41)
    assert not earlier.is_replay(mark(5, run=b"run-0002"), 41)
    assert not earlier.is_replay(mark(5, key=b"e" * 32), 41)


def test_what_this_run_hears_is_not_its_own_replay() -> None:
    """The transcript judges it: this one only knows what was heard before the start."""
    now = Recollection(40, [mark(5)])
    now.note(mark(6), 41)
    assert not now.is_replay(mark(6), 42)
    assert now.is_replay(mark(5), 42)


def test_a_log_that_ends_before_what_was_heard_has_gone_back() -> None:
    earlier = Recollection(40)
    assert earlier.has_gone_back(40)
    assert earlier.has_gone_back(1)
    assert not earlier.has_gone_back(41)
    assert not earlier.has_gone_back(1000)


def test_nothing_has_gone_back_for_somebody_who_was_never_there() -> None:
    assert not Recollection().has_gone_back(1)


def test_the_last_token_of_each_connection_is_kept_the_newest_last() -> None:
    now = Recollection(40, [mark(5), mark(9, link=2)])
    now.note(mark(6), 41)
    now.note(mark(1, link=3), 42)
    now.note(mark(4), 43)
    assert now.marks() == (mark(9, link=2), mark(1, link=3), mark(6))
    assert now.position == 43


def test_the_position_is_the_last_chunk_whatever_order_they_came_in() -> None:
    now = Recollection(40)
    now.note(mark(1), 50)
    now.note(mark(2), 45)
    assert now.position == 50


def test_what_is_kept_is_what_a_later_run_knows() -> None:
    now = Recollection()
    now.note(mark(5), 40)
    later = Recollection(now.position, now.marks())
    assert later.is_replay(mark(5), 41)
    assert later.has_gone_back(40)


def test_there_is_something_to_keep_once_something_was_heard() -> None:
    now = Recollection(40, [mark(5)])
    assert not now.is_changed
    now.note(mark(6), 41)
    assert now.is_changed


def test_memory_is_bounded_by_what_was_heard_longest_ago() -> None:
    now = Recollection()
    now.note(mark(1, link=0), 1)
    now.note(mark(1, link=1), 1)
    for link in range(2, MAX_MARKS):
        now.note(mark(1, link=link), link)
    now.note(mark(2, link=0), 2)
    now.note(mark(1, link=MAX_MARKS), 3)
    kept = {each.link for each in now.marks()}
    assert len(kept) == MAX_MARKS
    assert 0 in kept
    assert 1 not in kept
