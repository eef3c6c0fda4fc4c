"""The one connection of a relay to NATS, over a real server."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from nats.aio.msg import Msg

from sussurro_relay.cluster.bus import Bus
from tests.support.nats_server import NatsServer, why_no_nats
from tests.support.relay import until

pytestmark = [
    pytest.mark.nats,
    pytest.mark.skipif(bool(why_no_nats()), reason=str(why_no_nats())),
]

SECONDS = 30.0


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[Bus]:
    server = NatsServer(tmp_path)
    server.start()
    one = Bus([server.url])
    one.start()
    until(one.is_connected, SECONDS)
    yield one

    async def say_nothing() -> None:
        return

    one.close(say_nothing)
    server.remove()


def test_a_subscription_that_failed_is_not_kept(bus: Bus, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would be asked for again on each new connection, beside the next attempt's own."""
    ended = threading.Event()
    failed: list[BaseException] = []

    async def break_off() -> None:
        raise TimeoutError

    async def take(_: Msg) -> None:
        return

    async def subscribe() -> None:
        try:
            await bus.subscribe("a.subject", take)
        except TimeoutError as error:
            failed.append(error)
        ended.set()

    monkeypatch.setattr(bus._client, "flush", break_off)
    bus.call_soon(lambda: bus.spawn(subscribe()))
    assert ended.wait(SECONDS)
    assert len(failed) == 1
    assert bus._client._subs == {}
