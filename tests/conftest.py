"""What all tests share: where an engine is promised, a test that needs it may not be skipped."""

import os
from collections.abc import Generator

import hypothesis
import pytest

# The same examples each time, however slow the machine is just then.
hypothesis.settings.register_profile(
    "repeatable",
    deadline=None,
    derandomize=True,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("repeatable")

_REQUIRED = frozenset(os.environ.get("SUSSURRO_TEST_REQUIRE", "").split())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Make a failure of each skip under a marker that SUSSURRO_TEST_REQUIRE names."""
    report = yield
    required = _REQUIRED.intersection(marker.name for marker in item.iter_markers())
    if report.skipped and required:
        report.outcome = "failed"
        report.longrepr = (
            f"skipped, though {', '.join(sorted(required))} is required: {report.longrepr}"
        )
    return report
