"""Several relays over NATS, beside one on SQLite and in memory; asked for by name."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from benchmarks.capacity import Costs, Habits, Need, Point, deviation, fit, need
from benchmarks.cells import FAILURES, Cell, Outcome
from benchmarks.cells import measure as measure_cell
from benchmarks.clusters import cluster
from benchmarks.comparison import Series, interleave, ratio
from benchmarks.contenders import Contender, Running
from benchmarks.items.common import figure, notes_on, tell
from benchmarks.load import Demand
from benchmarks.options import Options
from benchmarks.processes import processor_seconds
from benchmarks.report import Section, Table, number, with_span
from tests.support.nats_server import why_no_nats

_MEMORY, _SQLITE = "1 relay, memory", "1 relay, sqlite"
_RELAYS, _SERVERS = (1, 2, 3), (1, 3)
_MEMBERS = (10**4, 10**5, 10**6)
HABITS = (
    Habits("rooms of 20, each says something every two minutes", 20, 0.5),
    Habits("rooms of 200, each says something every ten minutes", 200, 0.1),
    Habits("rooms of 1,000, each says something once an hour", 1_000, 1 / 60),
)


@dataclass(frozen=True, slots=True)
class _Run:
    """A run, and the processor time that NATS had meanwhile."""

    outcome: Outcome
    nats_seconds: float
    messages: int

    @property
    def relay_us(self) -> float:
        """The relays' processor time for a message."""
        return self.outcome.figures.relay_cpu_seconds * 1e6 / self.messages

    @property
    def nats_us(self) -> float:
        """That of NATS."""
        return self.nats_seconds * 1e6 / self.messages


_Results = Mapping[str, Series[_Run]]


def _figures(results: _Results) -> dict[str, Series[Outcome]]:
    return {
        name: Series(tuple(run.outcome if run else None for run in series.rounds), series.failures)
        for name, series in results.items()
    }


def measure(options: Options) -> Section:
    """Measure saturation and two steady rates, all in turns, and hold the model against them."""
    if missing := why_no_nats():
        return Section(notes=[missing])
    contenders = [options.ours(_MEMORY), options.ours(_SQLITE, log="sqlite:///{folder}/log.db")]
    contenders += [cluster(n, servers, options.python) for servers in _SERVERS for n in _RELAYS]
    thousand = options.members(1_000)
    hundred = min(100, thousand // 3)  # fewer in a quick run too: the model needs both
    messages = options.messages
    full = Cell(thousand, 10, Demand(messages(30_000), messages(1_000), skim=8))
    few = Cell(hundred, 1, Demand(messages(700), messages(50), rate=200))
    many = Cell(thousand, 1, Demand(messages(80), messages(10), rate=20))
    titles = f"10 → {thousand:,}", f"200/s × {hundred}", f"20/s × {thousand:,}"
    results = [
        _run(title, contenders, cell, options)
        for title, cell in zip(titles, (full, few, many), strict=True)
    ]
    tables: list[tuple[str, Table | str]] = [
        (f"{titles[0]}, as fast as it is taken:", _saturation(results[0])),
        (f"{titles[1]}, microseconds:", _latency(results[1])),
        (f"{titles[2]}, microseconds:", _latency(results[2])),
    ]
    notes = [
        note
        for title, found in zip(titles, results, strict=True)
        for note in notes_on(title, _figures(found))
    ]
    for servers in _SERVERS:
        points = _points(servers, {hundred: results[1], thousand: results[2]})
        try:
            costs = fit(points)
        except KeyError:
            notes.append(f"R={servers}: too few points for the model")
        else:
            tables += _model(servers, costs, points)
    return Section(tables=tables, notes=notes)


def _run(title: str, contenders: Sequence[Contender], cell: Cell, options: Options) -> _Results:
    def once(contender: Contender) -> _Run:
        spent: list[float] = []

        @contextmanager
        def beside(relay: Running) -> Iterator[None]:
            before = sum(map(processor_seconds, relay.leans_on))
            yield
            spent.append(sum(map(processor_seconds, relay.leans_on)) - before)

        outcome = measure_cell(contender, cell, options.patience, beside)
        return _Run(outcome, spent[0], cell.demand.messages)

    subjects = [(each.name, partial(once, each)) for each in contenders]
    say = partial(_tell, title)
    return interleave(subjects, options.rounds, (*FAILURES, AssertionError), say)


def _tell(title: str, what: str) -> None:
    tell(f"{title}, {what}")


def _saturation(results: _Results) -> Table:
    outcomes = _figures(results)

    def rate(run: Outcome) -> float:
        return run.figures.rate

    rows = [
        [
            name,
            figure(outcomes, name, lambda run: run.figures.rate / 1e6),
            *(with_span(ratio(outcomes[name], outcomes[to], rate)) for to in (_SQLITE, _MEMORY)),
            figure(outcomes, name, lambda run: run.figures.relay_cpu_share),
            with_span(results[name].middle(_nats_share)),
            figure(outcomes, name, lambda run: run.figures.load_cpu_share),
        ]
        for name in outcomes
    ]
    head = [
        "",
        "M deliveries/s",
        "/ sqlite",
        "/ memory",
        "CPU of relays",
        "of NATS",
        "of generator",
    ]
    return Table(head, rows)


def _latency(results: _Results) -> Table:
    outcomes = _figures(results)
    values: Sequence[Callable[[Outcome], float]] = (
        lambda run: run.figures.latency.p50,
        lambda run: run.figures.latency.p99,
    )
    rows = [
        [
            name,
            *(figure(outcomes, name, value) for value in values),
            *(with_span(ratio(outcomes[name], outcomes[_SQLITE], value)) for value in values),
            with_span(results[name].middle(lambda run: run.relay_us)),
            with_span(results[name].middle(lambda run: run.nats_us)),
        ]
        for name in outcomes
    ]
    head = ["", "p50", "p99", "p50 / sqlite", "p99 / sqlite", "relays' CPU/message", "NATS's"]
    return Table(head, rows)


def _nats_share(run: _Run) -> float:
    return run.nats_seconds / max(run.outcome.figures.elapsed, 1e-9)


def _points(servers: int, steady: Mapping[int, _Results]) -> dict[tuple[int, int], Point]:
    points = {}
    for receivers, results in steady.items():
        for relays in _RELAYS:
            series = results[cluster(relays, servers, "").name]
            relay, nats = (
                series.middle(lambda run: run.relay_us),
                series.middle(lambda run: run.nats_us),
            )
            if relay and nats:
                points[relays, receivers] = Point(relays, receivers, relay.median, nats.median)
    return points


def _model(
    servers: int, costs: Costs, points: Mapping[tuple[int, int], Point]
) -> list[tuple[str, Table | str]]:
    """Return what the model takes from three points, how far off it is, and what it says."""
    told = ", ".join(
        f"{name} {number(value)} µs"
        for name, value in (
            ("ingest", costs.ingest),
            ("feed", costs.feed),
            ("delivery", costs.delivery),
            ("publish", costs.publish),
            ("copy", costs.copy),
        )
    )
    rows = []
    for (relays, receivers), point in sorted(points.items()):
        off = deviation(point, costs)
        shares = (f"{100 * each:+.0f} %" for each in off)
        rows.append([f"{relays} × {receivers:,}", number(point.relay), number(point.nats), *shares])
    head = ["relays × receivers", "relays, µs/message", "NATS, µs", "model", "model of NATS"]
    tables: list[tuple[str, Table | str]] = [
        (f"The model, R={servers}: {told}.", Table(head, rows))
    ]
    for habits in HABITS:
        needs = [need(members, habits, costs) for members in _MEMBERS]
        tables.append((f"R={servers}, {habits.name}:", _needs(needs)))
    return tables


def _needs(needs: Sequence[Need]) -> Table:
    head = [
        *("members", "messages/s", "deliveries/s", "relays", "processors", "memory, GiB"),
        *("out, Mbit/s", "NATS in/s", "NATS out/s", "NATS processors"),
    ]
    rows = [
        [
            f"{members:,}",
            number(each.messages),
            number(each.deliveries),
            f"{each.relays:,}",
            number(each.relay_processors),
            number(each.relay_bytes / 2**30),
            number(each.out_bits / 1e6),
            number(each.nats_in),
            number(each.nats_out),
            number(each.nats_processors),
        ]
        for members, each in zip(_MEMBERS, needs, strict=True)
    ]
    return Table(head, rows)
