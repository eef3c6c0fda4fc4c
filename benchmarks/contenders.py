"""What is compared: a relay that can be started, joined and spoken to."""

import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from benchmarks.build import program
from benchmarks.load import Form
from benchmarks.processes import family, running
from benchmarks.sockets import connect, free_port


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody joins, and whether to speak there."""

    room: int = 0
    speaks: bool = False


@dataclass(frozen=True, slots=True)
class Running:
    """A relay that runs: its processes, and how to speak with it.

    ``join`` returns a member's socket for each place, as soon as all have joined.
    ``leans_on``: processes of others that it needs, whose cost is not its own.
    """

    processes: tuple[int, ...]
    port: int
    join: Callable[[Sequence[Place]], list[socket.socket]]
    form: Callable[[int], Form]
    metrics_port: int | None = None
    leans_on: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Contender:
    """One relay; ``run`` starts it for so many rooms, until its block ends.

    ``package``: the Debian package that it is, empty for our own; ``is_missing``: it is not there.
    """

    name: str
    run: Callable[[int], AbstractContextManager[Running]]
    package: str = ""
    is_missing: bool = False


@contextmanager
def _run_plain(rooms: int) -> Iterator[Running]:
    port = free_port(rooms)
    words = [str(program("plain_relay")), str(port), str(rooms)]
    with running(words, port) as process:

        def join(places: Sequence[Place]) -> list[socket.socket]:
            return [connect(port + place.room) for place in places]

        yield Running(family(process.pid), port, join, Form)


# What the calls alone cost that no relay can do without: a process for each room.
PLAIN = Contender("plain relay in C", _run_plain)
