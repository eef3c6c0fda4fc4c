"""From series of runs to what is said of them: medians, their ratios, and how far runs differ."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Outcome = TypeVar("Outcome")


@dataclass(frozen=True, slots=True)
class Middle:
    """A median, and the least and the most beside it."""

    median: float
    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Series(Generic[Outcome]):
    """One subject's runs by round, None where one failed, and why each of those did."""

    rounds: tuple[Outcome | None, ...]
    failures: tuple[str, ...] = ()

    @property
    def runs(self) -> Sequence[Outcome]:
        """Those that did not fail."""
        return [run for run in self.rounds if run is not None]

    def middle(self, value: Callable[[Outcome], float]) -> Middle | None:
        """Return the median of one value with its spread; None without a run."""
        return middle([value(run) for run in self.runs])


def middle(values: Sequence[float]) -> Middle | None:
    """Return the median with its spread; None of nothing."""
    return Middle(statistics.median(values), min(values), max(values)) if values else None


def ratio(
    ours: Series[Outcome], theirs: Series[Outcome], value: Callable[[Outcome], float]
) -> Middle | None:
    """Return the ratio of the medians; its spread is that of the pairs of the same round."""
    upper, lower = ours.middle(value), theirs.middle(value)
    if upper is None or lower is None or not lower.median:
        return None
    pairs = [
        value(one) / value(other)
        for one, other in zip(ours.rounds, theirs.rounds, strict=False)
        if one is not None and other is not None and value(other)
    ]
    exact = upper.median / lower.median
    return Middle(exact, min([*pairs, exact]), max([*pairs, exact]))


def interleave(
    subjects: Sequence[tuple[str, Callable[[], Outcome]]],
    rounds: int,
    failures: tuple[type[Exception], ...],
    tell: Callable[[str], None],
) -> dict[str, Series[Outcome]]:
    """Run each subject once in each round, in turns, so that what changes with time hits all.

    What is in ``failures`` costs that run alone; ``tell`` hears of each run when it is over.
    """
    outcomes: dict[str, list[Outcome | None]] = {name: [] for name, _ in subjects}
    reasons: dict[str, list[str]] = {name: [] for name, _ in subjects}
    for number in range(rounds):
        for name, run in subjects:
            begun = time.monotonic()
            try:
                outcomes[name].append(run())
            except failures as error:
                outcomes[name].append(None)
                reasons[name].append(f"{type(error).__name__}: {error}")
            seconds = time.monotonic() - begun
            tell(f"round {number + 1} of {rounds}, {name}: {seconds:.1f} s")
    return {name: Series(tuple(outcomes[name]), tuple(reasons[name])) for name, _ in subjects}
