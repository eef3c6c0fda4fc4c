from hypothesis import given
from hypothesis import strategies as st

from sussurro_client.app.column import Column
from tests.wire.strategies import steady


def column(*heights: int) -> Column:
    made = Column()
    for height in heights:
        made.append(height)
    return made


def test_an_empty_column_has_no_rows() -> None:
    assert Column().height == 0
    assert list(Column().between(0, 10)) == []


def test_things_stand_one_below_the_other() -> None:
    made = column(2, 1, 3)
    assert made.height == 6
    assert [made.top(index) for index in range(4)] == [0, 2, 3, 6]
    assert [made.at(row) for row in range(7)] == [0, 0, 1, 2, 2, 2, 3]


def test_what_stands_between_two_rows_is_all_that_has_one_of_them() -> None:
    made = column(2, 1, 3)
    assert list(made.between(1, 4)) == [0, 1, 2]
    assert list(made.between(2, 3)) == [1]
    assert list(made.between(5, 50)) == [2]
    assert list(made.between(6, 50)) == []


def test_what_is_measured_moves_what_stands_below_it() -> None:
    made = column(2, 1, 3)
    made.measure(1, 4)
    assert [made.top(index) for index in range(4)] == [0, 2, 6, 9]


def test_what_is_dropped_takes_its_rows_along() -> None:
    made = column(2, 1, 3)
    assert made.drop(2) == 3
    assert (made.height, made.at(0), made.at(3)) == (3, 0, 1)


def test_a_column_that_was_cleared_is_as_new() -> None:
    made = column(2, 1, 3)
    made.measure(0, 9)
    made.clear()
    made.append(4)
    assert made.height == 4


heights = st.integers(1, 5)
changes = st.one_of(
    heights.map(lambda height: ("append", height)),
    st.tuples(st.integers(0, 30), heights).map(lambda each: ("measure", *each)),
    st.integers(0, 3).map(lambda count: ("drop", count)),
)


@steady
@given(st.lists(changes, max_size=30))
def test_a_column_is_always_the_sum_of_its_heights(steps: list[tuple[object, ...]]) -> None:
    made, known = Column(), list[int]()
    for step in steps:
        match step:
            case ("append", int(height)):
                made.append(height)
                known.append(height)
            case ("measure", int(index), int(height)) if index < len(known):
                made.measure(index, height)
                known[index] = height
            case ("drop", int(count)):
                assert made.drop(min(count, len(known))) == sum(known[:count])
                del known[:count]
        rows = [index for index, height in enumerate(known) for _ in range(height)]
        assert made.height == len(rows)
        assert [made.at(row) for row in range(len(rows))] == rows
