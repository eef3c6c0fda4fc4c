"""A cell is so many members under so much load; a run of it is one relay's, started afresh."""

import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass

from benchmarks.contenders import Contender, Place, Running
from benchmarks.figures import Figures
from benchmarks.load import Crowd, Demand, LoadError, run
from benchmarks.machine import wait_until_quiet
from benchmarks.processes import StartError, peak_bytes

# What a single run can fail from; whatever else happens is a fault of the benchmark.
FAILURES = (LoadError, StartError, OSError)
_SCRAPE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Cell:
    """``receivers`` and ``senders`` are those of each room; ``sizes`` are said in turn."""

    receivers: int
    senders: int
    demand: Demand
    sizes: tuple[int, ...] = (160,)
    rooms: int = 1

    @property
    def places(self) -> list[Place]:
        """Where everybody joins: those who listen first."""
        return [
            Place(room, speaks)
            for speaks, count in ((False, self.receivers), (True, self.senders))
            for room in range(self.rooms)
            for _ in range(count)
        ]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run gave, and the most memory that the relay's first process had."""

    figures: Figures
    peak: int


Beside = Callable[[Running], AbstractContextManager[object]]


def measure(
    contender: Contender, cell: Cell, patience: float, beside: Beside | None = None
) -> Outcome:
    """Run a cell once; ``beside`` is entered when all have joined, for the length of the load.

    Our relay's metrics are read every second meanwhile. Raises one of FAILURES.
    """
    wait_until_quiet(patience)
    with contender.run(cell.rooms) as relay, ExitStack() as opened:
        places = cell.places
        members = relay.join(places)
        for member in members:
            opened.callback(member.close)
        listening = cell.rooms * cell.receivers
        with_rooms = [(member, to.room) for member, to in zip(members, places, strict=True)]
        crowd = Crowd(with_rooms[:listening], with_rooms[listening:])
        forms = [relay.form(size) for size in cell.sizes]
        with scraped(relay), beside(relay) if beside else ExitStack():
            figures = run(crowd, forms, cell.demand, relay.processes)
        return Outcome(figures, peak_bytes(relay.processes[0]))


@contextmanager
def scraped(relay: Running) -> Iterator[None]:
    """Read the relay's metrics every second for as long as the block runs, if it has any."""
    if relay.metrics_port is None:
        yield
        return
    ended = threading.Event()
    url = f"http://127.0.0.1:{relay.metrics_port}/metrics"

    def scrape() -> None:
        while not ended.wait(_SCRAPE_SECONDS):
            with urllib.request.urlopen(url, timeout=10) as answer:
                answer.read()

    # Not a daemon: it is awaited below.
    thread = threading.Thread(target=scrape, name="scrape")
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
