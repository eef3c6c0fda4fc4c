"""A NATS of its own for each test that wants one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.nats_server import NatsServer


@pytest.fixture
def server(tmp_path: Path) -> Iterator[NatsServer]:
    one = NatsServer(tmp_path)
    try:
        one.start()
        yield one
    finally:
        one.remove()
