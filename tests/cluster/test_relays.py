"""Whole relays over a real NATS, and real clients at each of them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from sussurro_wire.messages import Here, Who, WhoEnd
from tests.support.nats_server import NatsServer, why_no_nats
from tests.support.programs import Chat, Event, Relay
from tests.support.relay import Member, RoomSecret, until

pytestmark = [
    pytest.mark.nats,
    pytest.mark.skipif(bool(why_no_nats()), reason=str(why_no_nats())),
]

SECONDS = 30.0
MakeRelay = Callable[..., Relay]
MakeChat = Callable[[str, Relay], Chat]


@pytest.fixture
def make_relay(server: NatsServer, tmp_path: Path) -> Iterator[MakeRelay]:
    made: list[Relay] = []

    def make(**settings: str) -> Relay:
        folder = tmp_path / f"relay-{len(made)}"
        folder.mkdir()
        heartbeat = {"RELAY_PEER_HEARTBEAT_SECONDS": "0.5"}
        made.append(Relay(folder, RELAY_LOG=server.url, **heartbeat | settings))
        return made[-1]

    yield make
    for relay in made:
        relay.stop()


@pytest.fixture
def make_chat(tmp_path: Path) -> Iterator[MakeChat]:
    made: list[Chat] = []
    key = Fernet.generate_key().decode()

    def make(name: str, relay: Relay) -> Chat:
        made.append(Chat(tmp_path / name, key, name, relay.address))
        made[-1].wait_event("connected")
        return made[-1]

    yield make
    for chat in made:
        chat.close()


def who(member: Member) -> set[str]:
    """Return the sessions that the relay names."""
    member.say(Who())
    named: set[str] = set()
    while not isinstance(event := member.hear_any(), WhoEnd):
        if isinstance(event, Here):
            named.add(event.session)
    return named


def of(chat: Chat, *kinds: str) -> list[Event]:
    return [event for event in chat.events if event["event"] in kinds]


def test_members_at_different_relays_talk_and_see_each_other_come_and_go(
    make_relay: MakeRelay, make_chat: MakeChat
) -> None:
    one, two = make_relay(), make_relay()
    ana = make_chat("ana", one)
    bia = make_chat("bia", two)
    ana.wait_event("joined", name="bia")
    ana.say("Oi, querida")
    bia.wait_event("message", text="Oi, querida")
    bia.say("Olá!")
    ana.wait_event("message", text="Olá!")
    assert bia.leave() == 0
    ana.wait_event("left", name="bia")
    assert of(ana, "warning", "error") == []
    assert one.metric("sussurro_relay_frames_relayed_total") == 1


def test_whoever_asks_is_told_of_the_members_at_every_relay(
    make_relay: MakeRelay,
) -> None:
    relays = [make_relay() for _ in range(3)]
    until(lambda: all(each.metric("sussurro_relay_peers") == 2 for each in relays), SECONDS)
    secret = RoomSecret()
    with (
        Member(relays[0].port) as ana,
        Member(relays[1].port) as bia,
        Member(relays[2].port) as eva,
    ):
        for count, member in enumerate((ana, bia, eva), start=1):
            member.join(secret)
            everybody = {each.welcome.session for each in (ana, bia, eva)[:count]}
            until(lambda: who(member) == everybody)  # noqa: B023 - called here


def test_who_comes_back_at_another_relay_in_time_has_neither_left_nor_come(
    make_relay: MakeRelay, make_chat: MakeChat
) -> None:
    heartbeat = {"RELAY_PEER_HEARTBEAT_SECONDS": "4"}  # time enough on a busy machine
    one, two = make_relay(**heartbeat), make_relay(**heartbeat)
    bia = make_chat("bia", two)
    ana = make_chat("ana", one)
    bia.wait_event("joined", name="ana")
    one.process.kill()
    one.process.wait()
    # Another relay where the first was, as a balancer would have it.
    make_relay(RELAY_PORT=str(one.port), **heartbeat)
    ana.say("still here")
    bia.wait_event("message", text="still here")
    until(lambda: any('"peer_lost"' in line for line in two.journal), SECONDS)
    ana.say("and now too")
    bia.wait_event("message", text="and now too")
    assert [event["event"] for event in of(bia, "joined", "left")] == ["joined"]
    assert of(bia, "warning", "error") == []


def test_a_member_whose_relay_dies_and_who_does_not_come_back_is_lost(
    make_relay: MakeRelay, make_chat: MakeChat
) -> None:
    one, two = make_relay(), make_relay()
    bia = make_chat("bia", two)
    make_chat("ana", one)
    bia.wait_event("joined", name="ana")
    one.process.kill()
    bia.wait_event("left", name="ana", reason="lost")


def test_what_was_said_at_one_relay_is_history_at_another(
    make_relay: MakeRelay, make_chat: MakeChat
) -> None:
    ana = make_chat("ana", make_relay())
    ana.say(*(f"number {number}" for number in range(50)))
    ana.wait(lambda _: len(of(ana, "acked")) == 50, "acknowledgements")
    bia = make_chat("bia", make_relay())
    bia.wait(lambda _: len(bia.texts()) == 50, "history")
    assert bia.texts() == [f"number {number}" for number in range(50)]
    assert of(bia, "warning", "error") == []


def test_a_relay_without_nats_is_not_ready_and_serves_once_nats_is_there(
    server: NatsServer, make_relay: MakeRelay, make_chat: MakeChat
) -> None:
    server.kill()
    relay = make_relay()
    assert relay.metric("sussurro_relay_log_available") == 0
    server.start()
    until(lambda: relay.metric("sussurro_relay_log_available") == 1, SECONDS)
    ana = make_chat("ana", relay)
    ana.say("at last")
    ana.wait_event("acked")


def test_a_relay_that_is_stopped_while_nats_is_away_ends_in_time(
    server: NatsServer, make_relay: MakeRelay, make_chat: MakeChat
) -> None:
    relay = make_relay(RELAY_DRAIN_SECONDS="1")
    ana = make_chat("ana", relay)
    server.kill()
    until(lambda: relay.metric("sussurro_relay_log_available") == 0, SECONDS)
    ana.say("not kept")
    assert relay.stop() == 0
    assert of(ana, "acked") == []
