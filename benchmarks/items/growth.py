"""Item 7: what a delivery costs as members, or messages a second, become more."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.cells import Cell, Outcome
from benchmarks.comparison import Series, ratio
from benchmarks.contenders import PLAIN
from benchmarks.items.common import figure, notes_on, run_cells
from benchmarks.load import Demand
from benchmarks.options import Options
from benchmarks.plot import Line, Panel, draw
from benchmarks.report import Bar, Section, Table, number

_OURS = "sussurro"
_BY_MEMBERS, _BY_RATE = "members", "messages a second"
_MEMBERS = (10, 30, 100, 300, 1_000, 3_000, 10_000)
_RATES = (10, 100, 1_000, 5_000)
_RATE_MEMBERS = 100
_DELIVERIES = 10_000_000  # in a run at saturation, if that is not too many messages
_MOST_MESSAGES = 400_000
_SECONDS = 2.0  # of a run at a rate

Runs = Sequence[tuple[int, dict[str, Series[Outcome]]]]
Value = Callable[[Outcome], float]


@dataclass(frozen=True, slots=True)
class _Shown:
    name: str
    value: Value


_SPEED = _Shown("M deliveries/s", lambda run: run.figures.rate / 1e6)
_COST = _Shown("CPU µs/delivery", lambda run: run.figures.cpu_us)
_P50 = _Shown("p50, µs", lambda run: run.figures.latency.p50)
_P99 = _Shown("p99, µs", lambda run: run.figures.latency.p99)


def measure(options: Options) -> Section:
    """Measure ours and the C relay against members at saturation, and against rates."""
    by_members = [(count, _at_saturation(count, options)) for count in _counts(options)]
    by_rate = [(rate, _at_rate(rate, options)) for rate in _RATES]
    notes = []
    for what, runs in ((_BY_MEMBERS, by_members), (_BY_RATE, by_rate)):
        notes.append(_note_on_rise(what, runs))
        for count, results in runs:
            notes += notes_on(f"{count:,} {what}", results)
    return Section(
        [_bar(_BY_MEMBERS, by_members), _bar(_BY_RATE, by_rate)],
        [
            ("Against members, one of whom speaks as fast as it is taken:",
             _table(_BY_MEMBERS, by_members, (_SPEED, _COST))),
            (f"Against messages a second, to {_RATE_MEMBERS} members:",
             _table(_BY_RATE, by_rate, (_P50, _P99, _COST))),
        ],
        notes,
        {
            "growth-members.svg": _picture(_BY_MEMBERS, by_members, (_SPEED, _COST)),
            "growth-rate.svg": _picture(_BY_RATE, by_rate, (_P50, _P99, _COST)),
        },
    )  # fmt: skip


def _counts(options: Options) -> list[int]:
    return sorted({options.members(count) for count in _MEMBERS})


def _at_saturation(count: int, options: Options) -> dict[str, Series[Outcome]]:
    messages = options.messages(min(_DELIVERIES // count, _MOST_MESSAGES))
    cell = Cell(count, 1, Demand(messages, max(messages // 20, 1), skim=8))
    return _run(f"{count:,} members", cell, options)


def _at_rate(rate: int, options: Options) -> dict[str, Series[Outcome]]:
    messages = max(round(options.seconds(_SECONDS) * rate), 5)
    demand = Demand(messages, max(messages // 10, 1), rate=rate)
    senders = 10 if rate > 1_000 else 1
    return _run(f"{rate:,}/s", Cell(options.members(_RATE_MEMBERS), senders, demand), options)


def _run(title: str, cell: Cell, options: Options) -> dict[str, Series[Outcome]]:
    return run_cells(title, [(options.ours(_OURS), cell), (PLAIN, cell)], options)


def _bar(what: str, runs: Runs) -> Bar:
    (_, fewest), (_, most) = runs[0], runs[-1]
    measured = ratio(most[_OURS], fewest[_OURS], _COST.value)
    return Bar(f"CPU for a delivery, at most {what} / at fewest", measured, 1.0)


def _note_on_rise(what: str, runs: Runs) -> str:
    rises = {
        name: number(largest_rise(_medians(name, runs, _COST.value)))
        for name in (_OURS, PLAIN.name)
    }
    told = " and ".join(f"{rise} × ({name})" for name, rise in rises.items())
    return f"The largest rise of that cost from any number of {what} to any larger one: {told}"


def largest_rise(values: Sequence[float]) -> float:
    """Return the largest ratio of a value to one before it, 1 if none is larger."""
    pairs = [
        later / earlier
        for place, earlier in enumerate(values)
        for later in values[place + 1 :]
        if earlier
    ]
    return max([1.0, *pairs])


def _medians(name: str, runs: Runs, value: Value) -> list[float]:
    middles = [results[name].middle(value) for _, results in runs]
    return [found.median for found in middles if found]


def _table(what: str, runs: Runs, shown: Sequence[_Shown]) -> Table:
    names = (_OURS, PLAIN.name)
    head = [what, *(f"{each.name}, {name}" for each in shown for name in names)]
    rows = [
        [
            f"{count:,}",
            *(figure(results, name, each.value) for each in shown for name in names),
        ]
        for count, results in runs
    ]
    return Table(head, rows)


def _picture(what: str, runs: Runs, shown: Sequence[_Shown]) -> str:
    panels = []
    for each in shown:
        lines = []
        for name in (_OURS, PLAIN.name):
            middles = [(count, results[name].middle(each.value)) for count, results in runs]
            lines.append(Line(name, [(count, found) for count, found in middles if found]))
        panels.append(Panel(each.name, what, lines))
    return draw(panels)
