"""A message is kept once, whatever NATS says of a copy of it that it has lost."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import nats
import pytest
from nats.errors import TimeoutError as NoAnswerError
from nats.js.api import PubAck
from nats.js.errors import APIError

from sussurro_relay.cluster.bus import Bus
from sussurro_relay.log import Query
from sussurro_relay.log.nats import NatsLog
from sussurro_relay.log.nats_stream import Kept
from sussurro_relay.log.retention import Retention
from tests.log.kinds import Heard, OpenLog, chunk, enter, lines
from tests.log.test_contract import page_of
from tests.support.nats_server import NatsServer, why_no_nats
from tests.support.nats_trio import SIZE, NatsTrio
from tests.support.relay import until
from tests.support.wire_cutter import WireCutter

pytestmark = [
    pytest.mark.nats,
    pytest.mark.skipif(bool(why_no_nats()), reason=str(why_no_nats())),
]

_SECONDS = 30.0
_ELECTION_SECONDS = 60.0


@pytest.mark.parametrize("newer", [False, True], ids=["NATS 2.10", "NATS 2.11"])
def test_a_copy_that_nats_takes_for_under_way_and_has_lost_keeps_nobody_waiting(
    open_log: OpenLog, monkeypatch: pytest.MonkeyPatch, *, newer: bool
) -> None:
    log, heard = open_log()
    enter(log, "room")
    jetstream = log._stream._jetstream
    publish = jetstream.publish
    lost: list[str] = []

    async def lose_third(
        subject: str, payload: bytes = b"", headers: dict[str, str] | None = None
    ) -> PubAck:
        name = (headers or {}).get("Nats-Msg-Id", "")
        if len(heard.records) == 2 and name and not lost:
            lost.append(name)
        if name not in lost:
            return await publish(subject, payload, headers=headers)
        if newer:
            raise APIError(code=409, err_code=10158)
        return PubAck("rooms", 0, duplicate=True)

    monkeypatch.setattr(jetstream, "publish", lose_third)
    for number in range(10):
        log.append("room", chunk(number), "ana", 1.0)
        until(lambda: len(heard.records) > number, _SECONDS)  # noqa: B023 - called here
    assert lost
    assert lines(heard.records) == [chunk(number).lines for number in range(10)]
    until(log.is_available, _SECONDS)


def test_a_copy_that_is_kept_after_all_is_not_published_again(
    open_log: OpenLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is as slow as may be: kept only just before what is said after it, and not heard of."""
    log, heard = open_log()

    async def deaf(_feed: object, _kept: Kept) -> None:
        pass

    monkeypatch.setattr(log._follower, "_take", deaf)
    enter(log, "room")
    jetstream = log._stream._jetstream
    publish = jetstream.publish
    under_way: list[tuple[bytes, dict[str, str]]] = []
    published = 0

    async def keep_late(
        subject: str, payload: bytes = b"", headers: dict[str, str] | None = None
    ) -> PubAck:
        nonlocal published
        if subject == "room.room" and headers:
            published += 1
            under_way.append((payload, headers))
            return PubAck("rooms", 0, duplicate=True)
        for late_payload, late_headers in under_way:
            await publish("room.room", late_payload, headers=late_headers)
        under_way.clear()
        return await publish(subject, payload, headers=headers)

    monkeypatch.setattr(jetstream, "publish", keep_late)
    for number in range(3):
        log.append("room", chunk(number), "ana", 1.0)
        until(lambda: len(heard.records) > number, _SECONDS)  # noqa: B023 - called here
    log._follower._feeds["room"].tail.shrink(0)
    page = page_of(log, Query("room", after=0))
    assert lines([*page.records]) == lines(heard.records)
    assert lines(heard.records) == [chunk(number).lines for number in range(3)]
    assert published == 3


def test_a_message_that_nats_keeps_twice_is_taken_once(
    server: NatsServer, open_log: OpenLog
) -> None:
    log, heard = open_log()
    enter(log, "room")

    async def publish(*names: str) -> None:
        client = await nats.connect(server.url)
        for name in names:
            text = chunk(int(name.split(".")[1])).lines
            label = b"ana:1:%d\n" % len(text)
            await client.jetstream().publish(
                "room.room", label + text, headers={"Nats-Msg-Id": name}
            )
        await client.close()

    asyncio.run(publish("one.1", "two.1", "one.1.1", "one.3", "one.1.2", "two.2", "one.3.1"))
    log.append("room", chunk(9), "bia", 1.0)
    until(lambda: chunk(9).lines in lines(heard.records), _SECONDS)
    assert lines(heard.records) == [chunk(number).lines for number in (1, 1, 3, 2, 9)]
    log._follower._feeds["room"].tail.shrink(0)
    assert lines(page_of(log, Query("room", after=0)).records) == lines(heard.records)


@pytest.fixture
def trio(tmp_path: Path) -> Iterator[NatsTrio]:
    one = NatsTrio(tmp_path)
    try:
        one.start()
        yield one
    finally:
        one.close()


def test_a_message_that_a_leader_has_lost_is_kept_when_it_leads_again(trio: NatsTrio) -> None:
    """NATS 2.10 does not forget that it was under way, and would for ten minutes keep no copy."""
    first = NatsLog(Bus(trio.url.split(",")), SIZE, Retention())
    first.start(Heard())
    until(first.is_available, _SECONDS)
    first.close()
    leader = trio.stream_leader()
    others = [number for number in range(SIZE) if number != leader]
    wire = WireCutter(trio.servers[leader].port)
    log, heard = NatsLog(Bus([f"nats://127.0.0.1:{wire.port}"]), SIZE, Retention()), Heard()
    log.start(heard)
    try:
        log.append("room", chunk(0), "ana", 1.0)
        until(lambda: heard.records, _SECONDS)
        for other in others:
            trio.cut(leader, other)
        log.append("room", chunk(1), "ana", 1.0)
        until(lambda: not log.is_available(), _SECONDS)
        asyncio.run(_keep_elsewhere(trio.servers[others[0]]))  # they have another leader now
        wire.cut()
        trio.join()
        trio.wait_until_well()
        trio.make_lead(leader)
        wire.join()
        log.append("room", chunk(2), "ana", 1.0)
        until(lambda: len(heard.records) >= 3, _SECONDS)
        assert lines(heard.records) == [chunk(number).lines for number in range(3)]
        until(log.is_available, _SECONDS)
    finally:
        log.close()
        wire.close()


async def _keep_elsewhere(server: NatsServer) -> None:
    """Have a message kept in another room, as soon as there is a leader to keep it."""
    client = await nats.connect(server.url)
    jetstream = client.jetstream(timeout=3.0)
    deadline = asyncio.get_running_loop().time() + _ELECTION_SECONDS
    while True:
        try:
            await jetstream.publish("room.elsewhere", b"something")
            break
        except NoAnswerError:
            assert asyncio.get_running_loop().time() < deadline
    await client.close()
