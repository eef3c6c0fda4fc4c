"""Item 4: ten thousand members who join one room, with proofs, and say nothing."""

import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from benchmarks.answering import answered
from benchmarks.cells import FAILURES
from benchmarks.comparison import Series, interleave
from benchmarks.contenders import Place, Running
from benchmarks.items.common import tell
from benchmarks.machine import wait_until_quiet
from benchmarks.options import Options
from benchmarks.ours import join
from benchmarks.processes import processor_seconds, resident_bytes
from benchmarks.report import Bar, Section, Table, with_span

_MEMBERS = 10_000
_NEWCOMERS = 20
# As long as from one heartbeat to the next, so that everybody has one.
_IDLE_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class _Joining:
    """Handshakes a second, and for each of them the two sides' processor time in µs."""

    rate: float
    relay_us: float
    load_us: float
    load_share: float


@dataclass(frozen=True, slots=True)
class _Idle:
    joining: _Joining
    kib_each: float
    cpu_share: float
    newcomer_ms: float
    slowest_newcomer_ms: float


def measure(options: Options) -> Section:
    """Measure joining, memory, idle processor time, and how long one more takes to join."""
    ours = options.ours()
    series = interleave(
        [(ours.name, lambda: _run(options))],
        options.rounds,
        FAILURES,
        lambda what: tell(f"idle, {what}"),
    )[ours.name]
    members = options.members(_MEMBERS)
    return Section(
        [
            Bar(
                f"memory for each of {members:,} members",
                series.middle(lambda run: run.kib_each),
                3,
                unit="KiB",
            ),
            Bar(
                "CPU while idle, share of one",
                series.middle(lambda run: 100 * run.cpu_share),
                5,
                unit="%",
            ),
            Bar(
                "handshakes",
                series.middle(lambda run: run.joining.rate),
                2_000,
                at_least=True,
                unit="/s",
            ),
            Bar("one more joins", series.middle(lambda run: run.newcomer_ms), 50, unit="ms"),
            Bar(
                f"the slowest of {_NEWCOMERS} to join",
                series.middle(lambda run: run.slowest_newcomer_ms),
                50,
                unit="ms",
            ),
        ],
        [("A handshake:", _table(series))],
        _notes(series),
    )


def _table(series: Series[_Idle]) -> Table:
    return Table(
        ["", "relay's CPU µs", "members' CPU µs", "members' share of one CPU"],
        [
            [
                "each",
                with_span(series.middle(lambda run: run.joining.relay_us)),
                with_span(series.middle(lambda run: run.joining.load_us)),
                with_span(series.middle(lambda run: run.joining.load_share)),
            ]
        ],
    )


def _notes(series: Series[_Idle]) -> list[str]:
    limited = sum(run.joining.load_share > 0.9 for run in series.runs)
    notes = [f"failed, {why}" for why in series.failures]
    if limited:
        notes.append(
            f"Whoever joins was the limit for handshakes in {limited} of {len(series.runs)} runs; "
            "the relay alone could do one in the processor time above."
        )
    return notes


def _run(options: Options) -> _Idle:
    wait_until_quiet(options.patience)
    ours = options.ours()
    with ours.run(1) as relay, ExitStack() as opened:
        (process,) = relay.processes
        _time_to_join(relay)  # the first one pays for what is made once
        before = resident_bytes(process)
        count = options.members(_MEMBERS)
        joining = opened.enter_context(_joined(relay, count))
        after = resident_bytes(process)
        share = _idle_share(process, options.seconds(_IDLE_SECONDS))
        times = [_time_to_join(relay) for _ in range(_NEWCOMERS)]
        return _Idle(
            joining, (after - before) / count / 1024, share, statistics.median(times), max(times)
        )


@contextmanager
def _joined(relay: Running, count: int) -> Iterator[_Joining]:
    """Let so many join, and have their heartbeats answered until the block ends."""
    (process,) = relay.processes
    places = [Place()] * count
    begun, relays, own = time.monotonic(), processor_seconds(process), time.process_time()
    members = join(relay.port, places)
    seconds = time.monotonic() - begun
    relays, own = processor_seconds(process) - relays, time.process_time() - own
    with ExitStack() as opened:
        for member in members:
            opened.callback(member.close)
        with answered(members):
            yield _Joining(count / seconds, relays / count * 1e6, own / count * 1e6, own / seconds)


def _idle_share(process: int, seconds: float) -> float:
    """Return the relay's share of one processor, while nobody says anything."""
    time.sleep(min(1.0, seconds))  # what the last arrivals cause is over
    begun, used = time.monotonic(), processor_seconds(process)
    time.sleep(seconds)
    return (processor_seconds(process) - used) / (time.monotonic() - begun)


def _time_to_join(relay: Running) -> float:
    """Return the milliseconds from connecting to WELCOME."""
    begun = time.monotonic()
    (member,) = join(relay.port, [Place()])
    milliseconds = (time.monotonic() - begun) * 1e3
    member.close()
    return milliseconds
