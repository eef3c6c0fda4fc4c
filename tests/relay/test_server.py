import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from sussurro_relay.budget import Kind
from sussurro_relay.server import Server
from sussurro_wire.chunk import Chunk
from sussurro_wire.errors import Reason
from sussurro_wire.messages import (
    Ack,
    Bye,
    Count,
    Gone,
    Hello,
    Here,
    Leave,
    Past,
    PastEnd,
    Ping,
    Pong,
    Who,
    WhoEnd,
)
from tests.support.relay import (
    Member,
    RoomSecret,
    ask,
    descriptors,
    figures,
    lines_of,
    members,
    running_relay,
    token,
    tokens,
    until,
)

SECRET = RoomSecret()
TOKEN = len(token(0))
LEAST_MEMORY = 16 * 1024 * 1024


def connections(relay: Server) -> int:
    return sum(thread.tally.connections for thread in relay._threads)


def leave_in_order(member: Member) -> None:
    member.say(Leave())
    assert member.hear_rest()[-1] == Bye(Reason.LEFT)
    member.socket.close()


def walk_away(member: Member) -> None:
    member.socket.close()


WAYS_OUT: dict[str, Callable[[Member], None]] = {
    "TT": leave_in_order,
    "FIN": walk_away,
    "RST": Member.reset,
}


def test_what_one_sends_reaches_all_others_in_order_and_never_its_sender() -> None:
    with running_relay() as relay, members(relay.port, SECRET, 4) as (ana, *others):
        ana.send(tokens(range(500)))
        for member in others:
            assert member.hear_lines(500 * TOKEN) == tokens(range(500))
        while ana.hear(Ack).count < 500:
            pass
        others[0].send(token(500))
        assert ana.hear_lines(TOKEN) == token(500)


def test_rooms_do_not_hear_each_other() -> None:
    with (
        running_relay() as relay,
        members(relay.port, SECRET, 2) as (ana, bia),
        members(relay.port, RoomSecret(2), 2) as (caio, dora),
    ):
        ana.send(token(1))
        caio.send(token(2))
        assert bia.hear_lines(TOKEN) == token(1)
        assert dora.hear_lines(TOKEN) == token(2)
        assert caio.welcome.members == 1


@pytest.mark.parametrize("way", WAYS_OUT)
def test_when_one_of_three_leaves_the_others_are_told_and_chat_on_within_a_second(
    way: str,
) -> None:
    with running_relay() as relay, members(relay.port, SECRET, 3) as (ana, bia, caio):
        begun = time.monotonic()
        WAYS_OUT[way](caio)
        for member in (ana, bia):
            assert member.hear(Gone).reason == (Reason.LEFT if way == "TT" else Reason.LOST)
        ana.send(token(1))
        assert bia.hear_lines(TOKEN) == token(1)
        bia.send(token(2))
        assert ana.hear_lines(TOKEN) == token(2)
        assert time.monotonic() - begun < 1


def test_after_a_thousand_connections_everything_is_as_it_was_before() -> None:
    with running_relay() as relay:
        ask(relay.metrics_port, "/readyz")
        threads, before = threading.active_count(), descriptors()
        ways = list(WAYS_OUT.values())
        for number in range(1000):
            member = Member(relay.port)
            if number % 4:
                member.join(SECRET)
                ways[number % 3](member)
            else:
                member.socket.close()
        until(lambda: connections(relay) == 0)
        assert len(relay._hub) == 0
        assert relay._doorkeeper._total == 0
        assert not relay._doorkeeper._of_address
        assert all(not thread._peers and not thread._peers._audiences for thread in relay._threads)
        # The answer to /readyz may still have been closing when they were counted.
        until(lambda: threading.active_count() <= threads)
        until(lambda: descriptors() <= before)


def test_a_relay_that_has_stopped_leaves_no_thread_and_no_descriptor() -> None:
    with running_relay():
        pass
    threads, before = threading.active_count(), descriptors()
    with running_relay() as relay, members(relay.port, SECRET, 3):
        ask(relay.metrics_port, "/metrics")
    until(lambda: threading.active_count() == threads)
    assert descriptors() == before


def test_fifty_silent_connections_do_not_keep_a_user_waiting_and_are_cut() -> None:
    with running_relay(handshake_seconds=0.5) as relay:
        silent = [Member(relay.port) for _ in range(50)]
        begun = time.monotonic()
        with Member(relay.port).join(SECRET) as ana:
            assert time.monotonic() - begun < 1
            for member in silent:
                assert member.hear_next(Hello)
                assert member.hear_rest() == [Bye(Reason.HANDSHAKE_TIMEOUT)]
                member.socket.close()
            ana.send(token(1))
            assert ana.hear(Ack).count == 1
            name = 'sussurro_relay_refused_total{reason="handshake-timeout"}'
            assert figures(relay.metrics_port)[name] == 50


def test_two_hundred_come_and_go_while_others_talk_and_nobody_misses_anything() -> None:
    burst = 10_000
    with running_relay() as relay, members(relay.port, SECRET, 3) as (ana, bia, caio):

        def talk() -> None:
            for start in range(0, burst, 100):
                ana.send(tokens(range(start, start + 100)))

        def come_and_go(number: int) -> None:
            member = Member(relay.port).join(SECRET, last=number % 20)
            list(WAYS_OUT.values())[number % 3](member)

        with ThreadPoolExecutor(8) as pool:
            heard = [pool.submit(member.hear_lines, burst * TOKEN) for member in (bia, caio)]
            talking = pool.submit(talk)
            for visit in [pool.submit(come_and_go, number) for number in range(200)]:
                visit.result()
            talking.result()
            for each in heard:
                assert each.result() == tokens(range(burst))
        until(lambda: connections(relay) == 3)
        ana.say(Who())
        assert ana.hear(WhoEnd).members == 3


def test_one_who_breaks_off_in_the_middle_of_a_broadcast_costs_the_others_nothing() -> None:
    with running_relay() as relay, members(relay.port, SECRET, 10) as (ana, *others):
        for number in range(50):
            ana.send(tokens(range(100 * number, 100 * number + 100)))
            if number == 25:
                others[4].reset()
        for member in (*others[:4], *others[5:]):
            assert member.hear_lines(5000 * TOKEN) == tokens(range(5000))


def test_one_who_stops_reading_slows_nobody_and_is_told_that_it_lagged() -> None:
    """The sender may be held for a moment, once; then the window moves on without the reader."""
    with running_relay(window_bytes=1_000_000) as relay, members(relay.port, SECRET, 2) as pair:
        ana, bia = pair
        stuck = Member(relay.port, receive_buffer=4096).join(SECRET)
        longest = 0.0
        for number in range(0, 12_000, 60):
            begun = time.monotonic()
            ana.send(tokens(range(number, number + 60), size=1000))
            assert bia.hear_lines(60_000) == tokens(range(number, number + 60), size=1000)
            longest = max(longest, time.monotonic() - begun)
        assert longest < 2
        room = relay._hub.acquire(SECRET.room)
        assert room._window.bytes_from(room._window._base) <= 1_100_000
        relay._hub.release(room)
        rest = stuck.hear_rest()
        stuck.socket.close()
        assert rest[-1] == Bye(Reason.LAGGED)
        lines = lines_of(rest)
        assert lines == tokens(range(len(lines) // 1000), size=1000)
        assert len(lines) < 12_000_000
        assert bia.hear(Gone).reason == Reason.LAGGED
        name = 'sussurro_relay_refused_total{reason="lagged"}'
        assert figures(relay.metrics_port)[name] == 1
        with Member(relay.port).join(SECRET, last=1) as back:
            newest = b""
            while not newest.endswith(token(11_999, size=1000)):
                newest += back.hear(Chunk).lines


def test_who_asks_without_end_and_does_not_read_disturbs_nobody() -> None:
    with running_relay() as relay, members(relay.port, SECRET, 2) as (ana, bia):
        card = "gAAAAA" + "x" * 4000
        flooder = Member(relay.port, receive_buffer=4096).join(SECRET, card)
        flooder.socket.settimeout(0.5)
        taken = 0
        with suppress(TimeoutError):
            while taken < 64 * 1024 * 1024:
                taken += flooder.socket.send(b"WHO\nPAST 9 9\n" * 5000)
        assert taken < 64 * 1024 * 1024
        read = sum(thread.tally.bytes_in for thread in relay._threads)
        assert read < 2 * 1024 * 1024
        begun = time.monotonic()
        ana.send(token(1))
        assert bia.hear_lines(TOKEN) == token(1)
        assert time.monotonic() - begun < 1
        flooder.reset()
        assert ana.hear(Gone).reason == Reason.LOST


def test_who_is_told_of_a_fault_is_alone_with_it() -> None:
    with running_relay() as relay, members(relay.port, SECRET, 2) as (ana, bia):
        for number, bad in enumerate([b"\x00\xff\n", b"GET / HTTP/1.1\r\n", b"gAAAA!\n"] * 20):
            eve = Member(relay.port)
            if number % 2:
                eve.join(SECRET)
            eve.socket.sendall(bad)
            assert eve.hear_rest()[-1] == Bye(Reason.MALFORMED)
            eve.socket.close()
        ana.send(token(1))
        assert bia.hear_lines(TOKEN) == token(1)
        name = 'sussurro_relay_refused_total{reason="malformed"}'
        assert figures(relay.metrics_port)[name] == 60


@pytest.mark.parametrize(
    ("setting", "reason"),
    [
        ("max_connections", Reason.TOO_MANY_CONNECTIONS),
        ("max_connections_per_address", Reason.TOO_MANY_FROM_ADDRESS),
    ],
)
def test_one_connection_too_many_is_told_why_and_the_others_stay(
    setting: str, reason: Reason
) -> None:
    with running_relay(**{setting: 2}) as relay:
        with members(relay.port, SECRET, 2) as (ana, bia):
            with Member(relay.port) as late:
                assert late.hear_rest() == [Bye(reason)]
            ana.send(token(1))
            assert bia.hear_lines(TOKEN) == token(1)
            name = f'sussurro_relay_refused_total{{reason="{reason}"}}'
            assert figures(relay.metrics_port)[name] == 1
        until(lambda: connections(relay) == 0)
        with members(relay.port, SECRET, 2):
            pass


def test_rooms_that_are_not_on_the_list_are_refused() -> None:
    with running_relay(rooms=frozenset({SECRET.room})) as relay, Member(relay.port) as eve:
        eve.say(RoomSecret(2).join(eve.hear_next(Hello).nonce))
        assert eve.hear_rest() == [Bye(Reason.ROOM_REFUSED)]
        with members(relay.port, SECRET, 1):
            pass


def test_who_comes_back_with_from_gets_what_it_missed_and_the_past_when_it_asks() -> None:
    with running_relay() as relay, members(relay.port, SECRET, 2) as (ana, bia):
        seqs = []
        for number in range(20):
            ana.send(token(number))
            bia.hear_lines(TOKEN)
            seqs.append(bia.seq)
        with Member(relay.port).join(SECRET, from_seq=seqs[10]) as back:
            assert back.hear_lines(10 * TOKEN) == tokens(range(10, 20))
            back.say(Past(seqs[10], 3))
            assert back.hear_lines(3 * TOKEN) == tokens(range(7, 10))
            assert back.hear(PastEnd).first_seq == seqs[7]


def test_a_large_room_is_told_its_count_and_no_names() -> None:
    with (
        running_relay(presence_limit=2, count_seconds=0.1) as relay,
        members(relay.port, SECRET, 6) as (ana, *_),
    ):
        told: list[Here | Count] = [ana.hear_next(Here)]
        while told[-1] != Count(6):
            told.append(ana.hear_next(Count))


def test_either_side_may_ask_whether_the_other_is_there() -> None:
    with running_relay(heartbeat_seconds=1) as relay, members(relay.port, SECRET, 1) as (ana,):
        ana.say(Ping("42"))
        assert ana.hear_next(Pong) == Pong("42")
        assert ana.hear_next(Ping) == Ping("alive")
        ana.say(Pong("alive"))
        assert ana.hear_next(Ping) == Ping("alive")


def test_while_it_drains_it_is_alive_and_not_ready_and_lets_nobody_in() -> None:
    with running_relay(drain_seconds=10) as relay, members(relay.port, SECRET, 2) as (ana, bia):
        ana.send(token(1))
        bia.hear_lines(TOKEN)
        relay.request_drain()
        for member in (ana, bia):
            assert member.hear_rest()[-1] == Bye(Reason.DRAIN, 0)
        # Both have not closed their end yet, so the relay is still there.
        assert ask(relay.metrics_port, "/readyz")[0] == 503
        assert ask(relay.metrics_port, "/livez")[0] == 200
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", ana.socket.getpeername()[1]), 5)


def test_a_drain_does_not_wait_longer_than_its_time_for_who_does_not_read() -> None:
    with running_relay(drain_seconds=0.5) as relay, members(relay.port, SECRET, 1):
        begun = time.monotonic()
        relay.request_drain()
        until(lambda: not relay.is_alive())
        assert time.monotonic() - begun < 2


def test_while_memory_is_full_newcomers_are_told_when_to_come_back_and_members_stay() -> None:
    with running_relay(memory_limit=LEAST_MEMORY) as relay:
        with members(relay.port, SECRET, 2) as (ana, bia):
            relay._budget.charge(Kind.UNWRITTEN, LEAST_MEMORY // 16 * 14)
            with Member(relay.port) as late:
                assert late.hear_rest() == [Bye(Reason.OVERLOADED, 5)]
            name = 'sussurro_relay_refused_total{reason="overloaded"}'
            assert figures(relay.metrics_port)[name] == 1
            relay._budget.charge(Kind.UNWRITTEN, -LEAST_MEMORY // 16 * 14)
            ana.send(token(1))
            assert bia.hear_lines(TOKEN) == token(1)
        with members(relay.port, SECRET, 2):
            pass
