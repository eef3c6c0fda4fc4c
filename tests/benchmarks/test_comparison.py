from functools import partial

import pytest

from benchmarks.comparison import Middle, Series, interleave, middle, ratio


def test_the_median_stands_between_the_least_and_the_most() -> None:
    assert middle([3.0, 1.0, 2.0, 9.0]) == Middle(2.5, 1.0, 9.0)


def test_of_no_runs_there_is_no_median() -> None:
    assert middle([]) is None
    failed: Series[float] = Series((None, None))
    assert failed.middle(float) is None


def test_a_ratio_is_that_of_the_medians_and_its_spread_that_of_the_pairs() -> None:
    ours, theirs = Series((2.0, 4.0, 9.0)), Series((4.0, 2.0, 3.0))
    assert ratio(ours, theirs, float) == Middle(4 / 3, 0.5, 3.0)


def test_a_failed_run_takes_its_pair_out_of_the_spread() -> None:
    ours, theirs = Series((None, 4.0, 6.0)), Series((1.0, 2.0, None))
    assert ratio(ours, theirs, float) == Middle(5 / 1.5, 2.0, 5 / 1.5)


@pytest.mark.parametrize("theirs", [(None,), (0.0,)])
def test_to_nothing_there_is_no_ratio(theirs: tuple[float | None]) -> None:
    assert ratio(Series((1.0,)), Series(theirs), float) is None


def test_subjects_take_turns_round_after_round() -> None:
    ran: list[str] = []

    def run(name: str) -> int:
        ran.append(name)
        return len(ran)

    subjects = [(name, partial(run, name)) for name in "abc"]
    results = interleave(subjects, 2, (), lambda _: None)
    assert ran == list("abcabc")
    assert results["b"] == Series((2, 5))


def test_a_failure_costs_its_run_alone_and_is_told() -> None:
    turns = iter([1, 0])
    results = interleave(
        [("a", lambda: 1 // next(turns)), ("b", lambda: 7)],
        2,
        (ZeroDivisionError,),
        lambda _: None,
    )
    assert results["a"].rounds == (1, None)
    assert results["a"].runs == [1]
    assert results["a"].failures == ("ZeroDivisionError: integer division or modulo by zero",)
    assert results["b"].rounds == (7, 7)


def test_a_fault_of_the_benchmark_ends_it() -> None:
    with pytest.raises(ZeroDivisionError):
        interleave([("a", lambda: 1 // 0)], 1, (OSError,), lambda _: None)
