"""A cluster of two relays as Prometheus sees it, well or with a fault, for `promtool test rules`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MINUTES = 60
_MIB = 1024 * 1024
_GIB = 1024 * _MIB

Series = Mapping[str, str]


def _steady(value: float) -> str:
    return f"{value:.0f}x{MINUTES}"


def _growing(step: float, start: float = 0) -> str:
    return f"{start:.0f}+{step:.0f}x{MINUTES}"


def _of(instance: str) -> dict[str, str]:
    """Return a relay that is well and has something to do; each value is one a minute."""

    def name(metric: str, **labels: str) -> str:
        given = {"job": "relay", "instance": instance} | labels
        inner = ",".join(f'{label}="{value}"' for label, value in given.items())
        return f"{metric}{{{inner}}}"

    def relay(metric: str, **labels: str) -> str:
        return name(f"sussurro_relay_{metric}", **labels)

    series = {
        name("up"): _steady(1),
        relay("build_info", version="1"): _steady(1),
        relay("ready"): _steady(1),
        relay("connections"): _steady(500),
        relay("lagging_cursors"): _steady(20),
        relay("memory_bytes", kind="windows"): _steady(100 * _MIB),
        relay("memory_bytes", kind="connections"): _steady(50 * _MIB),
        relay("memory_limit_bytes"): _steady(256 * _MIB),
        relay("log_available"): _steady(1),
        relay("log_bytes"): _steady(_GIB),
        relay("log_limit_bytes"): _steady(2 * _GIB),
        relay("log_disk_free_bytes"): _steady(4 * _GIB),
        relay("nats_connected"): _steady(1),
        relay("nats_reconnects_total"): _steady(2),
        relay("peers"): _steady(1),
        relay("refused_total", reason="timeout"): _growing(600),
        relay("refused_total", reason="malformed"): _growing(30),
        relay("refused_total", reason="lagged"): _growing(2),
    }
    for times in ("fanout_seconds_bucket", "log_append_seconds_bucket"):
        series |= {relay(times, le=bound): _growing(6000) for bound in ("0.025", "0.25", "0.5")}
        series |= {relay(times, le="+Inf"): _growing(6000)}
    return series


HEALTHY = _of("a") | _of("b")


@dataclass(frozen=True, slots=True)
class Case:
    """What is otherwise with the first relay, and which alerts fire for it, by the minute.

    ``changed`` names series by how they begin; None as a value: it is not there. ``both``: with
    the second relay too. ``added`` are series of nobody in the cluster.
    """

    name: str
    changed: Mapping[str, str | None]
    fires: Mapping[int, frozenset[str]]
    both: bool = False
    added: Series = field(default_factory=dict)

    def series(self) -> Series:
        """Return the healthy cluster with what is otherwise."""
        series: dict[str, str] = dict(HEALTHY)
        for start, values in self.changed.items():
            found = [
                name
                for name in series
                if name.startswith(_full(start)) and (self.both or 'instance="a"' in name)
            ]
            if not found:
                raise KeyError(start)
            for name in found:
                if values is None:
                    del series[name]
                else:
                    series[name] = values
        return {**series, **self.added}

    def test(self) -> dict[str, Any]:
        """Return it in promtool's own words: all that fires is counted, so nothing else may."""
        return {
            "name": self.name,
            "interval": "1m",
            "input_series": [
                {"series": name, "values": values} for name, values in self.series().items()
            ],
            "promql_expr_test": [
                {
                    "expr": 'count by (alertname) (ALERTS{alertstate="firing"} == 1) * 0',
                    "eval_time": f"{minute}m",
                    "exp_samples": [
                        {"labels": f'{{alertname="{alert}"}}', "value": 0}
                        for alert in sorted(alerts)
                    ],
                }
                for minute, alerts in self.fires.items()
            ],
        }


def _full(start: str) -> str:
    return start if start == "up" else f"sussurro_relay_{start}"
