"""Load on sockets that have joined: a plan for `native/load.c`, and the figures that it prints."""

import json
import socket
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchmarks.build import program

# One reader in so many is read whole and checked; of the others the system counts the bytes.
SKIM = 8
_SECONDS = 300.0


class LoadError(Exception):
    """The load could not be put on; the text says why."""


@dataclass(frozen=True, slots=True)
class Form:
    """How a protocol wraps a message of ``size`` bytes."""

    size: int
    prefix: bytes = b""
    suffix: bytes = b"\n"


@dataclass(frozen=True, slots=True)
class Crowd:
    """Who listens and who speaks, each with its room's number."""

    receivers: Sequence[tuple[socket.socket, int]]
    senders: Sequence[tuple[socket.socket, int]]


@dataclass(frozen=True, slots=True)
class Demand:
    """``messages`` in all after ``warmup``; ``rate`` a second, 0: as fast as they are taken.

    ``skim``: one receiver in so many is read whole.
    """

    messages: int
    warmup: int = 0
    rate: float = 0.0
    skim: int = 1
    timeout: float = 20.0


@dataclass(frozen=True, slots=True)
class Spread:
    """A distribution, in microseconds."""

    p50: float
    p90: float
    p99: float
    max: float


@dataclass(frozen=True, slots=True)
class Figures:
    """What one run gave; times in seconds unless the name says otherwise."""

    latency: Spread
    last_receiver: Spread
    deliveries: int
    missing: int
    malformed: int
    misordered: int
    gone: int
    seconds: float
    relay_cpu_seconds: float
    load_cpu_share: float
    other_cpu_seconds: float
    late_us: float
    latest_us: float

    @property
    def rate(self) -> float:
        """Deliveries a second."""
        return self.deliveries / self.seconds

    @property
    def cpu_us(self) -> float:
        """The relay's processor time for a delivery, in microseconds."""
        return self.relay_cpu_seconds * 1e6 / max(self.deliveries, 1)

    @property
    def is_clean(self) -> bool:
        """Whether everybody got everything, whole and in order."""
        return not (self.missing or self.malformed or self.misordered or self.gone)

    @property
    def is_bound_by_load(self) -> bool:
        """Whether the generator, not the relay, was the limit."""
        return self.load_cpu_share > 0.9


def run(crowd: Crowd, forms: Iterable[Form], demand: Demand, processes: Iterable[int]) -> Figures:
    """Put load on; ``processes`` are the relay's. Raises LoadError."""
    plan = [
        *(f"form {form.size} {_hex(form.prefix)} {_hex(form.suffix)}" for form in forms),
        *_receivers(crowd, demand.skim),
        *(f"sender {sock.fileno()} {room}" for sock, room in crowd.senders),
        *(f"process {pid}" for pid in processes),
        f"messages {demand.messages}",
        f"warmup {demand.warmup}",
        f"rate {demand.rate}",
        f"timeout {demand.timeout}",
    ]
    descriptors = [sock.fileno() for sock, _ in (*crowd.receivers, *crowd.senders)]
    done = subprocess.run(  # noqa: S603 - our own program
        [program("load")],
        input="\n".join(plan) + "\n",
        capture_output=True,
        text=True,
        pass_fds=descriptors,
        timeout=_SECONDS,
        check=False,
    )
    if done.returncode:
        raise LoadError(done.stderr.strip() or f"the generator ended with {done.returncode}")
    return read_figures(done.stdout)


def read_figures(text: str) -> Figures:
    """Return the figures that the generator has printed."""
    values = json.loads(text)
    latency, last = (Spread(**values.pop(name)) for name in ("latency_us", "last_receiver_us"))
    return Figures(latency, last, **values)


def _receivers(crowd: Crowd, skim: int) -> list[str]:
    """Return the plan's lines: in each room the first is read whole, and then one in ``skim``."""
    seen: dict[int, int] = {}
    lines = []
    for sock, room in crowd.receivers:
        place = seen[room] = seen.get(room, -1) + 1
        lines.append(f"receiver {sock.fileno()} {room} {int(place % skim == 0)}")
    return lines


def _hex(data: bytes) -> str:
    return data.hex() or "-"
