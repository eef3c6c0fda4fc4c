"""A relay process of which everything is looked at: memory, metrics, journal, database."""

import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

from tests.support import leaks
from tests.support.leaks import Leak
from tests.support.relay import DEADLINE, HOST, SERVICES, RelayProcess, until
from tests.support.scan import Scanner, Trace

_OPEN_METRICS = "application/openmetrics-text; version=1.0.0"
_ROOT = SERVICES.parent


class Place(StrEnum):
    """Where a relay could leave something behind."""

    MEMORY = "memory"
    METRICS = "metrics"
    JOURNAL = "journal"
    DATABASE = "database"


class WatchedRelay:
    """A running relay, as an operator starts it, that keeps rooms in memory or in SQLite."""

    def __init__(self, process: RelayProcess, database: Path | None) -> None:
        self._process = process
        self._database = database
        facts = process.listening()
        self.port = int(facts["port"])
        self._metrics_port = int(facts["metrics_port"])

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.process.pid

    def metrics(self, accept: str = "text/plain") -> str:
        """Return what Prometheus would be told."""
        url = f"http://{HOST}:{self._metrics_port}/metrics"
        request = urllib.request.Request(url, headers={"Accept": accept})
        with urllib.request.urlopen(request, timeout=DEADLINE) as answer:  # noqa: S310 - as above
            return str(answer.read().decode())

    def wait_until_left(self) -> None:
        """Return when nobody is connected any more."""
        until(lambda: "\nsussurro_relay_connections 0.0\n" in self.metrics())

    def files(self) -> list[Path]:
        """Return the database and what SQLite keeps beside it, as they are now."""
        if self._database is None:
            return []
        return sorted(self._database.parent.glob(f"{self._database.name}*"))

    def stop(self) -> str:
        """End it in order; return its whole journal."""
        self._process.process.terminate()
        code, output, journal = self._process.end()
        assert (code, output) == (0, ""), journal
        return journal


@contextmanager
def watched_relay(
    folder: Path, *, durable: bool, leak: Leak | None = None, key: str = ""
) -> Iterator[WatchedRelay]:
    """Run a relay in a folder of its own; only one with a leak is handed the key."""
    folder.mkdir()
    database = folder / "log.db" if durable else None
    settings = {
        "RELAY_LOG": f"sqlite:///{database}" if database else "memory:",
        "RELAY_LOG_LEVEL": "debug",
        "RELAY_HEARTBEAT_SECONDS": "600",
        "RELAY_IO_THREADS": "2",
    }
    program = ""
    if leak is not None:
        program = leaks.PROGRAM
        settings |= {"PYTHONPATH": f"{SERVICES}:{_ROOT}", **leaks.settings_of(leak, key, folder)}
    with RelayProcess(program=program, **settings) as process:
        yield WatchedRelay(process, database)


def search_live(scanner: Scanner, relay: WatchedRelay) -> dict[Place, set[Trace]]:
    """Return what a running relay holds, exports in both formats of Prometheus, and stores."""
    exported = relay.metrics() + relay.metrics(_OPEN_METRICS)
    return {
        Place.MEMORY: scanner.search_memory(relay.pid),
        Place.METRICS: scanner.search(exported.encode()),
        Place.DATABASE: scanner.search_files(*relay.files()),
    }


def search_ended(scanner: Scanner, relay: WatchedRelay) -> dict[Place, set[Trace]]:
    """End the relay; return what it wrote into its journal and left in its database."""
    return {
        Place.JOURNAL: scanner.search(relay.stop().encode()),
        Place.DATABASE: scanner.search_files(*relay.files()),
    }
