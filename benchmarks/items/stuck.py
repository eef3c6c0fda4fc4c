"""Item 6: one more member that never reads, among a thousand that do."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

from benchmarks.cells import FAILURES, Beside, Cell, Outcome
from benchmarks.cells import measure as measure_cell
from benchmarks.comparison import Middle, Series, interleave, middle, ratio
from benchmarks.contenders import Place, Running
from benchmarks.items.common import figure, notes_on, tell
from benchmarks.load import Demand
from benchmarks.options import Options
from benchmarks.ours import join
from benchmarks.report import Bar, Section, Table

_WITHOUT, _WITH = "without", "with one stuck"
_MIB = 2**20
# What lies unread at its end of the connection, at most; the system doubles and rounds it.
_STUCK_BUFFER = 4096
# So many messages pass the window by, and what the system takes for one who does not read (3 MB).
_MESSAGES = 100_000
# At the low rate messages are larger, and as many as that come before, as fast as they are taken:
# then the stuck one lags behind in the window for as long as the others are measured.
_LARGE, _SLOW_MESSAGES, _BEFORE = 4096, 80, 1_000


@contextmanager
def _stuck_member(relay: Running) -> Iterator[None]:
    with closing(join(relay.port, [Place()], _STUCK_BUFFER)[0]):
        yield


@dataclass(frozen=True, slots=True)
class _Load:
    title: str
    cell: Cell
    name: str
    value: Callable[[Outcome], float]


def measure(options: Options) -> Section:
    """Measure throughput and latency of the others, and the relay's memory, with and without."""
    members, skim = options.members(1_000), 8
    messages, slow = options.messages(_MESSAGES), options.messages(_SLOW_MESSAGES)
    before = options.messages(_BEFORE)
    loads = [
        _Load(
            "10 → 1,000, as fast as it is taken",
            Cell(members, 10, Demand(messages, warmup=max(messages // 50, 10), skim=skim)),
            "M deliveries/s",
            lambda run: run.figures.rate / 1e6,
        ),
        _Load(
            f"20/s × 1,000, {_LARGE:,} bytes",
            Cell(members, 1, Demand(slow, before, rate=20, warmup_rate=0), (_LARGE,)),
            "p99 µs",
            lambda run: run.figures.latency.p99,
        ),
    ]
    bars: list[Bar] = []
    tables: list[tuple[str, Table | str]] = []
    notes: list[str] = []
    for load in loads:
        results = _run(load, options)
        bars += _bars(load, results)
        tables.append((f"{load.title}:", _table(load, results)))
        notes += notes_on(load.title, results)
    return Section(bars, tables, notes)


def _run(load: _Load, options: Options) -> dict[str, Series[Outcome]]:
    def subject(beside: Beside | None) -> Callable[[], Outcome]:
        return lambda: measure_cell(options.ours(), load.cell, options.patience, beside)

    return interleave(
        [(_WITHOUT, subject(None)), (_WITH, subject(_stuck_member))],
        options.rounds,
        FAILURES,
        lambda what: tell(f"{load.title}, {what}"),
    )


def _bars(load: _Load, results: dict[str, Series[Outcome]]) -> list[Bar]:
    measured = ratio(results[_WITH], results[_WITHOUT], load.value)
    if load.cell.demand.rate:
        # Unchanged within the spread: with it the median is no more than the most without it.
        without = results[_WITHOUT].middle(load.value)
        most = without.most / without.median if without and without.median else 1.0
        return [
            Bar("p99, with / without, at most as runs without differ", measured, round(most, 2))
        ]
    growth = _growth(results)
    return [
        Bar("throughput, with / without", measured, 0.97, at_least=True),
        Bar("most memory, with − without, the window being 8", growth, 8, unit="MiB"),
    ]


def _growth(results: dict[str, Series[Outcome]]) -> Middle | None:
    pairs = zip(results[_WITH].rounds, results[_WITHOUT].rounds, strict=True)
    return middle([(one.peak - other.peak) / _MIB for one, other in pairs if one and other])


def _table(load: _Load, results: dict[str, Series[Outcome]]) -> Table:
    return Table(
        ["", load.name, "CPU µs/delivery", "most memory, MiB"],
        [
            [
                name,
                figure(results, name, load.value),
                figure(results, name, lambda run: run.figures.cpu_us),
                figure(results, name, lambda run: run.peak / _MIB),
            ]
            for name in results
        ],
    )
