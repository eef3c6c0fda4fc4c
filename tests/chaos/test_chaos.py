"""Nothing that was acknowledged is lost, whatever is killed in between."""

import sys
from pathlib import Path

import pytest

from tests.support.chaos import run_chaos
from tests.support.chaos_plan import MEMORY, NATS, SQLITE, Plan
from tests.support.nats_server import why_no_nats


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "plan",
    [
        pytest.param(Plan(1, MEMORY), id="memory"),
        pytest.param(Plan(2, SQLITE), id="sqlite"),
        pytest.param(
            Plan(3, NATS),
            id="nats",
            marks=[
                pytest.mark.nats,
                pytest.mark.skipif(bool(why_no_nats()), reason=str(why_no_nats())),
            ],
        ),
    ],
)
def test_a_thousand_faults_lose_double_and_reorder_nothing(
    plan: Plan, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Cut, delayed, black-holed, half-closed, killed: each message is shown once, in one order."""
    summary = run_chaos(plan, tmp_path)
    with capsys.disabled():
        sys.stdout.write(f"\n{summary}\n")
    assert summary.is_clean
    assert summary.faults.total() >= plan.faults
    assert summary.acknowledged > plan.faults
