"""A cluster loses, doubles and reorders nothing, whichever part of it fails: one round each."""

import sys
from collections.abc import Iterator

import pytest

from tests.cluster_proofs.proof import blows, prove
from tests.support.crowd import MEMBERS
from tests.support.nats_server import why_no_nats
from tests.support.relay_trio import RelayTrio

pytestmark = [
    pytest.mark.nats,
    pytest.mark.skipif(bool(why_no_nats()), reason=str(why_no_nats())),
]

# `make proofs` does it for as long as it is promised for, and more than once.
BLOWS = blows(cut_seconds=5.0)


@pytest.fixture(scope="module")
def trio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RelayTrio]:
    cluster = RelayTrio(tmp_path_factory.mktemp("cluster"))
    yield cluster
    cluster.close()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", BLOWS)
def test_a_crowd_under_load_gets_every_message_once_and_in_order(
    name: str, trio: RelayTrio, capsys: pytest.CaptureFixture[str]
) -> None:
    proved = prove(trio, name, BLOWS[name], seed=6)
    with capsys.disabled():
        sys.stdout.write(f"\n{proved}\n")
    assert proved.report.is_clean, trio.journal()[-20:]
    # As much as that is said on any machine, however many tests it runs at once.
    assert proved.report.messages > 20 * MEMBERS
