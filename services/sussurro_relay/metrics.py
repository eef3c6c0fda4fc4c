"""The relay's counters for Prometheus, added up when they are asked for.

No label may identify a person, an address or a room.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from sussurro_relay import proxy_header, tls
from sussurro_relay.budget import Budget
from sussurro_relay.tally import FANOUT_BUCKETS, Tally
from sussurro_wire.errors import Reason
from sussurro_wire.limits import VERSION

_PREFIX = "sussurro_relay"


class RelayCollector(Collector):
    """Adds up the tallies of all threads at each scrape. Any thread."""

    def __init__(
        self,
        tallies: Sequence[Tally],
        budget: Budget,
        count_rooms: Callable[[], int],
        is_log_available: Callable[[], bool],
        version: str,
    ) -> None:
        self._tallies = tallies
        self._budget = budget
        self._count_rooms = count_rooms
        self._is_log_available = is_log_available
        self._version = version

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
            f"{_PREFIX}_rooms", "Rooms with somebody in them", self._count_rooms()
        )
        yield GaugeMetricFamily(
            f"{_PREFIX}_log_available", "Whether messages can be kept (1)", self._is_log_available()
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
        yield self._fanout()
        yield InfoMetricFamily(
            f"{_PREFIX}_build", "This relay", {"version": self._version, "protocol": str(VERSION)}
        )

    def _memory(self) -> Iterable[Metric]:
        held = GaugeMetricFamily(
            f"{_PREFIX}_memory_bytes", "Memory held for rooms and connections", labels=["kind"]
        )
        for kind, size in self._budget.held().items():
            held.add_metric([kind.value], size)
        yield held
        yield GaugeMetricFamily(
            f"{_PREFIX}_memory_limit_bytes", "What all kinds may come to", self._budget.limit
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

    def _fanout(self) -> Metric:
        total = 0
        buckets: list[tuple[str, float]] = []
        bounds = [*(str(bound) for bound in FANOUT_BUCKETS), "+Inf"]
        for index, bound in enumerate(bounds):
            total += sum(tally.fanout[index] for tally in self._tallies)
            buckets.append((bound, total))
        return HistogramMetricFamily(
            f"{_PREFIX}_fanout_seconds",
            "From the read of a chunk to the last send of it, once for each I/O thread",
            buckets=buckets,
            sum_value=sum(tally.fanout_sum for tally in self._tallies),
        )


def make_registry(
    tallies: Sequence[Tally],
    budget: Budget,
    count_rooms: Callable[[], int],
    is_log_available: Callable[[], bool],
    version: str,
) -> CollectorRegistry:
    """Return a registry with the relay's metrics and the process's."""
    registry = CollectorRegistry()
    registry.register(RelayCollector(tallies, budget, count_rooms, is_log_available, version))
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    return registry
