"""How many I/O threads serve best; asked for by name, for each Python that is in question."""

from collections.abc import Callable

from benchmarks.cells import Cell, Outcome
from benchmarks.contenders import PLAIN, Contender
from benchmarks.items.common import figure, notes_on, run_cells
from benchmarks.load import Demand
from benchmarks.machine import describe_python
from benchmarks.options import Options
from benchmarks.report import Section, Table

_COUNTS = (1, 2, 3)
_Value = tuple[str, Callable[[Outcome], float]]
_RATE: _Value = ("M deliveries/s", lambda run: run.figures.rate / 1e6)
_P50: _Value = ("p50 µs", lambda run: run.figures.latency.p50)
_P99: _Value = ("p99 µs", lambda run: run.figures.latency.p99)
_LAST: _Value = ("last p99 µs", lambda run: run.figures.last_receiver.p99)
_COST: _Value = ("CPU µs/delivery", lambda run: run.figures.cpu_us)


def measure(options: Options) -> Section:
    """Measure throughput and latency with each number of threads, beside the C relay."""
    contenders: list[Contender] = [
        options.ours(f"{count} threads", RELAY_IO_THREADS=str(count)) for count in _COUNTS
    ]
    contenders.append(PLAIN)
    tables: list[tuple[str, Table | str]] = []
    notes: list[str] = [describe_python(options.python)]
    for title, cell, values in _cells(options):
        results = run_cells(title, [(each, cell) for each in contenders], options)
        rows = [[name, *(figure(results, name, value) for _, value in values)] for name in results]
        tables.append((f"{title}:", Table(["", *(name for name, _ in values)], rows)))
        notes += notes_on(title, results)
    return Section(tables=tables, notes=notes)


def _cells(options: Options) -> list[tuple[str, Cell, tuple[_Value, ...]]]:
    hundred, thousand = options.members(100), options.members(1_000)
    messages = options.messages
    return [
        (
            "1 → 100",
            Cell(hundred, 1, Demand(messages(400_000), messages(8_000), skim=8)),
            (_RATE, _COST),
        ),
        (
            "10 → 1,000",
            Cell(thousand, 10, Demand(messages(40_000), messages(1_000), skim=8)),
            (_RATE, _COST),
        ),
        (
            "200/s × 100",
            Cell(hundred, 1, Demand(messages(1_000), messages(100), rate=200)),
            (_P50, _P99, _LAST, _COST),
        ),
        (
            "5,000/s × 100",
            Cell(hundred, 10, Demand(messages(20_000), messages(1_000), rate=5_000)),
            (_P50, _P99, _LAST, _COST),
        ),
    ]
