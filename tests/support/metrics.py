"""All metrics of a relay that is not there, whatever its log is: what can be asked for."""

from prometheus_client import CollectorRegistry

from sussurro_relay.budget import Budget
from sussurro_relay.log import LogFigures
from sussurro_relay.log.memory import MemoryLog
from sussurro_relay.metrics import Sources, make_registry
from sussurro_relay.tally import Tally, Times

# Every label that there is. None of them may come to mean a person, a room or an address.
LABELS = {"direction", "kind", "reason", "le", "version", "protocol"}


class ToldLog(MemoryLog):
    """A log that tells of itself what it was told."""

    def __init__(self, told: LogFigures, *, is_available: bool = True) -> None:
        super().__init__(1, 1)
        self._told = told
        self._is_available = is_available

    def is_available(self) -> bool:
        return self._is_available

    def figures(self) -> LogFigures:
        return self._told


FULL = LogFigures(7, Times(), 6, 5, 4, is_connected=True, reconnects=3)


def registry_of(
    *tallies: Tally, told: LogFigures = FULL, is_good: bool = True, rooms: int = 0
) -> CollectorRegistry:
    """Return the registry of a relay that is not there."""
    log = ToldLog(told, is_available=is_good)
    return make_registry(
        Sources(tallies, Budget(), log, lambda: rooms, lambda: is_good, "1", lambda: 2, lambda: 1)
    )


def samples() -> dict[str, set[str]]:
    """Return every sample's name and its labels, as an unused relay gives them."""
    found: dict[str, set[str]] = {}
    for family in registry_of(Tally(), Tally()).collect():
        for sample in family.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
    return found
