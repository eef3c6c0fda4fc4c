"""Items 2 and 3: how long a message takes, and what a delivery costs, at given rates."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from benchmarks.cells import Cell, Outcome
from benchmarks.comparison import ratio
from benchmarks.contenders import PLAIN, Contender
from benchmarks.items.common import (
    Results,
    best_peer,
    figure,
    note_on_missing,
    notes_on,
    run_cells,
)
from benchmarks.load import Demand
from benchmarks.options import Options
from benchmarks.peers import PEERS
from benchmarks.report import Bar, Section, Table

_OURS = "sussurro"
_VALUES: Sequence[tuple[str, Callable[[Outcome], float]]] = (
    ("p50", lambda run: run.figures.latency.p50),
    ("p99", lambda run: run.figures.latency.p99),
    ("last p50", lambda run: run.figures.last_receiver.p50),
    ("last p99", lambda run: run.figures.last_receiver.p99),
)


@dataclass(frozen=True, slots=True)
class _Load:
    title: str
    receivers: int
    senders: int
    demand: Demand
    peers: Sequence[Contender]


# To let a thousand enter its channel takes ngircd longer than the whole cell: each is told of each.
_OTHER_PEERS = [peer for peer in PEERS if peer.name != "ngircd"]
_LOADS = (
    _Load("200/s × 100", 100, 1, Demand(700, 50, rate=200), PEERS),
    _Load("20/s × 1,000", 1_000, 1, Demand(80, 10, rate=20), _OTHER_PEERS),
    # Most peers queue without end here; where they stand, the saturation cells show.
    _Load("5,000/s × 100", 100, 10, Demand(15_000, 1_000, rate=5_000), ()),
)


def measure(options: Options) -> Section:
    """Measure the three loads, all contenders in turns, with our metrics read every second."""
    section = Section(notes=note_on_missing())
    for load in _LOADS:
        contenders = [options.ours(_OURS), PLAIN, *load.peers]
        demand = replace(
            load.demand,
            messages=options.messages(load.demand.messages),
            warmup=options.messages(load.demand.warmup),
        )
        cell = Cell(options.members(load.receivers), load.senders, demand)
        results = run_cells(load.title, [(each, cell) for each in contenders], options)
        section = replace(
            section,
            bars=[*section.bars, *_bars(load, results)],
            tables=[*section.tables, (f"{load.title}, microseconds:", _table(results))],
            notes=[*section.notes, *notes_on(load.title, results), *_lateness(load, results)],
        )
    return section


def _bars(load: _Load, results: Results) -> list[Bar]:
    ours, plain = results[_OURS], results[PLAIN.name]
    bars = []
    if load.peers:
        for name, value in _VALUES:
            peer = best_peer(results, value, is_most=False)
            measured = ratio(ours, peer, value) if peer else None
            bars.append(Bar(f"{load.title}, {name} / best peer's", measured, 1.15))
    else:
        name, p99 = _VALUES[1]
        bars.append(Bar(f"{load.title}, {name} / C", ratio(ours, plain, p99), 1.5))
    cost = ratio(ours, plain, lambda run: run.figures.cpu_us)
    return [*bars, Bar(f"{load.title}, CPU for a delivery / C", cost, 1.25)]


def _table(results: Results) -> Table:
    head = ["relay", *(name for name, _ in _VALUES), "CPU µs/delivery"]
    values = [*(value for _, value in _VALUES), lambda run: run.figures.cpu_us]
    rows = [[name, *(figure(results, name, value) for value in values)] for name in results]
    return Table(head, rows)


def _lateness(load: _Load, results: Results) -> list[str]:
    """Return by how much the generator was late: so much of each latency is its own."""
    late = {
        name: found.median
        for name, series in results.items()
        if (found := series.middle(lambda run: run.figures.late_us))
    }
    told = ", ".join(f"{microseconds:,.0f} µs ({name})" for name, microseconds in late.items())
    return [f"{load.title}: the generator said a message so late on average: {told}"]
