"""Item 1: deliveries a second when everybody sends as fast as it is taken."""

from collections.abc import Mapping
from dataclasses import replace

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

_OURS, _DURABLE = "sussurro", "sussurro, sqlite"
_SKIM = 8
_FAST = (_OURS, _DURABLE, PLAIN.name)
# So many messages that a run takes a second or two, at what each relay does on two processors.
_MESSAGES: Mapping[str, tuple[int, int]] = {
    **dict.fromkeys(_FAST, (400_000, 40_000)),
    "redis": (80_000, 4_000),
    "nats": (60_000, 3_000),
    "mosquitto": (2_000, 150),
    "ngircd": (10_000, 1_500),
}


def _rate(run: Outcome) -> float:
    return run.figures.rate


def _contenders(options: Options) -> list[Contender]:
    durable = options.ours(_DURABLE, log="sqlite:///{folder}/log.db")
    return [options.ours(_OURS), durable, PLAIN, *PEERS]


def _cell(options: Options, name: str, *, many: bool) -> Cell:
    receivers, senders = (1_000, 10) if many else (100, 1)
    messages = options.messages(_MESSAGES[name][many])
    demand = Demand(messages, warmup=max(messages // 50, senders), skim=_SKIM)
    return Cell(options.members(receivers), senders, demand)


def measure(options: Options) -> Section:
    """Measure 1 → 100 and 10 → 1,000 at saturation, all contenders in turns."""
    section = Section(notes=note_on_missing())
    for title, many in (("1 → 100", False), ("10 → 1,000", True)):
        cells = [(each, _cell(options, each.name, many=many)) for each in _contenders(options)]
        results = run_cells(title, cells, options)
        section = replace(
            section,
            bars=[*section.bars, *_bars(title, results, 8 if many else 4)],
            tables=[*section.tables, (f"{title}, 160 bytes:", _table(results))],
            notes=[*section.notes, *notes_on(title, results)],
        )
    return section


def _bars(title: str, results: Results, times_peers: float) -> list[Bar]:
    plain, peer = results[PLAIN.name], best_peer(results, _rate, is_most=True)
    ours, durable = results[_OURS], results[_DURABLE]
    fastest = ratio(ours, peer, _rate) if peer else None
    return [
        Bar(f"{title}, memory / C", ratio(ours, plain, _rate), 0.8, at_least=True),
        Bar(f"{title}, memory / fastest peer", fastest, times_peers, at_least=True),
        Bar(f"{title}, sqlite / C", ratio(durable, plain, _rate), 0.5, at_least=True),
    ]


def _table(results: Results) -> Table:
    head = ["relay", "M deliveries/s", "CPU µs/delivery", "CPU of relay", "of generator"]
    rows = [
        [
            name,
            figure(results, name, lambda run: run.figures.rate / 1e6),
            figure(results, name, lambda run: run.figures.cpu_us),
            figure(results, name, lambda run: run.figures.relay_cpu_share),
            figure(results, name, lambda run: run.figures.load_cpu_share),
        ]
        for name in results
    ]
    return Table(head, rows)
