"""Load on sockets that have joined: a plan for `native/load.c`, and a run of it."""

import socket
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchmarks.build import program
from benchmarks.figures import Figures, read_figures

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

    Of each room's receivers one in ``skim`` is read whole and checked; of the others the system
    counts the bytes. ``timeout``: seconds without any message after which the rest is missing.
    ``warmup_rate``: None for the same as what follows.
    """

    messages: int
    warmup: int = 0
    rate: float = 0.0
    skim: int = 1
    timeout: float = 20.0
    warmup_rate: float | None = None


def run(crowd: Crowd, forms: Iterable[Form], demand: Demand, processes: Iterable[int]) -> Figures:
    """Put load on; ``processes`` are the relay's. Raises LoadError."""
    descriptors = [sock.fileno() for sock, _ in (*crowd.receivers, *crowd.senders)]
    try:
        done = subprocess.run(  # noqa: S603 - our own program
            [program("load")],
            input=plan(crowd, forms, demand, processes),
            capture_output=True,
            text=True,
            pass_fds=descriptors,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise LoadError(f"there was no end within {_SECONDS:.0f} seconds") from None
    if done.returncode:
        raise LoadError(done.stderr.strip() or f"the generator ended with {done.returncode}")
    return read_figures(done.stdout)


def plan(crowd: Crowd, forms: Iterable[Form], demand: Demand, processes: Iterable[int]) -> str:
    """Return the plan as the generator reads it; native/load.c says what each line means."""
    warmup_rate = demand.rate if demand.warmup_rate is None else demand.warmup_rate
    lines = [
        *(f"form {form.size} {_hex(form.prefix)} {_hex(form.suffix)}" for form in forms),
        *_receivers(crowd, demand.skim),
        *(f"sender {sock.fileno()} {room}" for sock, room in crowd.senders),
        *(f"process {pid}" for pid in processes),
        f"messages {demand.messages}",
        f"warmup {demand.warmup} {warmup_rate}",
        f"rate {demand.rate}",
        f"timeout {demand.timeout}",
    ]
    return "\n".join(lines) + "\n"


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
