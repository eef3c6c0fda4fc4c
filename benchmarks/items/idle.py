"""Item 4: ten thousand members who join one room, with proofs, and say nothing."""

from functools import partial

from benchmarks.cells import FAILURES
from benchmarks.comparison import Series, interleave
from benchmarks.idling import NEWCOMERS, Idling, idle
from benchmarks.items.common import tell
from benchmarks.options import Options
from benchmarks.report import Bar, Section, Table, with_span

_MEMBERS = 10_000
# As long as from one heartbeat to the next, so that everybody has one.
_IDLE_SECONDS = 20.0
# Of what one processor does, for those who joined: then the relay was not the limit.
_FULL = 0.9


def measure(options: Options) -> Section:
    """Measure joining, memory, idle processor time, and how long one more takes to join."""
    members, seconds = options.members(_MEMBERS), options.seconds(_IDLE_SECONDS)
    ours = options.ours()
    run = partial(idle, ours, members, seconds, options.patience)
    series = interleave(
        [(ours.name, run)], options.rounds, FAILURES, lambda what: tell(f"idle, {what}")
    )[ours.name]
    return Section(_bars(members, series), [("A handshake:", _table(series))], _notes(series))


def _bars(members: int, series: Series[Idling]) -> list[Bar]:
    each = series.middle(lambda run: run.kib_each)
    busy = series.middle(lambda run: 100 * run.cpu_share)
    rate = series.middle(lambda run: run.joining.rate)
    newcomer = series.middle(lambda run: run.newcomer_ms)
    slowest = series.middle(lambda run: run.slowest_newcomer_ms)
    return [
        Bar(f"memory for each of {members:,} members", each, 3, unit="KiB"),
        Bar("CPU while idle, of one", busy, 5, unit="%"),
        Bar("handshakes", rate, 2_000, at_least=True, unit="/s"),
        Bar("one more joins", newcomer, 50, unit="ms"),
        Bar(f"the slowest of {NEWCOMERS} to join", slowest, 50, unit="ms"),
    ]


def _table(series: Series[Idling]) -> Table:
    row = [
        "each",
        with_span(series.middle(lambda run: run.joining.relay_us)),
        with_span(series.middle(lambda run: run.joining.members_us)),
        with_span(series.middle(lambda run: run.joining.members_share)),
    ]
    return Table(["", "relay's CPU µs", "members' CPU µs", "members' share of one CPU"], [row])


def _notes(series: Series[Idling]) -> list[str]:
    notes = [f"failed, {why}" for why in series.failures]
    limited = sum(run.joining.members_share > _FULL for run in series.runs)
    if limited:
        notes.append(
            f"Those who joined were the limit for handshakes in {limited} of {len(series.runs)}."
        )
    return notes
