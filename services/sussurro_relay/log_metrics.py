"""What a log tells of itself, as metrics. A figure that its kind has not is left out."""

from collections.abc import Iterable, Sequence

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)

from sussurro_relay.log import LogFigures
from sussurro_relay.tally import TIME_BUCKETS, Times

_PREFIX = "sussurro_relay"


def describe_log(figures: LogFigures) -> Iterable[Metric]:
    """Return the metrics of one moment."""
    gauges = (
        ("log_waiting_bytes", "Handed to the log and not kept yet", figures.waiting_bytes),
        ("log_bytes", "What the log takes where it is kept", figures.size_bytes),
        ("log_limit_bytes", "Messages that it keeps at most; 0: no limit", figures.limit_bytes),
        ("log_disk_free_bytes", "Free where the log is kept", figures.disk_free_bytes),
        ("nats_connected", "Whether NATS is reached (1)", figures.is_connected),
    )
    for name, help_text, value in gauges:
        if value is not None:
            yield GaugeMetricFamily(f"{_PREFIX}_{name}", help_text, value)
    if figures.reconnects is not None:
        yield CounterMetricFamily(
            f"{_PREFIX}_nats_reconnects_total",
            "Times that NATS was lost and found again",
            figures.reconnects,
        )
    if figures.append_times is not None:
        yield histogram(
            "log_append_seconds",
            "From the read of a chunk until the log has kept it",
            [figures.append_times],
        )


def histogram(name: str, help_text: str, times: Sequence[Times]) -> Metric:
    """Return the times of several threads together."""
    total = 0
    buckets: list[tuple[str, float]] = []
    for index, bound in enumerate([*map(str, TIME_BUCKETS), "+Inf"]):
        total += sum(each.counts[index] for each in times)
        buckets.append((bound, total))
    return HistogramMetricFamily(
        f"{_PREFIX}_{name}",
        help_text,
        buckets=buckets,
        sum_value=sum(each.total for each in times),
    )
