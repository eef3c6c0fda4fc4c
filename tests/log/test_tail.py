"""The newest messages of a room that is followed."""

from sussurro_relay.log import Query, Record
from sussurro_relay.log.parcel import first_seq, last_seq
from sussurro_relay.log.tail import Tail


def records(number: int, count: int) -> list[Record]:
    return [Record("room", first_seq(number) + i, "ana", 1, b"gAAAA\n") for i in range(count)]


def tail_from(after: int, *numbers: int) -> Tail:
    tail = Tail()
    tail.after = after
    for number in numbers:
        tail.add(records(number, 2))
    return tail


def test_a_page_after_what_came_before_the_tail_is_found_in_it() -> None:
    tail = tail_from(5, 6, 9)
    page = tail.page(Query("room", after=last_seq(5)), 0, last_seq(9))
    assert page
    assert [record.seq for record in page.records] == [r.seq for r in tail.records]
    assert page.complete


def test_a_page_from_further_back_is_not_found() -> None:
    assert tail_from(5, 6).page(Query("room", after=first_seq(5)), 0, last_seq(6)) is None
    assert tail_from(5, 6).page(Query("room", messages=3), 0, last_seq(6)) is None
    assert tail_from(5, 6).page(Query("room", messages=1, before=first_seq(7)), 0, 9) is None


def test_the_last_messages_are_found_where_there_are_enough() -> None:
    page = tail_from(5, 6, 9).page(Query("room", messages=3), 0, last_seq(9))
    assert page
    assert [record.seq for record in page.records] == [
        first_seq(6) + 1,
        first_seq(9),
        first_seq(9) + 1,
    ]


def test_it_shrinks_by_whole_messages_and_stands_on_the_last_that_went() -> None:
    tail = tail_from(5, 6, 9, 11)
    tail.shrink(tail.size - 1)
    assert tail.after == 6
    assert len(tail.records) == 4
    tail.shrink(0)
    assert (tail.after, tail.size, len(tail.records)) == (11, 0, 0)
