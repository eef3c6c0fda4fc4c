"""The relay's counters for Prometheus, added up when they are asked for.

No label may identify a person, an address or a room.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from sussurro_relay import proxy_header, tls
from sussurro_relay.budget import Budget
from sussurro_relay.log import Log
from sussurro_relay.log_metrics import describe_log, histogram
from sussurro_relay.tally import Tally
from sussurro_wire.errors import Reason
from sussurro_wire.limits import VERSION

_PREFIX = "sussurro_relay"


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the figures come from; all of it is read in the thread of whoever scrapes."""

    tallies: Sequence[Tally]
    budget: Budget
    log: Log
    count_rooms: Callable[[], int]
    is_ready: Callable[[], bool]
    version: str
    count_peers: Callable[[], int] | None = None  # None: a relay that stands alone
    count_bad_rumours: Callable[[], int] | None = None  # as before


class RelayCollector(Collector):
    """Adds up the tallies of all threads at each scrape. Any thread."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._tallies = sources.tallies

    def collect(self) -> Iterable[Metric]:
        """Return every metric with its present value."""
        tallies = self._tallies
        yield GaugeMetricFamily(
            f"{_PREFIX}_connections", "Open connections", sum(t.connections for t in tallies)
        )
        yield CounterMetricFamily(
            f"{_PREFIX}_connections_total", "Connections taken", sum(t.opened for t in tallies)
        )
        yield GaugeMetricFamily(
            f"{_PREFIX}_rooms", "Rooms with somebody in them", self._sources.count_rooms()
        )
        yield GaugeMetricFamily(
            f"{_PREFIX}_lagging_cursors",
            "Members who are behind the window and read pages of the log",
            sum(t.lagging for t in tallies),
        )
        yield GaugeMetricFamily(
            f"{_PREFIX}_ready", "Whether new members are welcome (1)", self._sources.is_ready()
        )
        yield GaugeMetricFamily(
            f"{_PREFIX}_log_available",
            "Whether messages can be kept (1)",
            self._sources.log.is_available(),
        )
        yield from describe_log(self._sources.log.figures())
        if self._sources.count_peers is not None:
            yield GaugeMetricFamily(
                f"{_PREFIX}_peers", "Other relays that are heard", self._sources.count_peers()
            )
        if self._sources.count_bad_rumours is not None:
            yield CounterMetricFamily(
                f"{_PREFIX}_bad_rumours_total",
                "Messages about presence that no relay says",
                self._sources.count_bad_rumours(),
            )
        yield CounterMetricFamily(
            f"{_PREFIX}_frames_relayed_total",
            "Token lines taken in from members",
            sum(t.frames_in for t in tallies),
        )
        yield CounterMetricFamily(
            f"{_PREFIX}_frames_delivered_total",
            "Token lines handed to members' sockets",
            sum(t.frames_out for t in tallies),
        )
        sizes = CounterMetricFamily(
            f"{_PREFIX}_bytes_total", "Bytes read and written", labels=["direction"]
        )
        sizes.add_metric(["in"], sum(t.bytes_in for t in tallies))
        sizes.add_metric(["out"], sum(t.bytes_out for t in tallies))
        yield sizes
        yield from self._memory()
        yield self._refused()
        yield histogram(
            "fanout_seconds",
            "From the read of a chunk to the last send of it, once for each I/O thread",
            [tally.fanout for tally in tallies],
        )
        facts = {"version": self._sources.version, "protocol": str(VERSION)}
        yield InfoMetricFamily(f"{_PREFIX}_build", "This relay", facts)

    def _memory(self) -> Iterable[Metric]:
        held = GaugeMetricFamily(
            f"{_PREFIX}_memory_bytes", "Memory held for rooms and connections", labels=["kind"]
        )
        for kind, size in self._sources.budget.held().items():
            held.add_metric([kind.value], size)
        yield held
        yield GaugeMetricFamily(
            f"{_PREFIX}_memory_limit_bytes",
            "What all kinds may come to",
            self._sources.budget.limit,
        )

    def _refused(self) -> Metric:
        refused: Counter[str] = Counter()
        for tally in self._tallies:
            refused.update(tally.refused.copy())
        family = CounterMetricFamily(
            f"{_PREFIX}_refused_total", "Connections ended by the relay", labels=["reason"]
        )
        for reason in Reason:
            if reason not in (Reason.LEFT, Reason.DRAIN, Reason.LOST):
                family.add_metric([reason.value], refused[reason])
        for label in (tls.REFUSAL, proxy_header.REFUSAL):
            family.add_metric([label], refused[label])
        return family


def make_registry(sources: Sources) -> CollectorRegistry:
    """Return a registry with the relay's metrics and the process's."""
    registry = CollectorRegistry()
    registry.register(RelayCollector(sources))
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    return registry
