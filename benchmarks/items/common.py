"""What several items share: runs of cells in turns, and how they are shown."""

import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from benchmarks.cells import FAILURES, Cell, Outcome, measure
from benchmarks.comparison import Middle, Series, interleave
from benchmarks.contenders import Contender
from benchmarks.figures import Figures
from benchmarks.options import Options
from benchmarks.peers import PEERS
from benchmarks.report import with_span

Results = Mapping[str, Series[Outcome]]

# What keeps a run from being the relay's alone. "Others" includes the harness, which reads metrics.
_OTHERS = 0.15
_DISTURBANCES: Mapping[str, Callable[[Figures], bool]] = {
    "the generator was the limit": lambda run: run.limit == "generator",
    "relay and generator filled the machine": lambda run: run.limit == "machine",
    f"others used more than {_OTHERS:.0%} of a processor": lambda run: (
        run.other_cpu_share > _OTHERS
    ),
}


def tell(what: str) -> None:
    """Say on stderr what is going on."""
    print(what, file=sys.stderr, flush=True)


def run_cells(
    title: str, cells: Sequence[tuple[Contender, Cell]], options: Options
) -> dict[str, Series[Outcome]]:
    """Run each contender's cell once a round, in turns; by the contender's name."""
    return interleave(
        [
            (contender.name, partial(measure, contender, cell, options.patience))
            for contender, cell in cells
            if not contender.is_missing
        ],
        options.rounds,
        FAILURES,
        lambda what: tell(f"{title}, {what}"),
    )


def notes_on(title: str, results: Results) -> list[str]:
    """Return what has to be known of these runs: what was lost, what failed, what the limit was."""
    notes = []
    for name, series in results.items():
        notes += [f"{title}, {name}: failed, {why}" for why in series.failures]
        notes += [f"{title}, {name}: {told}" for run in series.runs if (told := run.figures.flaws)]
    for what, holds in _DISTURBANCES.items():
        counts = {
            name: sum(holds(run.figures) for run in series.runs) for name, series in results.items()
        }
        told = ", ".join(
            f"{name} {count}/{len(results[name].runs)}" for name, count in counts.items() if count
        )
        notes += [f"{title}: {what} in {told}"] if told else []
    return notes


def note_on_missing() -> list[str]:
    """Return which peers are not there, and how to get them."""
    packages = [peer.package for peer in PEERS if peer.is_missing]
    return [f"Not installed, so left out: apt install {' '.join(packages)}"] if packages else []


def figure(results: Results, name: str, value: Callable[[Outcome], float]) -> str:
    """Return one subject's median with its spread, as a cell of a table."""
    return with_span(results[name].middle(value)) if name in results else "—"


def best_peer(
    results: Results, value: Callable[[Outcome], float], *, is_most: bool
) -> Series[Outcome] | None:
    """Return the runs of the peer with the best median; None if there is no peer."""
    middles: dict[str, Middle] = {}
    for peer in PEERS:
        found = results[peer.name].middle(value) if peer.name in results else None
        if found:
            middles[peer.name] = found
    if not middles:
        return None
    pick = max if is_most else min
    return results[pick(middles, key=lambda name: middles[name].median)]
