"""Members spread over several relays get everything, as the generator counts it."""

import pytest

from benchmarks.cells import Cell, measure
from benchmarks.clusters import cluster
from benchmarks.load import Demand
from benchmarks.options import Options
from tests.support.nats_server import why_no_nats


@pytest.mark.compiler
@pytest.mark.usefixtures("programs")
@pytest.mark.nats
@pytest.mark.skipif(bool(why_no_nats()), reason=str(why_no_nats()))
def test_members_at_different_relays_hear_everything_in_order() -> None:
    found = measure(cluster(2, 1, Options().python), Cell(6, 2, Demand(100)), 0)
    assert not found.figures.flaws
    assert found.figures.deliveries == 600
