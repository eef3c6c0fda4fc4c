"""A NATS of its own for each test that wants one, and relays' logs in it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sussurro_relay.cluster.bus import Bus
from sussurro_relay.log.nats import NatsLog
from sussurro_relay.log.retention import Retention
from tests.log.kinds import Heard, OpenLog
from tests.support.nats_server import NatsServer


@pytest.fixture
def server(tmp_path: Path) -> Iterator[NatsServer]:
    one = NatsServer(tmp_path)
    one.start()
    yield one
    one.remove()


@pytest.fixture
def open_log(server: NatsServer) -> Iterator[OpenLog]:
    logs: list[NatsLog] = []

    def make(
        retention: Retention | None = None, is_wanted: Callable[[str], bool] = lambda _: True
    ) -> tuple[NatsLog, Heard]:
        heard = Heard()
        logs.append(NatsLog(Bus([server.url]), 1, retention or Retention(), is_wanted))
        logs[-1].start(heard)
        return logs[-1], heard

    yield make
    for log in logs:
        log.close()
