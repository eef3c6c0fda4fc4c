"""Members at several relays see each other, and the end of a relay, over a real NATS."""

import threading
from collections.abc import Callable, Iterator
from unittest.mock import patch

import pytest

from sussurro_relay.cluster import rumour
from sussurro_relay.cluster.bus import Bus
from sussurro_relay.cluster.presence import Presence
from sussurro_relay.cluster.rumour import News, Sign
from sussurro_relay.hub import Hub
from sussurro_relay.room import Room
from sussurro_wire.messages import Here
from tests.support.nats_server import NatsServer, why_no_nats
from tests.support.relay import until

pytestmark = [
    pytest.mark.nats,
    pytest.mark.skipif(bool(why_no_nats()), reason=str(why_no_nats())),
]

ROOM = "r" * 43
HEARTBEAT = 0.3
SOON = 6.0  # well before a relay is asked for no other reason than that it says nothing
SECONDS = 30.0


class Relay:
    """One relay, as far as presence goes."""

    def __init__(self, url: str) -> None:
        self.bus = Bus([url])
        self.presence = Presence(self.bus, HEARTBEAT)
        self.hub = Hub(1_000_000, 200, neighbours=self.presence)
        self.presence.start()
        self.bus.start()
        self.is_over = False

    def enter(self, session: str, card: str = "gAAAAAcard") -> Room:
        room = self.hub.acquire(ROOM)
        room.enter(session, card, lambda _: None)
        return room

    def leave(self, room: Room, session: str) -> None:
        room.leave(session, "left")
        self.hub.release(room)

    def is_sure_of(self, other: "Relay") -> bool:
        place = self.presence._places.get(ROOM)
        return place is not None and place.elsewhere.is_sure(other.presence._me)

    def end(self, *, in_order: bool) -> None:
        """End it; out of order, nobody is told anything."""
        if self.is_over:
            return
        self.is_over = True

        async def say_nothing() -> None:
            return

        self.bus.close(self.presence.end if in_order else say_nothing)


MakeRelay = Callable[[], Relay]


@pytest.fixture
def make_relay(server: NatsServer) -> Iterator[MakeRelay]:
    made: list[Relay] = []

    def make() -> Relay:
        made.append(Relay(server.url))
        until(made[-1].bus.is_connected, SECONDS)
        return made[-1]

    yield make
    for relay in made:
        relay.end(in_order=True)


def present(room: Room) -> set[str]:
    """Return the sessions that WHO names."""
    *lines, _ = room.roster().decode().splitlines()
    return {line.split()[1] for line in lines}


def told(room: Room, position: int = 0) -> list[str]:
    """Return every arrival and departure that was pushed, without cards."""
    batch = room.batch(position, "nobody")
    assert batch is not None
    return [" ".join(line.split()[:2]) for line in batch.data.decode().splitlines()]


def test_arrivals_and_departures_are_seen_at_every_relay(make_relay: MakeRelay) -> None:
    one, two, three = (make_relay() for _ in range(3))
    ana, bia = one.enter("ana"), two.enter("bia")
    caio = three.enter("caio")
    for room in (ana, bia, caio):
        until(lambda: present(room) == {"ana", "bia", "caio"}, SECONDS)  # noqa: B023 - called here
    two.leave(bia, "bia")
    for room in (ana, caio):
        until(lambda: present(room) == {"ana", "caio"}, SECONDS)  # noqa: B023 - called here
    # Of two who are at other relays, either may be heard of first.
    assert sorted(told(ana)) == ["GONE bia", "HERE ana", "HERE bia", "HERE caio"]


def test_who_is_in_another_room_is_not_seen(make_relay: MakeRelay) -> None:
    one, two = make_relay(), make_relay()
    ana = one.enter("ana")
    elsewhere = two.hub.acquire("q" * 43)
    elsewhere.enter("bia", "gAAAAAcard", lambda _: None)
    two.enter("caio")
    until(lambda: present(ana) == {"ana", "caio"}, SECONDS)
    assert present(elsewhere) == {"bia"}


def test_the_members_of_a_relay_that_falls_silent_have_left_within_three_heartbeats(
    make_relay: MakeRelay,
) -> None:
    one, two = make_relay(), make_relay()
    ana = one.enter("ana")
    two.enter("bia")
    until(lambda: present(ana) == {"ana", "bia"}, SECONDS)
    two.end(in_order=False)
    until(lambda: present(ana) == {"ana"}, 3 * HEARTBEAT + 1.0)
    assert told(ana) == ["HERE ana", "HERE bia", "GONE bia"]
    assert one.presence.peers == 0


def test_a_relay_that_ends_in_order_is_not_waited_for(make_relay: MakeRelay) -> None:
    one, two = make_relay(), make_relay()
    ana = one.enter("ana")
    bia = two.enter("bia")
    until(lambda: present(ana) == {"ana", "bia"}, SECONDS)
    two.leave(bia, "bia")
    two.end(in_order=True)
    until(lambda: present(ana) == {"ana"} and not one.presence.peers, SECONDS)


def test_a_nats_that_stands_still_or_restarts_makes_nobody_leave(
    server: NatsServer, make_relay: MakeRelay
) -> None:
    one, two = make_relay(), make_relay()
    ana, bia = one.enter("ana"), two.enter("bia")
    until(lambda: present(ana) == present(bia) == {"ana", "bia"}, SECONDS)
    server.kill()
    until(lambda: not one.bus.is_connected() and not two.bus.is_connected(), SECONDS)
    two.leave(bia, "bia")
    bia = two.enter("bia2")
    server.start()
    until(lambda: present(ana) == present(bia) == {"ana", "bia2"}, SECONDS)
    assert "GONE ana" not in told(bia)


def test_a_relay_that_was_only_cut_off_is_there_again_when_it_is_heard(
    make_relay: MakeRelay,
) -> None:
    one, two = make_relay(), make_relay()
    ana = one.enter("ana")
    two.enter("bia")
    until(lambda: present(ana) == {"ana", "bia"}, SECONDS)
    one.bus.call_soon(one.presence._lose, two.presence._me)
    until(lambda: "GONE bia" in told(ana), SECONDS)
    until(lambda: present(ana) == {"ana", "bia"}, SECONDS)


def test_what_is_lost_on_the_way_heals_within_a_heartbeat(
    make_relay: MakeRelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = make_relay(), make_relay()
    ana, bia = one.enter("ana"), two.enter("bia")
    until(lambda: present(ana) == {"ana", "bia"}, SECONDS)
    say = two.presence._chatter.say

    def say_nothing_new(subject: str, message: bytes) -> None:
        if b"\nHERE" not in message and b"\nGONE" not in message:
            say(subject, message)

    monkeypatch.setattr(two.presence._chatter, "say", say_nothing_new)
    two.leave(bia, "bia")
    bia = two.enter("bia2")
    until(lambda: ROOM in two.presence._places, SECONDS)
    until(lambda: two.presence._places[ROOM].room is bia, SECONDS)
    monkeypatch.undo()
    until(lambda: present(ana) == {"ana", "bia2"}, SECONDS)


def test_the_last_who_leaves_a_relay_is_missed_for_a_turn_at_most(
    make_relay: MakeRelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The relay is not in the room any more and would never speak of it again."""
    one, two = make_relay(), make_relay()
    ana, bia = one.enter("ana"), two.enter("bia")
    until(lambda: present(ana) == {"ana", "bia"} and one.is_sure_of(two), SECONDS)
    monkeypatch.setattr(two.presence._chatter, "say", lambda *_: None)
    two.leave(bia, "bia")
    until(lambda: not two.presence._places, SECONDS)
    monkeypatch.undo()
    until(lambda: present(ana) == {"ana"}, SOON)
    until(lambda: not two.presence._closed, SECONDS)


def test_a_departure_of_which_every_word_was_lost_is_found_all_the_same(
    make_relay: MakeRelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = make_relay(), make_relay()
    ana, bia = one.enter("ana"), two.enter("bia")
    until(lambda: present(ana) == {"ana", "bia"} and one.is_sure_of(two), SECONDS)
    say = two.presence._chatter.say

    def say_nothing_in_rooms(subject: str, message: bytes) -> None:
        if not subject.startswith("presence.room."):
            say(subject, message)

    monkeypatch.setattr(two.presence._chatter, "say", say_nothing_in_rooms)
    two.leave(bia, "bia")
    until(lambda: present(ana) == {"ana"}, SECONDS)
    assert one.presence.peers == 1


def test_who_left_while_nats_was_away_has_left_and_nobody_else(
    server: NatsServer, make_relay: MakeRelay
) -> None:
    one, two, three = (make_relay() for _ in range(3))
    ana, bia, caio = one.enter("ana"), two.enter("bia"), three.enter("caio")
    for room in (ana, bia, caio):
        until(lambda: present(room) == {"ana", "bia", "caio"}, SECONDS)  # noqa: B023 - called here
    server.kill()
    until(lambda: not any(relay.bus.is_connected() for relay in (one, two, three)), SECONDS)
    two.leave(bia, "bia")
    # Longer than it takes to be declared dead, if anybody were to look at a clock.
    deadline = threading.Event()
    two.bus.call_soon(two.bus.call_later, 4 * HEARTBEAT, deadline.set)
    assert deadline.wait(SECONDS)
    server.start()
    for room in (ana, caio):
        until(lambda: present(room) == {"ana", "caio"}, SOON)  # noqa: B023 - called here
    assert "GONE caio" not in told(ana)
    assert "GONE ana" not in told(caio)


def test_a_server_that_stands_still_makes_nobody_leave(
    server: NatsServer, make_relay: MakeRelay
) -> None:
    """Whoever does not hear itself is deaf, and cannot say that others are silent."""
    one, two = make_relay(), make_relay()
    ana, bia = one.enter("ana"), two.enter("bia")
    until(lambda: present(ana) == present(bia) == {"ana", "bia"}, SECONDS)
    server.pause()
    deadline = threading.Event()
    one.bus.call_soon(one.bus.call_later, 5 * HEARTBEAT, deadline.set)
    assert deadline.wait(SECONDS)
    server.go_on()
    caio = two.enter("caio")
    for room in (ana, caio):
        until(lambda: present(room) == {"ana", "bia", "caio"}, SECONDS)  # noqa: B023 - called here
    assert "GONE bia" not in told(ana)
    assert "GONE ana" not in told(caio)


def test_who_enters_before_the_room_is_said_to_be_open_is_told_of_too(
    make_relay: MakeRelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another thread makes the room, and is slower to say so."""
    one, two = make_relay(), make_relay()
    until(lambda: one.presence.peers == 1, SECONDS)
    ana = one.enter("ana")
    until(lambda: one.is_sure_of(two), SECONDS)  # that nobody is there
    opened = two.presence.opened
    monkeypatch.setattr(two.presence, "opened", lambda _: None)
    bia = two.enter("bia")
    opened(bia)
    until(lambda: present(ana) == present(bia) == {"ana", "bia"}, SOON)
    two.leave(bia, "bia")
    until(lambda: not two.presence._places, SECONDS)


def test_the_first_who_enters_a_room_has_everybody_there_before_it_is_welcomed(
    make_relay: MakeRelay,
) -> None:
    relays = [make_relay() for _ in range(3)]
    until(lambda: all(relay.presence.peers == 2 for relay in relays), SECONDS)
    for number in range(500):
        relays[0].enter(f"s{number}", "gAAAAA" + "x" * 2_700)
    relays[1].enter("bia")
    patience = "sussurro_relay.cluster.presence._GATHER_SECONDS"
    with patch(patience, SECONDS):  # the machine may be busy; an answer is what is waited for
        room, gathered = relays[2].hub.acquire(ROOM), threading.Event()
        room.gather(gathered.set)
        assert gathered.wait(SECONDS)
    assert len(present(room)) == 501


def test_a_relay_that_does_not_answer_keeps_nobody_waiting(
    make_relay: MakeRelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = make_relay(), make_relay()
    until(lambda: one.presence.peers == two.presence.peers == 1, SECONDS)
    monkeypatch.setattr(two.presence, "_answer", lambda *_: None)
    monkeypatch.setattr(two.presence, "_hear_relay", lambda *_: None)
    two.end(in_order=False)
    room, gathered = one.hub.acquire(ROOM), threading.Event()
    room.gather(gathered.set)
    assert gathered.wait(SECONDS)
    assert one.presence.peers == 1 or present(room) == set()


def test_relays_know_each_other_as_soon_as_one_has_spoken(make_relay: MakeRelay) -> None:
    one = make_relay()
    until(lambda: one.presence._is_started, SECONDS)
    two = make_relay()
    until(lambda: two.presence.peers == 1, SECONDS)
    until(lambda: one.presence.peers == 1, SECONDS)


def test_what_a_relay_had_still_said_is_not_taken_for_its_return(make_relay: MakeRelay) -> None:
    one, two = make_relay(), make_relay()
    ana = one.enter("ana")
    until(lambda: one.presence.peers == 1, SECONDS)
    news = rumour.write_news(News(two.presence._me, 9, Here("late", "gAAAAAcard")))
    two.end(in_order=True)
    until(lambda: not one.presence.peers, SECONDS)
    one.bus.call_soon(one.presence._hear_room, one.presence._places[ROOM], news)
    heard = threading.Event()
    one.bus.call_soon(heard.set)
    assert heard.wait(SECONDS)
    assert present(ana) == {"ana"}
    assert not one.presence.peers


def test_a_large_room_is_told_in_parts_and_counted_as_a_whole(make_relay: MakeRelay) -> None:
    one, two = make_relay(), make_relay()
    for number in range(2_000):
        two.enter(f"s{number}", "gAAAAA" + "x" * 2_700)
    ana = one.enter("ana")
    until(lambda: len(present(ana)) == 2_001, SECONDS)


def test_a_room_that_is_left_and_entered_again_is_known_again(make_relay: MakeRelay) -> None:
    one, two = make_relay(), make_relay()
    ana = one.enter("ana")
    for number in range(5):
        bia = two.enter(f"bia{number}")
        until(lambda: present(ana) == present(bia) == {"ana", f"bia{number}"}, SECONDS)  # noqa: B023 - called here
        two.leave(bia, f"bia{number}")
        until(lambda: present(ana) == {"ana"}, SECONDS)
    until(lambda: not two.presence._places, SECONDS)


def test_many_who_come_and_go_at_once_are_the_same_everywhere(make_relay: MakeRelay) -> None:
    relays = [make_relay() for _ in range(3)]
    held = [relay.hub.acquire(ROOM) for relay in relays]

    def come_and_go(relay: Relay, name: str) -> None:
        for number in range(100):
            room = relay.enter(f"{name}{number}")
            if number % 10:
                relay.leave(room, f"{name}{number}")

    threads = [
        threading.Thread(target=come_and_go, args=(relay, f"{i}{letter}"))
        for i, relay in enumerate(relays)
        for letter in "ab"
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wanted = {
        f"{i}{letter}{number}" for i in range(3) for letter in "ab" for number in range(0, 100, 10)
    }
    for room in held:
        until(lambda: present(room) == wanted, SECONDS)  # noqa: B023 - called here


def test_what_no_relay_says_is_counted_and_changes_nothing(make_relay: MakeRelay) -> None:
    one, two = make_relay(), make_relay()
    ana = one.enter("ana")
    until(lambda: ROOM in one.presence._places, SECONDS)
    until(lambda: one.presence._places[ROOM].stop_hearing, SECONDS)
    for subject in ("presence.relay", f"presence.room.{ROOM}", f"presence.to.{one.presence._me}"):
        two.bus.call_soon(two.presence._chatter.say, subject, b"\xff nonsense\n")
    until(lambda: one.presence.bad_messages == 3, SECONDS)
    # What it says itself comes back to it, and is not another's.
    mine = rumour.write_news(News(one.presence._me, 9, None))
    one.bus.call_soon(one.presence._chatter.say, f"presence.room.{ROOM}", mine)
    sign = rumour.write_sign(Sign(one.presence._me, is_here=False))
    one.bus.call_soon(one.presence._chatter.say, "presence.relay", sign)
    two.enter("bia")
    until(lambda: present(ana) == {"ana", "bia"}, SECONDS)
