"""The generator in C, and figures to count with."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from benchmarks.build import NoCompilerError, program
from benchmarks.figures import Figures, Spread


@pytest.fixture
def programs() -> None:
    """Compile what is in C, or skip."""
    try:
        program("load")
        program("plain_relay")
    except NoCompilerError as error:
        pytest.skip(str(error))


@pytest.fixture
def figures() -> Callable[..., Figures]:
    """Return a function that makes figures of a clean run, but for what it is given."""
    spread = Spread(100.0, 200.0, 300.0, 400.0)
    clean = Figures(
        latency=spread,
        last_receiver=spread,
        deliveries=1_000,
        missing=0,
        malformed=0,
        misordered=0,
        gone=0,
        seconds=2.0,
        elapsed=2.0,
        relay_cpu_seconds=0.5,
        load_cpu_seconds=0.25,
        machine_cpu_seconds=1.0,
        late_us=1.0,
        latest_us=2.0,
    )

    def make(**values: float) -> Figures:
        return replace(clean, **values)  # type: ignore[arg-type]  # counts are whole

    return make
