import os
from collections.abc import Callable

import pytest

from benchmarks.figures import Figures, Spread, read_figures

PRINTED = """{"latency_us": {"p50": 1.5, "p90": 2.0, "p99": 3.0, "max": 4.0},
 "last_receiver_us": {"p50": 5.0, "p90": 6.0, "p99": 7.0, "max": 8.0},
 "deliveries": 10, "missing": 1, "malformed": 2, "misordered": 3, "gone": 4, "seconds": 0.5,
 "elapsed": 1.0, "relay_cpu_seconds": 0.25, "load_cpu_seconds": 0.125,
 "machine_cpu_seconds": 0.5, "late_us": 9.0, "latest_us": 10.0}"""


def test_what_the_generator_prints_is_read_whole() -> None:
    figures = read_figures(PRINTED)
    assert figures.latency == Spread(1.5, 2.0, 3.0, 4.0)
    assert figures.last_receiver == Spread(5.0, 6.0, 7.0, 8.0)
    assert figures.rate == 20.0
    assert figures.cpu_us == 25_000.0
    assert figures.relay_cpu_share == 0.25
    assert figures.load_cpu_share == 0.125
    assert figures.other_cpu_share == 0.125


def test_a_value_that_is_not_known_is_not_ignored() -> None:
    with pytest.raises(TypeError):
        read_figures(PRINTED.replace('"late_us"', '"later_us"'))


def test_every_flaw_is_told() -> None:
    assert read_figures(PRINTED).flaws == "1 missing, 2 malformed, 3 misordered, 4 cut off"


def test_of_a_clean_run_no_flaw_is_told(figures: Callable[..., Figures]) -> None:
    assert figures().flaws == ""


def test_a_generator_without_rest_was_the_limit(figures: Callable[..., Figures]) -> None:
    assert figures(load_cpu_seconds=1.9).limit == "generator"


def test_a_full_machine_was_the_limit(figures: Callable[..., Figures]) -> None:
    processors = os.cpu_count() or 1
    assert figures(relay_cpu_seconds=2.0 * processors).limit == "machine"


def test_otherwise_the_relay_was(figures: Callable[..., Figures]) -> None:
    assert figures().limit == ""


def test_of_nothing_delivered_figures_can_be_shown(figures: Callable[..., Figures]) -> None:
    nothing = figures(deliveries=0, seconds=0.0)
    assert nothing.rate == 0.0
    assert nothing.cpu_us == 500_000.0
