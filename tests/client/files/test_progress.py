import pytest
from hypothesis import given
from hypothesis import strategies as st

from sussurro_client.files.progress import Direction, Progress, State, percent_of, progress_bar


@pytest.mark.parametrize(
    ("done", "total", "bar"),
    [
        (0, 10, "░░░░"), (3, 10, "█░░░"), (9, 10, "███░"), (10, 10, "████"), (0, 0, "████"),
        (11, 10, "████"), (-1, 10, "░░░░"),
    ],
)  # fmt: skip
def test_a_bar_is_as_full_as_the_work_is_done(done: int, total: int, bar: str) -> None:
    assert "".join(progress_bar(done, total, 4)) == bar


@given(st.integers(0, 10**12), st.integers(0, 10**12), st.integers(0, 300))
def test_a_bar_has_its_width_and_is_full_only_at_the_end(done: int, total: int, width: int) -> None:
    bar = "".join(progress_bar(done, total, width))
    assert len(bar) == width
    assert ("░" not in bar) is (done >= total or width == 0)
    assert (percent_of(done, total) == 100) is (done >= total)


@given(st.lists(st.integers(0, 1000)), st.integers(1, 1000))
def test_neither_bar_nor_percent_ever_falls(done: list[int], total: int) -> None:
    done = sorted(done)
    assert [percent_of(each, total) for each in done] == sorted(
        percent_of(each, total) for each in done
    )


def test_what_is_done_failed_or_cancelled_is_over() -> None:
    over = {
        state
        for state in State
        if Progress(1, "", "a", Direction.UP, state, 1, 2).is_over
    }  # fmt: skip
    assert over == {State.DONE, State.FAILED, State.CANCELLED}
