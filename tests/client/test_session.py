import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from threading import Thread, get_ident

import pytest

from sussurro_client.address import Address
from sussurro_client.contents import Text
from sussurro_client.errors import NotSentError
from sussurro_client.events import (
    Alarm,
    Alert,
    Arrived,
    Connected,
    Departed,
    Disconnected,
    Earlier,
    Event,
    Kept,
    Present,
    Received,
)
from sussurro_client.member import Member
from sussurro_client.retry import RetryPolicy
from sussurro_client.session import _OUTBOX_LIMIT, Session
from sussurro_wire.chunk import Chunk
from sussurro_wire.limits import MAX_TEXT
from sussurro_wire.messages import Ack, At, Bye, Hello, Join, Leave, Ping
from tests.client.scenes import (
    ANA,
    BIA,
    EVE,
    NONCE,
    OTHER_KEY,
    Ears,
    RealRelay,
    ScriptedRelay,
    Voice,
    member,
    silent_port,
    wait_until,
)


class Ana(Ears):
    """Ana's session and what she hears; it is closed at the end of the test."""

    def __init__(self, port: int, who: Member = ANA, heartbeat: float = 20.0) -> None:
        super().__init__()
        self.session = Session(Address("127.0.0.1", port), who, listener=self, heartbeat=heartbeat)
        # Pauses without chance: a quarter of a second, then twice as long each time.
        self.session._retry = RetryPolicy(lambda: 0.0)
        self.session.start()


@pytest.fixture
def join_as() -> Iterator[Callable[..., Ana]]:
    opened: list[Ana] = []

    def open_session(*arguments: object, **options: object) -> Ana:
        opened.append(Ana(*arguments, **options))  # type: ignore[arg-type]  # passed on as given
        return opened[-1]

    yield open_session
    for ana in opened:
        ana.session.close(0)
        ana.session._thread.join(5)


@pytest.fixture
def relay() -> Iterator[ScriptedRelay]:
    with ScriptedRelay() as scripted:
        yield scripted


@pytest.fixture(scope="module")
def real() -> Iterator[RealRelay]:
    with RealRelay() as process:
        yield process


def chunk(*tokens: bytes) -> Chunk:
    return Chunk(b"".join(token + b"\n" for token in tokens), len(tokens))


# Against a relay that keeps to a script.


def test_events_are_told_in_order_in_the_sessions_own_thread(relay: ScriptedRelay) -> None:
    threads: set[int] = set()
    events: list[Event] = []

    class Curious(Ears):
        def __call__(self, event: Event) -> None:
            threads.add(get_ident())
            events.append(event)
            super().__call__(event)

    ears, bia = Curious(), Voice(BIA)
    session = Session(Address("127.0.0.1", relay.port), ANA, listener=ears)
    session.start()
    with relay.visit() as visit:
        visit.let_in(bia)
        visit.say(At(5), chunk(*(bia.token(f"{number}") for number in range(100))))
        ears.wait(Received, 100)
        session.close(0)
    session._thread.join(5)
    assert [type(event) for event in events[:3]] == [Connected, Present, Received]
    assert [e.text for e in ears.of(Received)] == [f"{number}" for number in range(100)]
    assert threads == {session._thread.ident}


def test_what_is_sent_is_kept_under_the_id_that_send_returned(
    relay: ScriptedRelay, join_as: Callable[..., Ana]
) -> None:
    ana = join_as(relay.port)
    with relay.visit() as visit:
        visit.let_in()
        message_id = ana.session.send("Oi")
        assert visit.hear(Chunk).count == 1
        assert list(ana.session.unacknowledged) == ["Oi"]
        assert not ana.session.wait_acknowledged(0)
        visit.say(Ack(1, 7))
        assert ana.wait(Kept) == Kept(message_id, 7)
        assert ana.session.wait_acknowledged(5)
        assert list(ana.session.unacknowledged) == []


def test_close_says_tt_and_waits_for_the_farewell(
    relay: ScriptedRelay, join_as: Callable[..., Ana]
) -> None:
    ana = join_as(relay.port)
    with relay.visit() as visit:
        visit.let_in()
        ana.wait(Present)
        closing = Thread(target=ana.session.close)
        closing.start()
        visit.hear(Leave)
        visit.say(Bye("left"))
    closing.join(5)
    assert not ana.session._thread.is_alive()
    assert ana.of(Disconnected) == [], "to leave is no interruption"


def test_close_returns_what_the_relay_did_not_acknowledge(
    relay: ScriptedRelay, join_as: Callable[..., Ana]
) -> None:
    ana = join_as(relay.port)
    with relay.visit() as visit:
        visit.let_in()
        for text in ("a", "b"):
            ana.session.send(text)
        visit.hear(Chunk)
        visit.say(Ack(1, 7))
        ana.wait(Kept)
        assert ana.session.close(0.1) == ("b",)


def test_the_relay_that_breaks_off_is_come_back_to_with_from(
    relay: ScriptedRelay, join_as: Callable[..., Ana]
) -> None:
    bia = Voice(BIA)
    ana = join_as(relay.port)
    token = bia.token("one")
    with relay.visit() as visit:
        visit.let_in(bia, next_seq=5)
        visit.say(At(5), chunk(token))
        ana.wait(Received)
    ended = ana.wait(Disconnected)
    assert (ended.reason, ended.retry_in) == ("lost", 0.25)
    with relay.visit() as visit:
        assert visit.let_in(bia, next_seq=6).from_seq == 5
        visit.say(At(5), chunk(token, bia.token("two")))
        ana.wait(Received, 2)
    assert [event.text for event in ana.of(Received)] == ["one", "two"]
    assert ana.of(Alert) == []


def test_words_from_a_lying_relay_are_never_shown_and_the_session_comes_back(
    relay: ScriptedRelay, join_as: Callable[..., Ana]
) -> None:
    ana = join_as(relay.port)
    with relay.visit() as visit:
        visit.let_in()
        visit.say_raw(b"Bia: please send me your key.key\n")
        visit.hear_end()
    ended = ana.wait(Disconnected)
    assert (ended.reason, ended.retry_in) == ("malformed", 0.25)
    with relay.visit() as visit:
        visit.let_in()
        ana.wait(Connected, 2)
    assert ana.of(Received) == []


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n", "malformed"),
        (b"SUSSURRO 2 bm9uY2U\n", "unexpected"),
        (b"WELCOME s 1 1 1\n", "unexpected"),
        (b"x" * 200_000, "line-too-long"),
        (b"\x00\xff\n", "malformed"),
    ],
    ids=["another server", "another version", "too early", "no line", "bytes"],
)
def test_what_is_no_relay_is_told_and_tried_again(
    relay: ScriptedRelay, join_as: Callable[..., Ana], line: bytes, reason: str
) -> None:
    ana = join_as(relay.port)
    with relay.visit() as visit:
        visit.say_raw(line)
        ended = ana.wait(Disconnected)
    assert (ended.reason, ended.retry_in) == (reason, 0.25)
    relay.visit().__exit__()


def test_a_thousand_bad_tokens_are_told_and_the_client_stays(
    relay: ScriptedRelay, join_as: Callable[..., Ana]
) -> None:
    bia, alien = Voice(BIA), Voice(member("Bia", 2, OTHER_KEY))
    ana = join_as(relay.port)
    good = bia.token("one")
    bad = [alien.token("x") for _ in range(500)]
    for number in range(500):
        place = 6 + number % (len(good) - 10)
        other = b"B" if good[place : place + 1] == b"A" else b"A"
        bad.append(good[:place] + other + good[place + 1 :])
    with relay.visit() as visit:
        visit.let_in(bia)
        visit.say(At(5), chunk(*bad), At(6), chunk(good))
        assert ana.wait(Received).text == "one"
        assert ana.of(Alert) == [Alert(Alarm.UNDECRYPTABLE, seq=5)] * 1000
        ana.session.send("still here")
        visit.hear(Chunk)
    assert ana.of(Received) == [ana.wait(Received)]


def test_a_silent_relay_is_asked_and_noticed_within_two_heartbeats(
    relay: ScriptedRelay, join_as: Callable[..., Ana]
) -> None:
    ana = join_as(relay.port, heartbeat=0.4)
    with relay.visit() as visit:
        visit.let_in()
        ana.wait(Present)
        since = time.monotonic()
        visit.hear(Ping)
        asked = time.monotonic() - since
        ended = ana.wait(Disconnected)
        noticed = time.monotonic() - since
    assert ended.reason == "timeout"
    assert 0.3 < asked < 0.8
    assert 0.7 < noticed < 2.0, "twice 0.4 seconds, and a turn"


def test_a_relay_that_accepts_and_says_nothing_is_noticed(
    relay: ScriptedRelay, join_as: Callable[..., Ana]
) -> None:
    ana = join_as(relay.port, heartbeat=0.1)
    with relay.visit() as visit:
        visit.hear_end()
    assert ana.wait(Disconnected).reason == "timeout"


@pytest.mark.parametrize("reason", ["bad-proof", "room-refused"])
def test_a_refusal_that_would_come_again_ends_the_session(
    relay: ScriptedRelay, join_as: Callable[..., Ana], reason: str
) -> None:
    ana = join_as(relay.port)
    with relay.visit() as visit:
        visit.say(Hello(1, NONCE))
        visit.hear(Join)
        visit.say(Bye(reason))
    ended = ana.wait(Disconnected)
    assert (ended.reason, ended.retry_in) == (reason, None)
    ana.session._thread.join(5)
    with pytest.raises(NotSentError, match="ended"):
        ana.session.send("Oi")


@pytest.mark.parametrize(
    ("bye", "pause"),
    [
        (Bye("too-many-connections"), 0.25),
        (Bye("drain", 2), 2.25),
        (Bye("drain", 2**63 - 1), 3600.25),
        (Bye("moon-full"), 0.25),
    ],
    ids=["full", "drain", "a wish without end", "a reason of later versions"],
)
def test_any_other_farewell_is_come_back_from_and_never_sooner_than_asked(
    relay: ScriptedRelay, join_as: Callable[..., Ana], bye: Bye, pause: float
) -> None:
    ana = join_as(relay.port)
    with relay.visit() as visit:
        visit.say(bye)
    ended = ana.wait(Disconnected)
    assert (ended.reason, ended.retry_in) == (bye.reason, pause)
    ana.session.close(0)
    ana.session._thread.join(5)
    assert not ana.session._thread.is_alive(), "a pause is no reason to stay"


def test_no_relay_is_told_with_its_address_and_tried_with_growing_pauses(
    join_as: Callable[..., Ana],
) -> None:
    with silent_port() as port:
        ana = join_as(port)
        ana.wait(Disconnected, 3)
        ended = ana.of(Disconnected)[:3]
    assert {event.relay for event in ended} == {f"127.0.0.1:{port}"}
    assert {event.reason for event in ended} == {"unreachable"}
    assert {event.detail for event in ended} == {"Connection refused"}
    assert [event.retry_in for event in ended] == [0.25, 0.5, 1.0]


def test_success_makes_the_pauses_short_again(
    relay: ScriptedRelay, join_as: Callable[..., Ana]
) -> None:
    ana = join_as(relay.port)
    for _ in range(2):
        relay.visit().__exit__()
    with relay.visit() as visit:
        visit.let_in()
        ana.wait(Connected)
    ana.wait(Disconnected, 3)
    assert [event.retry_in for event in ana.of(Disconnected)[:3]] == [0.25, 0.5, 0.25]


# What cannot be sent.


def test_send_waits_while_the_outbox_is_full_and_then_refuses(join_as: Callable[..., Ana]) -> None:
    with silent_port() as port:
        ana = join_as(port)
        for number in range(_OUTBOX_LIMIT):
            ana.session.send(str(number))
        since = time.monotonic()
        with pytest.raises(NotSentError, match="Too much is waiting"):
            ana.session.send("one more", timeout=0.2)
        assert time.monotonic() - since >= 0.2
        assert len(ana.session.close(0)) == _OUTBOX_LIMIT


def test_send_goes_on_as_soon_as_there_is_space(
    relay: ScriptedRelay, join_as: Callable[..., Ana]
) -> None:
    ana = join_as(relay.port)
    for number in range(_OUTBOX_LIMIT):
        ana.session.send(str(number))
    sent: list[str] = []
    sending = Thread(target=lambda: sent.append(ana.session.send("one more")))
    sending.start()
    with relay.visit() as visit:
        visit.let_in()
        visit.hear(Chunk)
        assert sent == []
        visit.say(Ack(1, 5))
        sending.join(5)
    assert len(sent) == 1


def test_the_end_wakes_whoever_waits_to_send(join_as: Callable[..., Ana]) -> None:
    refused: list[NotSentError] = []
    with silent_port() as port:
        ana = join_as(port)
        for number in range(_OUTBOX_LIMIT):
            ana.session.send(str(number))

        def send() -> None:
            try:
                ana.session.send("one more")
            except NotSentError as error:
                refused.append(error)

        sending = Thread(target=send)
        sending.start()
        ana.session.close(0)
        sending.join(5)
    assert ["ended" in str(error) for error in refused] == [True]


def test_a_text_of_64_kib_is_sent_and_one_byte_more_is_not(
    relay: ScriptedRelay, join_as: Callable[..., Ana]
) -> None:
    ana = join_as(relay.port)
    with relay.visit() as visit:
        visit.let_in()
        ana.session.send("é" * (MAX_TEXT // 2))
        with pytest.raises(NotSentError, match=f"{MAX_TEXT + 1}"):
            ana.session.send("é" * (MAX_TEXT // 2) + "x")
        assert visit.hear(Chunk).count == 1


def test_half_a_surrogate_pair_is_sent_as_a_question_mark(join_as: Callable[..., Ana]) -> None:
    with silent_port() as port:
        ana = join_as(port)
        ana.session.send("a\ud800b")
        assert ana.session.unacknowledged == ("a?b",)


def test_after_close_nothing_is_sent(join_as: Callable[..., Ana]) -> None:
    with silent_port() as port:
        ana = join_as(port)
        ana.session.close(0)
        with pytest.raises(NotSentError, match="ended"):
            ana.session.send("Oi")


def test_an_address_is_written_as_it_is_given() -> None:
    assert str(Address("relay.example", 5454)) == "relay.example:5454"
    assert str(Address("::1", 5454)) == "[::1]:5454"


# Against the real relay.


def test_who_stops_iterating_and_begins_again_misses_nothing(relay: ScriptedRelay) -> None:
    """Though events are handed over as many at once as came at once."""
    bia = Voice(BIA)
    texts: list[str] = []
    with Session(Address("127.0.0.1", relay.port), ANA) as room, relay.visit() as visit:
        visit.let_in(bia)
        visit.say(At(5), chunk(*(bia.token(f"{number}") for number in range(20))))
        while len(texts) < 20:
            texts.append(next(event.text for event in room if isinstance(event, Received)))
        room.close(0)
    assert texts == [f"{number}" for number in range(20)]


def test_a_room_is_something_to_iterate_over_until_it_is_closed(real: RealRelay) -> None:
    address = Address("127.0.0.1", real.port)
    heard: list[Received] = []
    other = Session(address, BIA)
    with Session(address, ANA) as room:
        for event in room:
            if isinstance(event, Connected):
                other.start()
                other.send("Oi")
            if isinstance(event, Received):
                heard.append(event)
                other.close()
                room.close()
    assert [(event.sender, event.text, event.verified) for event in heard] == [
        (BIA.person, "Oi", True)
    ]


def test_two_members_hear_each_other_in_order_and_never_themselves(
    real: RealRelay, join_as: Callable[..., Ana]
) -> None:
    ana = join_as(real.port, ANA)
    bia = join_as(real.port, BIA)
    ana.wait(Connected)
    bia.wait(Connected)
    for number in range(300):
        ana.session.send(f"ana {number}")
        bia.session.send(f"bia {number}")
    bia.wait(Received, 300)
    ana.wait(Received, 300)
    assert ana.session.wait_acknowledged(5)
    assert bia.session.wait_acknowledged(5)
    assert [e.text for e in bia.of(Received)] == [f"ana {number}" for number in range(300)]
    assert [e.text for e in ana.of(Received)] == [f"bia {number}" for number in range(300)]
    assert len(ana.of(Kept)) == len(bia.of(Kept)) == 300
    seqs = [event.seq for event in ana.of(Kept)]
    assert all(before <= after for before, after in pairwise(seqs))


def test_who_leaves_is_told_with_the_reason(real: RealRelay, join_as: Callable[..., Ana]) -> None:
    ana = join_as(real.port, ANA)
    ana.wait(Connected)
    bia = join_as(real.port, BIA)
    ana.wait(Arrived)
    assert BIA.person in ana.session.people
    bia.session.close(1)
    assert ana.wait(Departed) == Departed(BIA.person, "left")
    ana.session.ask_who()
    ana.wait(Present, 2)
    assert ana.session.people == (ANA.person,)


def test_a_relay_that_dies_and_comes_back_loses_doubles_and_echoes_nothing(
    join_as: Callable[..., Ana],
) -> None:
    """The memory log is empty after its death; what a member had not sent yet is not."""
    with RealRelay() as process:
        ana = join_as(process.port, ANA)
        bia = join_as(process.port, BIA)
        ana.wait(Connected)
        bia.wait(Connected)
        for number in range(50):
            ana.session.send(f"{number}")
        bia.wait(Received, 50)
        process.die()
        bia.wait(Disconnected)
        ana.wait(Disconnected)
        process.start()
        bia.wait(Connected, 2)
        wait_until(lambda: bia.session._conversation.is_open)
        for number in range(50, 100):
            ana.session.send(f"{number}")
        bia.wait(Received, 100)
        assert ana.session.wait_acknowledged(10)
    assert [event.text for event in bia.of(Received)] == [f"{number}" for number in range(100)]
    assert len(ana.of(Kept)) == 100
    assert ana.of(Received) == []
    assert {alert.alarm for alert in ana.of(Alert) + bia.of(Alert)} <= {Alarm.GAP}


def test_a_session_waits_for_a_relay_that_starts_later(join_as: Callable[..., Ana]) -> None:
    with RealRelay() as process:
        process.die()
        ana = join_as(process.port, ANA)
        message_id = ana.session.send("Oi")
        ana.wait(Disconnected)
        process.start()
        assert ana.wait(Kept).id == message_id


# What was said before, and for one alone.


def test_the_past_comes_page_by_page_from_a_real_relay(join_as: Callable[..., Ana]) -> None:
    with RealRelay() as relay:
        bia = join_as(relay.port, BIA)
        for number in range(30):
            bia.session.send(f"{number}")
        assert bia.session.wait_acknowledged(10)
        ana = join_as(relay.port)
        ana.wait(Connected)
        texts: list[str] = []
        for page in range(1, 31):
            if not ana.session.ask_earlier(10):
                break
            earlier = ana.wait(Earlier, page)
            texts[:0] = [event.text for event in earlier.events if isinstance(event, Received)]
        assert texts == [f"{number}" for number in range(30)]
        assert not ana.session.ask_earlier(10)
        assert ana.of(Alert) == []


def test_what_is_whispered_reaches_one_member_and_nobody_else(join_as: Callable[..., Ana]) -> None:
    with RealRelay() as relay:
        ana, bia, eve = (join_as(relay.port, who) for who in (ANA, BIA, EVE))
        for each in (ana, bia, eve):
            wait_until(lambda each=each: len(each.session.people) == 3)  # type: ignore[misc]
        message_id = ana.session.whisper(BIA.person, Text(text="psst"))
        ana.session.send("aloud")
        assert bia.wait(Received).private == BIA.person
        assert bia.wait(Received).id == message_id
        eve.wait(Received)
        assert [event.text for event in eve.of(Received)] == ["aloud"]
        assert eve.of(Alert) == []
        wait_until(lambda: message_id in [event.id for event in ana.of(Kept)])
