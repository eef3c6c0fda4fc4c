"""A run of members who join one room, each with a proof, and say nothing."""

import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from benchmarks.answering import answered
from benchmarks.contenders import Contender, Place, Running
from benchmarks.machine import wait_until_quiet
from benchmarks.ours import join
from benchmarks.processes import processor_seconds, resident_bytes

NEWCOMERS = 20


@dataclass(frozen=True, slots=True)
class Joining:
    """Handshakes a second, for each of them both sides' processor time in µs, and theirs of one."""

    rate: float
    relay_us: float
    members_us: float
    members_share: float


@dataclass(frozen=True, slots=True)
class Idling:
    """What a run gave; ``newcomer_ms`` is the median of NEWCOMERS."""

    joining: Joining
    kib_each: float
    cpu_share: float
    newcomer_ms: float
    slowest_newcomer_ms: float


def idle(ours: Contender, count: int, seconds: float, patience: float) -> Idling:
    """Let so many join our relay, and watch it for so long; then others join one by one."""
    wait_until_quiet(patience)
    with ours.run(1) as relay:
        (process,) = relay.processes
        time_to_join(relay)  # the first one pays for what is made once
        before = resident_bytes(process)
        with joined(relay, count) as joining:
            each = (resident_bytes(process) - before) / count / 1024
            share = _idle_share(process, seconds)
            times = [time_to_join(relay) for _ in range(NEWCOMERS)]
        return Idling(joining, each, share, statistics.median(times), max(times))


@contextmanager
def joined(relay: Running, count: int) -> Iterator[Joining]:
    """Let so many join, and have their heartbeats answered until the block ends."""
    (process,) = relay.processes
    begun, relays, own = time.monotonic(), processor_seconds(process), time.process_time()
    members = join(relay.port, [Place()] * count)
    seconds = time.monotonic() - begun
    relays, own = processor_seconds(process) - relays, time.process_time() - own
    with ExitStack() as opened:
        for member in members:
            opened.callback(member.close)
        with answered(members):
            yield Joining(count / seconds, relays / count * 1e6, own / count * 1e6, own / seconds)


def time_to_join(relay: Running) -> float:
    """Return the milliseconds that one more takes from connecting to WELCOME."""
    begun = time.monotonic()
    (member,) = join(relay.port, [Place()])
    milliseconds = (time.monotonic() - begun) * 1e3
    member.close()
    return milliseconds


def _idle_share(process: int, seconds: float) -> float:
    """Return the relay's share of one processor, while nobody says anything."""
    time.sleep(min(1.0, seconds))  # what the last arrivals cause is over
    begun, used = time.monotonic(), processor_seconds(process)
    time.sleep(seconds)
    return (processor_seconds(process) - used) / (time.monotonic() - begun)
