from functools import partial

import pytest

from sussurro_client.acquaintances import Acquaintances
from sussurro_client.author import Author
from sussurro_client.authorship import Authorship
from sussurro_client.backlog import Backlog
from sussurro_client.contents import Rekey, Share, Text
from sussurro_client.envelope import Sealer
from sussurro_client.events import Alarm, Alert, Event, Kept, Moved, Person, Received, Standing
from sussurro_client.heads import Heads
from sussurro_client.letter import Head, Letter
from sussurro_client.meaning import Meaning
from sussurro_client.memory import Memory
from sussurro_client.opening import open_together
from sussurro_client.private import Privacy
from sussurro_client.reader import Reader
from sussurro_client.recollection import Mark, Recollection
from sussurro_wire.messages import Ack
from tests.client.scenes import ANA, BIA, EVE, KEY, NOW, OTHER_KEY, Voice, member

AT = NOW * 1000


class Stage:
    """Ana as a reader, with all that she remembers; what she said is acknowledged in chunk 5."""

    def __init__(self, position: int = 0, *marks: Mark) -> None:
        self.told: list[Event] = []
        self.heads = Heads()
        self.acquaintances = Acquaintances(ANA.person)
        self.recollection = Recollection(position, marks)
        self.sealer = Sealer(KEY)
        authorship = Authorship()
        self.ana = Author(ANA, b"my-run-1", self.sealer, self.heads, self.recollection, authorship)
        memory = Memory(ANA.person)
        memory.acquaintances, memory.recollection = self.acquaintances, self.recollection
        meaning = Meaning(ANA.person, self.ana, self.acquaintances, authorship, Privacy(ANA))
        backlog = Backlog(self.ana.name, partial(meaning.of, live=False))
        self.reader = Reader(self.ana, self.heads, memory, meaning, backlog, self.told.append)

    def take(self, seq: int, *tokens: bytes, again: bool = False, live: bool = True) -> None:
        for opened in open_together(self.sealer, tokens):
            self.reader.take(opened, seq, again=again, live=live)

    def say(self, text: str) -> Letter:
        self.ana.begin()
        self.ana.enter(5)
        self.ana.say(Text(text=text), NOW)
        token = self.ana.next_token(NOW)
        assert token is not None
        return self.sealer.open(token)

    def alerts(self) -> list[Alert]:
        return [event for event in self.told if isinstance(event, Alert)]

    def texts(self) -> list[str]:
        return [event.text for event in self.told if isinstance(event, Received)]


@pytest.fixture
def stage() -> Stage:
    return Stage()


def warning(alarm: Alarm, seq: int, missing: int = 0, who: Person = BIA.person) -> Alert:
    return Alert(alarm, who, missing, AT, seq)


def test_a_message_is_shown_with_its_sender_place_and_time(stage: Stage) -> None:
    bia = Voice(BIA)
    token = bia.token("Olá!")
    stage.take(7, token)
    assert stage.told == [
        Received(
            BIA.person,
            Text(text="Olá!"),
            stage.sealer.open(token).id,
            7,
            AT,
            Standing.KNOWN,
            live=True,
        )
    ]


def test_history_is_shown_as_history(stage: Stage) -> None:
    stage.take(7, Voice(BIA).token("Oi"), live=False)
    assert [event.live for event in stage.told if isinstance(event, Received)] == [False]


def test_what_is_no_good_token_is_told_with_its_place_and_nobodys_name(stage: Stage) -> None:
    bia = Voice(BIA)
    alien = Voice(member("Bia", 2, OTHER_KEY)).token("Oi")
    posing = Sealer(KEY).seal(bia.letter("Oi"), EVE.identity, NOW).token
    stage.take(7, alien)
    stage.take(8, posing)
    assert stage.told == [Alert(Alarm.UNDECRYPTABLE, seq=7), Alert(Alarm.FORGED, seq=8)]


def test_a_card_in_the_log_is_passed_over(stage: Stage) -> None:
    stage.take(7, Voice(BIA).card().encode("ascii"))
    assert stage.told == []


def test_our_own_message_is_kept_once_and_never_shown(stage: Stage) -> None:
    mine = stage.say("Oi")
    token = stage.sealer.seal(mine, ANA.identity, NOW).token
    stage.take(5, token, token)
    stage.take(9, token)
    assert stage.told == [Kept(mine.id, 5)]


def test_what_our_own_identity_says_in_another_run_is_shown(stage: Stage) -> None:
    stage.take(5, Voice(ANA, b"my-run-2").token("from my other window"))
    assert stage.texts() == ["from my other window"]
    assert stage.alerts() == []


# What is wrong is told before what is shown, with who, where and when.


def test_a_hole_is_told_before_the_message_that_shows_it(stage: Stage) -> None:
    bia = Voice(BIA)
    one, _lost, three = (bia.token(text) for text in ("one", "two", "three"))
    stage.take(7, one)
    stage.take(8, three)
    assert stage.told[1] == warning(Alarm.GAP, 8, missing=1)
    assert stage.texts() == ["one", "three"]


def test_what_was_missing_is_shown_when_it_comes_and_told(stage: Stage) -> None:
    bia = Voice(BIA)
    one, two, three = (bia.token(text) for text in ("one", "two", "three"))
    stage.take(7, one, three)
    stage.take(8, two)
    assert stage.alerts() == [warning(Alarm.GAP, 7, missing=1), warning(Alarm.REORDERED, 8)]
    assert stage.texts() == ["one", "three", "two"]


def test_a_replay_is_told_and_not_shown(stage: Stage) -> None:
    one = Voice(BIA).token("one")
    stage.take(7, one)
    stage.take(8, one)
    assert stage.told[1:] == [warning(Alarm.REPLAY, 8)]


def test_a_chunk_that_we_asked_for_again_is_passed_over_in_silence(stage: Stage) -> None:
    one = Voice(BIA).token("one")
    stage.take(7, one)
    stage.take(7, one, again=True)
    assert len(stage.told) == 1


def test_a_replay_puts_its_message_in_no_other_place(stage: Stage) -> None:
    bia, eve = Voice(BIA), Voice(EVE)
    one = bia.token("one")
    stage.take(7, one)
    stage.take(9, one)
    stage.take(10, eve.token("Oi", seen=[bia.head(9)]))
    assert stage.alerts()[1:] == [warning(Alarm.SPLIT, 10, who=EVE.person)]


def test_a_message_sent_again_stands_in_both_places_and_is_shown_once(stage: Stage) -> None:
    bia, eve = Voice(BIA), Voice(EVE)
    stage.take(7, bia.token("one"))
    bia.reconnect()
    stage.take(9, bia.again(1))
    stage.take(10, eve.token("Oi", seen=[bia.head(7), bia.head(9)]))
    assert stage.alerts() == []
    assert stage.texts() == ["one", "Oi"]


def test_a_contradiction_is_told_and_not_shown(stage: Stage) -> None:
    bia = Voice(BIA)
    stage.take(7, bia.token("yes"))
    stage.take(8, bia.token("no", counter=1))
    stage.take(9, bia.token("maybe", after=b"?" * 32))
    assert stage.told[1:] == [warning(Alarm.CONTRADICTION, 8), warning(Alarm.CONTRADICTION, 9)]


def test_what_an_earlier_run_of_ours_has_heard_is_a_replay_in_a_later_chunk() -> None:
    bia = Voice(BIA)
    one = bia.letter("one")
    stage = Stage(7, Mark.of(one))
    stage.take(8, bia.seal(one), bia.token("two"))
    assert stage.alerts() == [warning(Alarm.REPLAY, 8)]
    assert stage.texts() == ["two"]


def test_what_an_earlier_run_of_ours_has_heard_is_history_in_its_own_chunk() -> None:
    one = Voice(BIA).letter("one")
    stage = Stage(7, Mark.of(one))
    stage.take(7, Voice(BIA).seal(one), live=False)
    assert stage.alerts() == []
    assert stage.texts() == ["one"]


def test_what_is_heard_is_remembered_for_a_later_run_and_a_replay_is_not(stage: Stage) -> None:
    bia = Voice(BIA)
    one, two = bia.token("one"), bia.token("two")
    stage.take(7, one, two)
    stage.take(9, one)
    assert stage.recollection.marks() == (Mark(BIA.person.key, bia.run, 1, 2),)
    assert stage.recollection.position == 7


def test_who_saw_what_we_were_not_shown_is_told_once_and_shown(stage: Stage) -> None:
    bia = Voice(BIA)
    strange = [Head(6, b"?" * 32)]
    stage.take(7, bia.token("one", seen=strange))
    stage.take(8, bia.token("two", seen=strange))
    assert stage.alerts() == [warning(Alarm.SPLIT, 7)]
    assert stage.texts() == ["one", "two"]


def test_who_was_not_shown_what_we_said_is_told_once_and_shown(stage: Stage) -> None:
    bia, eve = Voice(BIA), Voice(EVE)
    stage.say("Oi")
    stage.ana.acknowledged(Ack(1, 5))
    stage.take(6, eve.token("later"))
    stage.take(7, bia.token("where is Ana?", seen=[eve.head(6)]))
    stage.take(8, bia.token("Ana?", seen=[eve.head(6)]))
    assert stage.alerts() == [warning(Alarm.WITHHELD, 7)]
    assert stage.texts() == ["later", "where is Ana?", "Ana?"]


def test_what_is_not_shown_says_nothing_of_what_others_saw(stage: Stage) -> None:
    """Else whoever replays an old message makes its sender accuse the relay again."""
    bia = Voice(BIA)
    stage.take(7, bia.token("yes"))
    stage.take(8, bia.token("no", counter=1, seen=[Head(6, b"?" * 32)]))
    assert [alert.alarm for alert in stage.alerts()] == [Alarm.CONTRADICTION]


def test_what_is_shown_is_what_our_next_message_names(stage: Stage) -> None:
    bia, eve = Voice(BIA), Voice(EVE)
    stage.take(7, bia.token("one"), bia.token("two"))
    stage.take(8, eve.token("I saw one and two", seen=[bia.head(7)]))
    assert stage.say("I saw Eve").envelope.heads == (eve.head(8),)


def test_the_newest_of_each_run_is_named_whatever_its_connection(stage: Stage) -> None:
    bia = Voice(BIA)
    stage.take(7, bia.token("one"), bia.token("two"), bia.token("three"))
    bia.reconnect()
    stage.take(8, bia.token("four"), bia.token("five"))
    assert stage.say("Oi").envelope.heads == (bia.head(8),)


# Connections.


def test_of_a_connection_that_began_in_our_time_the_first_message_is_ours_to_hear(
    stage: Stage,
) -> None:
    stage.heads.since = 6
    bia = Voice(BIA)
    bia.begun = 6
    bia.token("lost")
    stage.take(7, bia.token("two"))
    assert stage.alerts() == [warning(Alarm.GAP, 7, missing=1)]


def test_of_a_connection_that_began_before_our_time_it_is_not(stage: Stage) -> None:
    stage.heads.since = 7
    bia = Voice(BIA)
    bia.begun = 6
    bia.token("before our time")
    stage.take(7, bia.token("two"))
    assert stage.alerts() == []


def test_a_name_with_another_key_is_told_once_before_what_it_says(stage: Stage) -> None:
    bia, eve = Voice(BIA), Voice(member("Bia", 5), b"run-0002")
    stage.take(7, bia.token("it is me"), eve.token("no, me"), eve.token("me!"))
    assert stage.told[1] == Alert(Alarm.IDENTITY_CHANGED, eve.who.person)
    standings = [event.standing for event in stage.told if isinstance(event, Received)]
    assert standings == [Standing.KNOWN, Standing.CHANGED, Standing.CHANGED]
    assert len(stage.alerts()) == 1


def test_a_card_introduces_somebody_with_the_key_to_wrap_for_them(stage: Stage) -> None:
    stage.reader.greet(Voice(BIA).card_letter())
    (bia,) = stage.acquaintances
    assert (bia.person, bia.wrap_key) == (BIA.person, BIA.wrap_key)
    stage.reader.greet(Voice(member("Bia", 5)).card_letter())
    assert stage.alerts() == [Alert(Alarm.IDENTITY_CHANGED, Person("Bia", EVE.person.key))]


# A new key for the room.


def rekey(*to: Person, is_last: bool = True) -> Rekey:
    shares = tuple(Share(to=person.key, wrapped=person.name.encode()) for person in to)
    return Rekey(room=OTHER_KEY.room, shares=shares, is_last=is_last)


def moved(share: bytes | None) -> Moved:
    return Moved(BIA.person, Standing.KNOWN, OTHER_KEY.room, share, AT, live=True)


def test_a_new_key_is_told_with_our_share_of_it(stage: Stage) -> None:
    stage.take(7, Voice(BIA).token(rekey(EVE.person, ANA.person)))
    assert stage.told == [moved(b"Ana")]


def test_a_new_key_that_leaves_us_out_is_told_when_no_more_shares_come(stage: Stage) -> None:
    bia = Voice(BIA)
    stage.take(7, bia.token(rekey(EVE.person, is_last=False)))
    assert stage.told == []
    stage.take(7, bia.token(rekey()))
    assert stage.told == [moved(None)]


def test_who_had_a_share_is_not_told_to_be_left_out_of_the_rest(stage: Stage) -> None:
    bia = Voice(BIA)
    stage.take(7, bia.token(rekey(ANA.person, is_last=False)), bia.token(rekey(EVE.person)))
    assert stage.told == [moved(b"Ana")]


def test_nobody_elses_offer_of_the_same_room_hides_that_we_are_left_out(stage: Stage) -> None:
    stage.take(7, Voice(EVE).token(rekey(ANA.person)), Voice(BIA).token(rekey()))
    assert [event.share for event in stage.told if isinstance(event, Moved)] == [b"Ana", None]
