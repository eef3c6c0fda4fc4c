import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sussurro_client.acquaintances import Acquaintance
from sussurro_client.contents import Card, Edit, Private, Rekey, Share, Text, Typing
from sussurro_client.conversation import Conversation
from sussurro_client.envelope import Sealer
from sussurro_client.errors import ClientError
from sussurro_client.events import (
    Alarm,
    Alert,
    Arrived,
    Connected,
    Departed,
    Earlier,
    Event,
    Kept,
    Moved,
    Person,
    Present,
    Received,
    Standing,
)
from sussurro_client.letter import Head, Letter
from sussurro_client.memory import Memory, Snapshot
from sussurro_client.private import Privacy
from sussurro_client.recollection import Mark
from sussurro_wire.chunk import Chunk
from sussurro_wire.errors import Reason, WireError
from sussurro_wire.messages import (
    Ack,
    At,
    Bye,
    Count,
    Gone,
    Hello,
    Here,
    Join,
    Leave,
    Past,
    PastEnd,
    Ping,
    Pong,
    Side,
    Welcome,
    Who,
    WhoEnd,
)
from sussurro_wire.protocol import Event as WireEvent
from sussurro_wire.protocol import Protocol
from sussurro_wire.room import proof_bytes, public_key_of, signature_of
from tests.client.scenes import ANA, BIA, EVE, KEY, NONCE, NOW, OTHER_KEY, Voice, member
from tests.wire.link import merged, say

RELAY = "relay.example:5454"
RUN = b"my-run-1"
MUCH = 1_000_000


class Stage:
    """Ana's conversation, and the relay's side of it in the test's hands."""

    def __init__(self, history: int = 0, memory: Memory | None = None) -> None:
        self.told: list[Event] = []
        self.ana = Conversation(ANA, RUN, RELAY, self.told.append, history=history, memory=memory)
        self.connect()

    def connect(self) -> None:
        self.ana.begin()
        self.relay = Protocol(Side.RELAY)

    def say(self, *events: WireEvent) -> None:
        """Let the relay say the events, cut in the middle."""
        data = b"".join(say(self.relay, event) for event in events)
        half = len(data) // 2
        self.ana.receive(data[:half], NOW)
        self.ana.receive(data[half:], NOW)

    def write(self, text: str) -> str:
        """Let Ana say something; return its id."""
        return self.ana.say(Text(text=text), NOW)

    def hear(self, room: int = MUCH) -> list[WireEvent]:
        """Return what Ana says."""
        heard: list[WireEvent] = []
        self.relay.receive(self.ana.outgoing(NOW, room), heard.append)
        return merged(heard)

    def letters(self) -> list[Letter]:
        """Return what Ana sends now."""
        return [
            Sealer(KEY).open(token)
            for event in self.hear()
            if isinstance(event, Chunk)
            for token in event.tokens()
        ]

    def texts(self) -> list[tuple[str, int, int, int]]:
        """Return the texts that Ana sends now, each with its counter, connection and index."""
        return [
            (content.text, letter.envelope.counter, letter.link, letter.index)
            for letter in self.letters()
            if isinstance(content := letter.envelope.content, Text)
        ]

    def enter(self, *others: Voice, oldest: int = 1, next_seq: int = 1) -> Join:
        """Bring Ana into the room, where the others are; return her JOIN."""
        self.say(Hello(1, NONCE))
        (join,) = self.hear()
        assert isinstance(join, Join)
        members = 1 + len(others)
        self.say(Welcome("me", oldest, next_seq, members))
        assert self.hear()[0] == Who()
        self.say(Here("me", join.card))
        for number, voice in enumerate(others):
            self.say(Here(f"s{number}", voice.card()))
        self.say(WhoEnd(members))
        return join

    def since(self, mark: int) -> list[Event]:
        return self.told[mark:]

    def received(self) -> list[str]:
        return [event.text for event in self.told if isinstance(event, Received)]

    def alerts(self) -> list[Alert]:
        return [event for event in self.told if isinstance(event, Alert)]

    def alarms(self) -> list[Alarm]:
        return [alert.alarm for alert in self.alerts()]


def chunk(*tokens: bytes) -> Chunk:
    return Chunk(b"".join(token + b"\n" for token in tokens), len(tokens))


@pytest.fixture
def stage() -> Stage:
    return Stage()


# Coming in.


def test_a_join_proves_the_key_and_brings_a_card_with_the_name(stage: Stage) -> None:
    join = stage.enter()
    public = Ed25519PublicKey.from_public_bytes(public_key_of(KEY.room))
    public.verify(signature_of(join.proof), proof_bytes(NONCE, join.room, join.card))
    card = Sealer(KEY).open(join.card.encode())
    assert (card.link, card.index, card.envelope.counter) == (1, 0, 0)
    assert (card.envelope.name, card.envelope.key) == ("Ana", ANA.person.key)
    assert card.envelope.content == Card(wrap_key=ANA.wrap_key)
    assert (join.room, join.from_seq, join.last) == (KEY.room, None, None)


def test_those_who_were_here_before_us_are_present_and_did_not_arrive(stage: Stage) -> None:
    stage.enter(Voice(BIA))
    assert stage.told == [
        Connected(RELAY, 2),
        Present((ANA.person, BIA.person), 2),
    ]
    assert stage.ana.is_open
    assert stage.ana.people == (ANA.person, BIA.person)


def test_who_comes_and_goes_later_is_told(stage: Stage) -> None:
    stage.enter()
    mark = len(stage.told)
    stage.say(Here("s7", Voice(BIA).card()))
    stage.say(Gone("s7", "timeout"))
    assert stage.since(mark) == [Arrived(BIA.person), Departed(BIA.person, "timeout")]


def test_somebody_unknown_who_goes_is_not_told(stage: Stage) -> None:
    stage.enter()
    mark = len(stage.told)
    stage.say(Gone("s9", "left"))
    assert stage.since(mark) == []


def test_in_a_large_room_names_are_asked_for_only_when_wanted() -> None:
    stage = Stage()
    stage.say(Hello(1, NONCE))
    stage.hear()
    stage.say(Welcome("me", 1, 1, 5000), Count(5001))
    assert stage.hear() == []
    assert stage.told == [Connected(RELAY, 5000), Present((), 5001)]


def test_a_roster_asked_for_in_a_large_room_is_nobodys_arrival() -> None:
    stage = Stage()
    stage.say(Hello(1, NONCE))
    stage.hear()
    stage.say(Welcome("me", 1, 1, 300))
    for _ in range(2):
        stage.ana.ask_who()
        assert stage.hear() == [Who()]
        stage.say(Here("s1", Voice(BIA).card()), Here("s2", Voice(EVE).card()), WhoEnd(300))
        stage.say(Count(301), Gone("s1", "left"))
    assert not [event for event in stage.told if isinstance(event, Arrived)]


def test_who_asked_again_drops_those_who_are_gone(stage: Stage) -> None:
    stage.enter(Voice(BIA), Voice(EVE))
    stage.ana.ask_who()
    stage.hear()
    stage.say(Here("s0", Voice(BIA).card()), WhoEnd(1))
    assert stage.told[-1] == Present((BIA.person,), 1)


def test_whom_the_second_of_two_rosters_names_may_have_talked_before(stage: Stage) -> None:
    bia = Voice(BIA)
    stage.enter()
    for _ in range(2):
        stage.ana.ask_who()
    bia.token("said before Ana asked")
    stage.say(WhoEnd(1), Here("s7", bia.card()), WhoEnd(2), At(9), chunk(bia.token("Oi")))
    assert stage.received() == ["Oi"]
    assert stage.alarms() == []


def test_a_relay_of_another_version_is_refused(stage: Stage) -> None:
    with pytest.raises(WireError) as caught:
        stage.say(Hello(2, NONCE))
    assert caught.value.reason is Reason.UNEXPECTED
    assert stage.ana.outgoing(NOW, MUCH) == b""


def test_nothing_is_sent_before_the_welcome(stage: Stage) -> None:
    stage.write("Oi")
    assert stage.hear() == []
    stage.say(Hello(1, NONCE))
    assert [type(event) for event in stage.hear()] == [Join]
    assert stage.hear() == []


# Talking.


def test_what_is_said_is_sealed_sent_and_kept_under_its_id(stage: Stage) -> None:
    stage.enter()
    ids = [stage.write(text) for text in ("Oi", "TT ")]
    assert stage.texts() == [("Oi", 1, 1, 1), ("TT ", 2, 1, 2)]
    stage.say(Ack(2, 9))
    assert stage.told[-2:] == [Kept(ids[0], 9), Kept(ids[1], 9)]
    assert len(stage.ana.outbox) == 0


def test_what_is_written_at_once_is_bounded(stage: Stage) -> None:
    stage.enter()
    for _ in range(100):
        stage.write("x" * 1000)
    first = stage.ana.outgoing(NOW, 10_000)
    assert first.endswith(b"\n")
    assert 10_000 <= len(first) < 15_000


def test_a_message_is_told_with_who_said_it_where_and_when(stage: Stage) -> None:
    bia = Voice(BIA)
    stage.enter(bia, next_seq=41)
    letter = bia.letter("Olá!")
    stage.say(At(41), chunk(bia.seal(letter)))
    assert stage.told[-1] == Received(
        sender=BIA.person,
        content=Text(text="Olá!"),
        id=letter.id,
        seq=41,
        at=NOW * 1000,
        standing=Standing.KNOWN,
        live=True,
    )


def test_history_is_asked_for_and_is_not_live() -> None:
    stage = Stage(history=20)
    bia = Voice(BIA)
    join = stage.enter(bia, oldest=1, next_seq=10)
    stage.say(At(9), chunk(bia.token("before")), At(10), chunk(bia.token("now")))
    assert join.last == 20
    live = [(e.text, e.live) for e in stage.told if isinstance(e, Received)]
    assert live == [("before", False), ("now", True)]


def test_a_card_in_the_log_is_passed_over(stage: Stage) -> None:
    stage.enter()
    mark = len(stage.told)
    stage.say(At(5), chunk(Voice(BIA).card().encode()))
    assert stage.since(mark) == []


def test_another_run_of_my_own_identity_is_heard(stage: Stage) -> None:
    stage.enter()
    stage.say(At(5), chunk(Voice(ANA, b"my-run-2").token("from my other window")))
    assert stage.received() == ["from my other window"]
    assert stage.alarms() == []


# Coming back.


def test_a_new_connection_takes_up_where_the_last_one_was(stage: Stage) -> None:
    bia = Voice(BIA)
    stage.enter(bia, next_seq=41)
    stage.say(At(41), chunk(bia.token("one")), At(45), chunk(bia.token("two")))
    stage.connect()
    assert stage.enter(bia, next_seq=46).from_seq == 45


def test_a_new_connection_takes_up_at_the_welcome_when_nothing_was_said(stage: Stage) -> None:
    stage.enter(next_seq=41)
    stage.connect()
    assert stage.enter(next_seq=41).from_seq == 41
    assert stage.alarms() == []


def test_who_only_speaks_comes_back_for_what_follows_their_own_words() -> None:
    stage = Stage()
    stage.enter(next_seq=41)
    for seq in (41, 42, 43):
        stage.write(f"part {seq}")
        stage.hear()
        stage.say(Ack(seq - 40, seq))
    stage.write("the last")
    stage.hear()
    stage.connect()
    assert stage.enter(next_seq=45).from_seq == 43
    assert stage.ana.unacknowledged == ("the last",)
    assert not [event for event in stage.told if isinstance(event, Alert)]


def test_what_comes_again_after_a_reconnect_is_shown_once(stage: Stage) -> None:
    bia = Voice(BIA)
    stage.enter(bia, next_seq=41)
    one, two = bia.token("one"), bia.token("two")
    stage.say(At(41), chunk(one))
    stage.connect()
    stage.enter(bia, next_seq=43)
    stage.say(At(41), chunk(one, two), At(42), chunk(bia.token("three")))
    assert stage.received() == ["one", "two", "three"]
    assert stage.alarms() == []


def test_what_was_not_acknowledged_is_sent_again_in_order_and_kept_once(stage: Stage) -> None:
    stage.enter()
    ids = [stage.write(text) for text in ("a", "b", "c")]
    stage.hear()
    stage.say(Ack(1, 7))
    stage.connect()
    stage.say(Hello(1, NONCE))
    stage.hear()
    stage.say(Welcome("me", 1, 8, 1))
    assert stage.texts() == [("b", 2, 2, 1), ("c", 3, 2, 2)]
    stage.say(Ack(2, 9))
    kept = [event for event in stage.told if isinstance(event, Kept)]
    assert kept == [Kept(ids[0], 7), Kept(ids[1], 9), Kept(ids[2], 9)]


def test_my_own_message_from_the_log_is_kept_once_and_never_shown(stage: Stage) -> None:
    stage.enter(next_seq=5)
    my_id = stage.write("Oi")
    (sent,) = stage.hear()
    assert isinstance(sent, Chunk)
    stage.connect()
    stage.say(Hello(1, NONCE))
    stage.hear()
    stage.say(Welcome("me", 1, 6, 1), At(5), sent)
    assert stage.texts() == [], "it is in the log already"
    stage.say(At(5), sent)
    assert [event for event in stage.told if isinstance(event, Kept)] == [Kept(my_id, 5)]
    assert stage.received() == []


def test_an_ack_of_what_was_settled_meanwhile_is_not_told_again(stage: Stage) -> None:
    stage.enter(next_seq=5)
    stage.write("Oi")
    (sent,) = stage.hear()
    assert isinstance(sent, Chunk)
    stage.connect()
    stage.enter(next_seq=6)  # sent once more, right after the WHO
    stage.say(At(5), sent, Ack(1, 7))
    assert len([event for event in stage.told if isinstance(event, Kept)]) == 1


def test_a_relay_that_lost_history_is_told_once_and_not_for_each_sender(stage: Stage) -> None:
    bia = Voice(BIA)
    stage.enter(bia, next_seq=41)
    stage.say(At(41), chunk(bia.token("one")))
    stage.connect()
    stage.enter(bia, oldest=900, next_seq=950)
    stage.say(At(949), chunk(bia.token("later", counter=30)))
    assert stage.alarms() == [Alarm.GAP]
    assert stage.received() == ["one", "later"]


def test_a_relay_whose_log_went_back_is_told(stage: Stage) -> None:
    stage.enter(next_seq=41)
    stage.connect()
    stage.enter(next_seq=3)
    assert stage.alarms() == [Alarm.GAP]


def test_everybody_is_named_anew_after_a_reconnect_without_an_arrival(stage: Stage) -> None:
    stage.enter(Voice(BIA))
    stage.connect()
    assert list(stage.ana.people) == []
    stage.enter(Voice(EVE))
    assert list(stage.ana.people) == [ANA.person, EVE.person]
    assert not [event for event in stage.told if isinstance(event, Arrived)]


# What should not be: each alarm, with who and where.


def test_a_message_missing_before_another_is_told_and_the_other_shown(stage: Stage) -> None:
    bia = Voice(BIA)
    stage.enter(bia)
    one, _lost, _lost_too, four = (bia.token(text) for text in ("one", "two", "three", "four"))
    stage.say(At(5), chunk(one), At(6), chunk(four))
    alert, shown = stage.told[-2:]
    assert alert == Alert(Alarm.GAP, BIA.person, 2, NOW * 1000, 6)
    assert isinstance(shown, Received)
    assert shown.text == "four"


def test_what_is_missing_from_somebody_who_has_just_come_is_told(stage: Stage) -> None:
    bia = Voice(BIA)
    stage.enter(next_seq=4)
    bia.begun = 5
    bia.token("lost")
    stage.say(At(6), chunk(bia.token("two")))
    assert stage.alerts() == [Alert(Alarm.GAP, BIA.person, 1, NOW * 1000, 6)]


def test_a_replayed_token_is_told_and_never_shown_again(stage: Stage) -> None:
    bia = Voice(BIA)
    stage.enter(bia)
    token = bia.token("one")
    stage.say(At(5), chunk(token), At(6), chunk(token))
    assert stage.told[-1] == Alert(Alarm.REPLAY, BIA.person, 0, NOW * 1000, 6)
    assert stage.received() == ["one"]


def test_what_an_earlier_run_of_ours_has_heard_is_told_as_a_replay() -> None:
    bia = Voice(BIA)
    letters = [bia.letter(text) for text in ("one", "two")]
    marks = tuple(Mark.of(letter) for letter in letters)
    stage = Stage(memory=Memory(ANA.person, Snapshot(position=40, marks=marks)))
    stage.enter(bia, next_seq=41)
    stage.say(At(41), chunk(bia.seal(letters[0])), At(42), chunk(bia.token("three")))
    assert stage.alerts() == [Alert(Alarm.REPLAY, BIA.person, 0, NOW * 1000, 41)]
    assert stage.received() == ["three"]


def test_a_log_that_ends_before_what_an_earlier_run_of_ours_has_heard_is_told() -> None:
    stage = Stage(memory=Memory(ANA.person, Snapshot(position=40)))
    stage.enter(next_seq=40)
    assert stage.alerts() == [Alert(Alarm.GAP)]


def test_what_comes_after_its_successor_is_told_and_shown(stage: Stage) -> None:
    bia = Voice(BIA)
    stage.enter(bia)
    one, two, three = (bia.token(text) for text in ("one", "two", "three"))
    stage.say(At(5), chunk(one), At(6), chunk(three), At(7), chunk(two))
    assert stage.alerts() == [
        Alert(Alarm.GAP, BIA.person, 1, NOW * 1000, 6),
        Alert(Alarm.REORDERED, BIA.person, 0, NOW * 1000, 7),
    ]
    assert stage.received() == ["one", "three", "two"]


def test_chunks_in_another_order_than_their_numbers_are_told_once_a_connection(
    stage: Stage,
) -> None:
    bia, eve = Voice(BIA), Voice(EVE)
    stage.enter(bia, eve)
    stage.say(At(9), chunk(bia.token("one")), At(8), chunk(eve.token("two")))
    stage.say(At(7), chunk(eve.token("three")))
    assert stage.alerts() == [Alert(Alarm.REORDERED, seq=8)]


def test_a_chunk_that_is_numbered_below_what_was_acknowledged_is_told(stage: Stage) -> None:
    stage.enter(next_seq=5)
    stage.write("Oi")
    stage.hear()
    stage.say(Ack(1, 9), At(8), chunk(Voice(BIA).token("before or after?")))
    assert stage.alerts() == [Alert(Alarm.REORDERED, seq=8)]


@pytest.mark.parametrize("seq", [0, 3, 4])
def test_an_ack_that_puts_what_we_say_before_our_time_is_told(stage: Stage, seq: int) -> None:
    stage.enter(next_seq=5)
    stage.write("Oi")
    stage.hear()
    stage.say(Ack(1, seq))
    assert stage.alerts() == [Alert(Alarm.REORDERED, seq=seq)]


def test_acks_whose_places_do_not_rise_are_told_once_a_connection(stage: Stage) -> None:
    stage.enter(next_seq=5)
    for text in ("one", "two", "three"):
        stage.write(text)
    stage.hear()
    stage.say(Ack(1, 9), Ack(2, 9), Ack(3, 7))
    assert stage.alerts() == [Alert(Alarm.REORDERED, seq=9)]


def test_who_saw_what_we_were_not_shown_is_told_and_shown(stage: Stage) -> None:
    bia, eve = Voice(BIA), Voice(EVE)
    stage.enter(bia, eve)
    eve.token("not for Ana")
    stage.say(At(6), chunk(bia.token("I agree", seen=[eve.head(5)])))
    alert, shown = stage.told[-2:]
    assert alert == Alert(Alarm.SPLIT, BIA.person, 0, NOW * 1000, 6)
    assert isinstance(shown, Received)


def test_who_saw_in_another_place_what_we_were_shown_is_told(stage: Stage) -> None:
    bia, eve = Voice(BIA), Voice(EVE)
    stage.enter(bia, eve)
    stage.say(At(5), chunk(eve.token("Oi")), At(8), chunk(bia.token("Oi", seen=[eve.head(7)])))
    assert stage.alerts() == [Alert(Alarm.SPLIT, BIA.person, 0, NOW * 1000, 8)]


def test_history_that_we_were_shown_is_ours_to_compare() -> None:
    stage = Stage(history=5)
    bia, eve = Voice(BIA), Voice(EVE)
    stage.enter(bia, eve, next_seq=40)
    stage.say(At(37), chunk(bia.token("old")))
    eve.token("before it")
    stage.say(At(40), chunk(bia.token("from before", seen=[eve.head(36)])))
    assert stage.alarms() == []
    eve.token("hidden")
    stage.say(At(41), chunk(bia.token("new", seen=[eve.head(38)])))
    assert stage.alerts() == [Alert(Alarm.SPLIT, BIA.person, 0, NOW * 1000, 41)]


@pytest.mark.parametrize(("seq", "is_told"), [(4, True), (5, False), (8, False), (9, True)])
def test_what_we_say_stands_between_where_we_came_in_and_its_ack(
    seq: int, *, is_told: bool
) -> None:
    stage = Stage(history=5)
    bia = Voice(BIA)
    stage.enter(bia, next_seq=5)
    stage.say(At(3), chunk(bia.token("old")))
    for text in ("one", "two"):
        stage.write(text)
    one, _two = stage.letters()
    stage.say(Ack(2, 8), At(10), chunk(bia.token("new", seen=[Head(seq, one.digest)])))
    assert (Alarm.SPLIT in stage.alarms()) is is_told


def test_who_was_not_shown_what_we_said_before_what_they_saw_is_told(stage: Stage) -> None:
    bia, eve = Voice(BIA), Voice(EVE)
    stage.enter(bia, eve, next_seq=5)
    stage.write("Oi")
    stage.hear()
    stage.say(Ack(1, 5), At(6), chunk(eve.token("later")))
    stage.say(At(7), chunk(bia.token("where is Ana?", seen=[eve.head(6)], since=1)))
    assert stage.alerts() == [Alert(Alarm.WITHHELD, BIA.person, 0, NOW * 1000, 7)]
    assert stage.received() == ["later", "where is Ana?"]


def test_who_says_two_things_under_one_number_is_told_and_the_first_is_shown(
    stage: Stage,
) -> None:
    bia = Voice(BIA)
    stage.enter(bia)
    stage.say(At(5), chunk(bia.token("yes")), At(6), chunk(bia.token("no", counter=1)))
    assert stage.alerts() == [Alert(Alarm.CONTRADICTION, BIA.person, 0, NOW * 1000, 6)]
    assert stage.received() == ["yes"]


def test_a_token_of_another_key_is_told_and_what_follows_is_heard(stage: Stage) -> None:
    bia = Voice(BIA)
    stage.enter(bia)
    alien = Voice(member("Bia", 2, OTHER_KEY)).token("one")
    stage.say(At(5), chunk(bia.token("one"), alien, bia.token("two")))
    assert stage.alerts() == [Alert(Alarm.UNDECRYPTABLE, seq=5)]
    assert stage.received() == ["one", "two"]


def test_a_token_that_claims_anothers_key_is_forged_and_not_shown(stage: Stage) -> None:
    bia = Voice(BIA)
    stage.enter(bia)
    letter = bia.letter("I owe Eve a million")
    stage.say(At(5), chunk(Sealer(KEY).seal(letter, EVE.identity, NOW).token))
    assert stage.told[-1] == Alert(Alarm.FORGED, seq=5)
    assert stage.received() == []


def test_a_forged_card_is_told_and_names_nobody(stage: Stage) -> None:
    stage.enter()
    stage.say(Here("s7", Voice(member("Bia", 2, OTHER_KEY)).card()))
    assert stage.told[-1] == Alert(Alarm.UNDECRYPTABLE)
    assert stage.ana.people == (ANA.person,)


def test_a_name_with_another_key_is_told_once_and_never_verified(stage: Stage) -> None:
    bia, eve = Voice(BIA), Voice(member("Bia", 5), b"run-0002")
    stage.enter(bia)
    stage.say(At(5), chunk(bia.token("it is me"), eve.token("no, me"), eve.token("me!")))
    verified = [(e.text, e.verified) for e in stage.told if isinstance(e, Received)]
    assert verified == [("it is me", True), ("no, me", False), ("me!", False)]
    alerts = [event for event in stage.told if isinstance(event, Alert)]
    assert alerts == [Alert(Alarm.IDENTITY_CHANGED, Person("Bia", EVE.person.key))]


def test_somebody_who_arrives_with_my_name_is_told(stage: Stage) -> None:
    stage.enter()
    stage.say(Here("s7", Voice(member("Ana", 5)).card()))
    assert stage.alarms() == [Alarm.IDENTITY_CHANGED]


def test_whom_an_earlier_run_of_ours_met_keeps_the_name() -> None:
    known = Acquaintance(BIA.person, is_owner=True, is_verified=True)
    stage = Stage(memory=Memory(ANA.person, Snapshot((known,))))
    bia, eve = Voice(BIA), Voice(member("Bia", 5))
    stage.enter(eve, bia)
    stage.say(At(5), chunk(eve.token("me"), bia.token("no, me")))
    assert stage.alerts() == [Alert(Alarm.IDENTITY_CHANGED, eve.who.person)]
    standings = [event.standing for event in stage.told if isinstance(event, Received)]
    assert standings == [Standing.CHANGED, Standing.VERIFIED]


def test_words_of_the_relay_are_never_anybodys_text(stage: Stage) -> None:
    stage.enter()
    mark = len(stage.told)
    with pytest.raises(WireError) as caught:
        stage.ana.receive(b"Bia: send me the key\n", NOW)
    assert caught.value.reason is Reason.MALFORMED
    assert stage.since(mark) == []


# What looks like an attack and is none.


def test_a_newcomer_hears_somebody_in_the_middle_without_an_alarm() -> None:
    stage = Stage(history=2)
    bia, eve = Voice(BIA), Voice(EVE)
    for _ in range(5):
        bia.token("before our time")
        eve.token("before our time")
    bia.reconnect()
    stage.enter(bia, eve, next_seq=40)
    stage.say(At(38), chunk(bia.token("old", seen=[eve.head(30)], since=1)))
    stage.say(At(40), chunk(bia.token("new", seen=[eve.head(37)])))
    stage.say(At(41), chunk(eve.token("too", seen=[bia.head(40)])))
    assert stage.alarms() == []
    assert stage.received() == ["old", "new", "too"]


def test_what_a_message_names_from_before_what_is_kept_is_no_split(stage: Stage) -> None:
    bia, eve = Voice(BIA), Voice(EVE)
    stage.enter(bia, eve, next_seq=41)
    stage.say(At(41), chunk(bia.token("one")))
    stage.connect()
    bia.token("let go")
    eve.token("let go")
    stage.enter(bia, eve, oldest=900, next_seq=950)
    stage.say(At(901), chunk(bia.token("later", seen=[eve.head(899)], since=1)))
    assert stage.alarms() == [Alarm.GAP], "which the relay says itself"
    assert stage.received() == ["one", "later"]


def test_a_log_that_begins_anew_gives_old_messages_new_places_in_silence(stage: Stage) -> None:
    bia, eve = Voice(BIA), Voice(EVE)
    stage.enter(bia, eve, next_seq=41)
    stage.say(At(41), chunk(bia.token("one")))
    stage.connect()
    bia.reconnect()
    stage.enter(bia, eve, next_seq=1)
    stage.say(At(1), chunk(bia.again(1)))
    stage.say(At(2), chunk(eve.token("Oi", seen=[bia.head(1)], since=1)))
    assert stage.alarms() == [Alarm.GAP]
    assert stage.received() == ["one", "Oi"]


def test_in_a_log_that_begins_anew_we_name_nothing_of_the_old_one(stage: Stage) -> None:
    bia = Voice(BIA)
    stage.enter(bia, next_seq=41)
    stage.say(At(41), chunk(bia.token("one")))
    stage.connect()
    stage.enter(bia, next_seq=1)
    stage.write("Oi")
    (mine,) = stage.letters()
    assert (mine.envelope.heads, mine.envelope.since) == ((), 1)


def test_who_does_not_name_what_we_said_before_a_gap_may_follow_one_who_did(stage: Stage) -> None:
    bia, eve = Voice(BIA), Voice(EVE)
    stage.enter(bia, eve, next_seq=5)
    stage.write("Oi")
    stage.hear()
    stage.say(Ack(1, 5))
    stage.connect()
    stage.enter(bia, eve, oldest=900, next_seq=950)
    stage.say(At(901), chunk(eve.token("later")))
    stage.say(At(902), chunk(bia.token("later still", seen=[eve.head(901)], since=1)))
    assert stage.alarms() == [Alarm.GAP]


def test_a_message_sent_again_by_its_sender_is_shown_once_in_silence(stage: Stage) -> None:
    bia = Voice(BIA)
    stage.enter(bia)
    first = bia.token("one")
    bia.reconnect()
    stage.say(At(5), chunk(first), At(6), chunk(bia.again(1), bia.token("two")))
    assert stage.received() == ["one", "two"]
    assert stage.alarms() == []


def test_a_message_in_two_chunks_may_be_named_in_either(stage: Stage) -> None:
    bia, eve = Voice(BIA), Voice(EVE)
    stage.enter(bia, eve)
    first = bia.token("one")
    bia.reconnect()
    stage.say(At(5), chunk(first), At(7), chunk(bia.again(1)))
    stage.say(At(8), chunk(eve.token("a", seen=[bia.head(5)])))
    stage.say(At(9), chunk(eve.token("b", seen=[bia.head(7)])))
    assert stage.alarms() == []


def test_late_data_of_an_abandoned_connection_is_no_replay(stage: Stage) -> None:
    bia = Voice(BIA)
    stage.enter(bia)
    one, two = bia.token("one"), bia.token("two")
    bia.reconnect()
    stage.say(Here("s7", bia.card()), At(5), chunk(one))
    stage.say(At(6), chunk(bia.again(2), bia.token("three")), At(7), chunk(two))
    assert stage.received() == ["one", "two", "three"]
    assert stage.alarms() == []


def test_a_chunk_asked_for_again_is_no_replay_though_others_spoke_since(stage: Stage) -> None:
    bia, eve = Voice(BIA), Voice(EVE)
    stage.enter(bia, eve, next_seq=41)
    one, two = bia.token("one"), eve.token("two", seen=[bia.head(41)])
    stage.say(At(41), chunk(one), At(42), chunk(two))
    stage.connect()
    stage.enter(bia, eve, next_seq=44)
    stage.say(At(42), chunk(two), At(43), chunk(bia.token("three", seen=[eve.head(42)])))
    assert stage.received() == ["one", "two", "three"]
    assert stage.alarms() == []


def test_two_runs_of_one_identity_count_apart(stage: Stage) -> None:
    stage.enter()
    window, other = Voice(BIA, b"run-0001"), Voice(BIA, b"run-0002")
    for seq in (5, 7, 9):
        stage.say(At(seq), chunk(window.token("here")), At(seq + 1), chunk(other.token("there")))
    assert stage.received() == ["here", "there"] * 3
    assert stage.alarms() == []


def test_who_names_our_message_before_its_ack_came_is_right(stage: Stage) -> None:
    bia = Voice(BIA)
    stage.enter(bia, next_seq=5)
    stage.write("Oi")
    (mine,) = stage.letters()
    stage.say(At(6), chunk(bia.token("Oi, Ana", seen=[Head(5, mine.digest)], since=5)))
    stage.say(Ack(1, 5))
    stage.say(At(8), chunk(bia.token("are you there?", seen=[bia.head(6)], since=5)))
    assert stage.alarms() == []


def test_who_came_after_what_we_said_was_not_denied_it(stage: Stage) -> None:
    bia, eve = Voice(BIA), Voice(EVE)
    stage.enter(eve, next_seq=5)
    stage.write("Oi")
    stage.hear()
    stage.say(Ack(1, 5), At(6), chunk(eve.token("Oi")), Here("s7", bia.card()))
    stage.say(At(7), chunk(bia.token("I am new", seen=[eve.head(6)], since=6)))
    assert stage.alarms() == []


# What others are told by what we say.


def test_what_we_say_names_what_we_saw_once_and_the_message_before_it(stage: Stage) -> None:
    bia, eve = Voice(BIA), Voice(EVE)
    stage.enter(bia, eve, next_seq=41)
    stage.say(At(41), chunk(bia.token("one"), bia.token("two")), At(42), chunk(eve.token("x")))
    for text in ("first", "second"):
        stage.write(text)
    first, second = stage.letters()
    assert first.envelope.heads == (bia.head(41), eve.head(42))
    assert (first.envelope.after, first.envelope.since) == (b"", 41)
    assert (second.envelope.heads, second.envelope.after) == ((), first.digest)


def test_a_new_key_for_the_room_is_told_with_our_share(stage: Stage) -> None:
    bia = Voice(BIA)
    stage.enter(bia)
    shares = (Share(to=EVE.person.key, wrapped=b"hers"), Share(to=ANA.person.key, wrapped=b"mine"))
    rekey = Rekey(room=OTHER_KEY.room, shares=shares, is_last=True)
    stage.say(At(5), chunk(bia.token(rekey)))
    at, room = NOW * 1000, OTHER_KEY.room
    assert stage.told[-1] == Moved(BIA.person, Standing.KNOWN, room, b"mine", at, live=True)


# Signs of life, and the end.


def test_a_question_for_a_sign_of_life_is_answered(stage: Stage) -> None:
    stage.enter()
    stage.say(Ping("are-you-there"))
    assert stage.hear() == [Pong("are-you-there")]
    stage.ana.ping("and-you")
    assert stage.hear() == [Ping("and-you")]
    mark = len(stage.told)
    stage.say(Pong("and-you"), PastEnd(0))
    assert stage.since(mark) == []


def test_after_tt_nothing_more_is_said(stage: Stage) -> None:
    stage.enter()
    stage.ana.leave()
    stage.ana.leave()
    assert stage.hear() == [Leave()]
    assert not stage.ana.is_open
    stage.say(Ping("are-you-there"))
    stage.ana.ask_who()
    stage.ana.ping("x")
    stage.write("too late")
    assert stage.ana.outgoing(NOW, MUCH) == b""


def test_what_was_on_its_way_at_tt_still_arrives(stage: Stage) -> None:
    bia = Voice(BIA)
    stage.enter(bia)
    my_id = stage.write("last words")
    stage.hear()
    stage.ana.leave()
    stage.hear()
    stage.say(At(5), chunk(bia.token("bye!")), Ack(1, 6), Bye("left"))
    assert stage.received() == ["bye!"]
    assert Kept(my_id, 6) in stage.told


def test_before_the_greeting_there_is_nothing_to_leave(stage: Stage) -> None:
    stage.ana.leave()
    assert stage.ana.outgoing(NOW, MUCH) == b""


@pytest.mark.parametrize("bye", [Bye("drain", 3), Bye("too-many-connections"), Bye("moon-full")])
def test_the_relays_farewell_is_kept_until_the_next_connection(stage: Stage, bye: Bye) -> None:
    stage.say(bye)
    assert stage.ana.farewell == bye
    stage.connect()
    assert stage.ana.farewell is None


def test_after_its_farewell_a_relay_has_nothing_to_say(stage: Stage) -> None:
    stage.enter()
    stage.say(Bye("drain"))
    with pytest.raises(WireError):
        stage.ana.receive(b"AT 5\n", NOW)


# What was said before.


def test_the_past_is_asked_for_from_where_we_came_in_and_told_as_one_page(stage: Stage) -> None:
    bia = Voice(BIA)
    stage.enter(bia, oldest=1, next_seq=10)
    assert stage.ana.ask_earlier(50)
    assert stage.hear() == [Past(10, 50)]
    tokens = [bia.token("one"), bia.token("two")]
    mark = len(stage.told)
    stage.say(At(3), chunk(tokens[0]), At(4), chunk(tokens[1]), PastEnd(3))
    (earlier,) = stage.since(mark)
    assert isinstance(earlier, Earlier)
    shown = [e for e in earlier.events if isinstance(e, Received)]
    assert [(each.text, each.seq, each.live) for each in shown] == [
        ("one", 3, False),
        ("two", 4, False),
    ]
    assert earlier.more


def test_one_page_of_the_past_is_asked_for_at_a_time(stage: Stage) -> None:
    stage.enter(oldest=1, next_seq=10)
    assert stage.ana.ask_earlier(50)
    assert not stage.ana.ask_earlier(50)
    stage.say(PastEnd(0))
    assert not stage.ana.ask_earlier(50), "nothing older is kept"


def test_no_past_is_asked_for_where_nothing_is_or_outside_of_the_room(stage: Stage) -> None:
    assert not stage.ana.ask_earlier(50)
    stage.enter(oldest=10, next_seq=10)
    assert not stage.ana.ask_earlier(50)


def test_the_past_is_no_disorder_and_does_not_change_where_we_come_back(stage: Stage) -> None:
    bia = Voice(BIA)
    tokens = [bia.token(text) for text in ("one", "two", "three")]
    stage.enter(bia, oldest=1, next_seq=10)
    stage.say(At(10), chunk(tokens[1]))
    stage.ana.ask_earlier(50)
    stage.hear()
    stage.say(At(3), chunk(tokens[0]), PastEnd(3), At(11), chunk(tokens[2]))
    assert stage.alerts() == []
    assert stage.received() == ["two", "three"]
    stage.connect()
    stage.say(Hello(1, NONCE))
    (join,) = stage.hear()
    assert isinstance(join, Join)
    assert join.from_seq == 11


def test_a_page_cut_off_by_a_lost_connection_is_asked_for_again(stage: Stage) -> None:
    bia = Voice(BIA)
    one = bia.token("one")
    stage.enter(bia, oldest=1, next_seq=10)
    stage.ana.ask_earlier(50)
    stage.hear()
    stage.say(At(3), chunk(one))
    stage.connect()
    stage.enter(bia, oldest=1, next_seq=10)
    assert stage.ana.ask_earlier(50)
    stage.hear()
    stage.say(At(3), chunk(one), PastEnd(3))
    pages = [event for event in stage.told if isinstance(event, Earlier)]
    assert [len(page.events) for page in pages] == [1]


def test_what_the_relay_leaves_out_of_the_past_is_told(stage: Stage) -> None:
    bia = Voice(BIA)
    tokens = [bia.token(text) for text in ("one", "two", "three")]
    stage.enter(bia, oldest=1, next_seq=10)
    stage.say(At(10), chunk(tokens[2]))
    stage.ana.ask_earlier(50)
    stage.hear()
    stage.say(At(3), chunk(tokens[0]), PastEnd(3))
    pages = [event for event in stage.told if isinstance(event, Earlier)]
    alarms = [event.alarm for event in pages[0].events if isinstance(event, Alert)]
    assert alarms == [Alarm.GAP]


# For one member alone.


def test_a_private_message_is_told_to_its_receiver_only(stage: Stage) -> None:
    bia, eve = Voice(BIA), Voice(EVE)
    stage.enter(bia, eve, next_seq=10)
    to_ana = Privacy(BIA).seal(Text(text="psst"), ANA.person.key, ANA.wrap_key)
    to_eve = Privacy(BIA).seal(Text(text="not for Ana"), EVE.person.key, EVE.wrap_key)
    stage.say(At(10), chunk(bia.token(to_ana), bia.token(to_eve)))
    heard = [event for event in stage.told if isinstance(event, Received)]
    assert [(each.text, each.private) for each in heard] == [("psst", ANA.person)]
    assert stage.alerts() == []


def test_what_is_whispered_is_sealed_and_its_text_is_handed_back_unless_kept(stage: Stage) -> None:
    stage.enter(Voice(BIA), next_seq=10)
    stage.ana.whisper(BIA.person, Text(text="psst"), NOW)
    (letter,) = stage.letters()
    content = letter.envelope.content
    assert isinstance(content, Private)
    opened = Privacy(BIA).open(content, ANA.person.key)
    assert opened == (BIA.person.key, Text(text="psst"))
    assert stage.ana.unacknowledged == ("psst",)


def test_nothing_is_whispered_to_somebody_who_was_never_here(stage: Stage) -> None:
    stage.enter(next_seq=10)
    with pytest.raises(ClientError, match="before they were here"):
        stage.ana.whisper(BIA.person, Text(text="psst"), NOW)
    assert stage.ana.unacknowledged == ()


def test_what_we_whispered_in_another_run_says_to_whom(stage: Stage) -> None:
    stage.enter(Voice(BIA), next_seq=10)
    sealed = Privacy(ANA).seal(Text(text="psst"), BIA.person.key, BIA.wrap_key)
    stage.say(At(10), chunk(Voice(ANA, b"my-run-2").token(sealed)))
    heard = [event for event in stage.told if isinstance(event, Received)]
    assert [(each.sender, each.private) for each in heard] == [(ANA.person, BIA.person)]


def test_a_private_message_that_is_none_inside_is_forged(stage: Stage) -> None:
    bia = Voice(BIA)
    stage.enter(bia, next_seq=10)
    sealed = Privacy(BIA).seal(Card(), ANA.person.key, ANA.wrap_key)
    stage.say(At(10), chunk(bia.token(sealed)))
    assert stage.alarms() == [Alarm.FORGED]


# Of other kinds.


def test_nobody_is_told_that_somebody_changes_the_words_of_another(stage: Stage) -> None:
    bia, eve = Voice(BIA), Voice(EVE)
    stage.enter(bia, eve, next_seq=10)
    said = bia.letter("Oi")
    stage.say(At(10), chunk(bia.seal(said), eve.token(Edit(of=said.digest, text="lies"))))
    assert stage.received() == ["Oi"]
    assert [(a.alarm, a.who) for a in stage.alerts()] == [(Alarm.NOT_THEIRS, EVE.person)]


def test_an_author_changes_their_own_words(stage: Stage) -> None:
    bia = Voice(BIA)
    stage.enter(bia, next_seq=10)
    said = bia.letter("Oi")
    edit = Edit(of=said.digest, text="Olá")
    stage.say(At(10), chunk(bia.seal(said), bia.token(edit)))
    contents = [event.content for event in stage.told if isinstance(event, Received)]
    assert contents == [Text(text="Oi"), edit]


def test_that_somebody_was_writing_once_is_not_told(stage: Stage) -> None:
    bia = Voice(BIA)
    stage = Stage(history=5)
    stage.enter(bia, oldest=1, next_seq=10)
    stage.say(At(9), chunk(bia.token(Typing())), At(10), chunk(bia.token(Typing())))
    assert [event.live for event in stage.told if isinstance(event, Received)] == [True]


def test_our_words_in_a_forged_copy_of_our_run_do_not_settle_what_we_said(stage: Stage) -> None:
    stage.enter(next_seq=10)
    stage.write("mine")
    copied = Voice(ANA, RUN).token("not mine")
    stage.say(At(10), chunk(copied))
    assert stage.ana.unacknowledged == ("mine",)
