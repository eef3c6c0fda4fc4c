"""A relay that lies to three honest members: who is told what, or why it comes to nothing.

Each play is first shown to alarm nobody when the relay is honest: see `outcome`.
"""

import base64
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from sussurro_client.events import Disconnected, Kept, Received
from sussurro_client.room_folder import RoomFolder
from sussurro_wire.messages import (
    Ack,
    At,
    Bye,
    Count,
    Gone,
    Hello,
    Here,
    Pong,
    Welcome,
    WhoEnd,
)
from tests.client.scenes import KEY, OTHER_KEY, Voice, member
from tests.hostile.lies import (
    acknowledging,
    closing_up,
    drop,
    hiding,
    instead,
    never_keeping,
    one_after_the_other,
    swapped,
    to,
    without_first_token,
)
from tests.hostile.room import MEMBERS, Guest, Outcome, Scene, outcome, scene
from tests.support.lying_relay import STEP, Entry, Said, Visit

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def talk(stage: Scene) -> None:
    """Chunks 1 to 12: what was said in the room, by three."""
    stage.join("Ana", "Bia", "Caio")
    stage.say("Bia", "b1")
    stage.say("Caio", "c2")
    stage.say("Ana", "a3")
    stage.say("Bia", "b4", "b5")
    stage.say("Caio", "c6")
    stage.say("Ana", "a7")
    stage.say("Bia", "b8")
    stage.say("Caio", "c9")
    stage.say("Ana", "a10")
    stage.say("Bia", "b11")
    stage.say("Caio", "c12")


def talk_while_ana_is_away(stage: Scene) -> None:
    """Ana hears chunks 3 to 5 when she is back."""
    stage.join("Ana", "Bia", "Caio")
    stage.say("Bia", "b1")
    stage.say("Caio", "c2")
    with stage.away("Ana"):
        stage.say("Bia", "b3", "b4")
        stage.say("Caio", "c5")
    stage.say("Bia", "b6")
    stage.say("Caio", "c7")
    stage.say("Ana", "a8")


def talk_before_davi_comes(stage: Scene) -> None:
    """Davi hears chunks 1 to 5 as history."""
    stage.join("Ana", "Bia", "Caio")
    stage.say("Bia", "b1", "b2")
    stage.say("Caio", "c3")
    stage.say("Ana", "a4")
    stage.say("Bia", "b5")
    stage.join("Davi", history=100)
    stage.say("Caio", "c6")
    stage.say("Bia", "b7")


def talk_of_one_who_comes_back(stage: Scene) -> None:
    """Bia says chunks 1, and 4 to 6 over another connection."""
    stage.join("Ana", "Caio", "Bia")
    stage.say("Bia", "b1")
    stage.say("Caio", "c2")
    stage.say("Ana", "a3")
    with stage.away("Bia"):
        pass
    stage.say("Bia", "b4", "b5")
    stage.say("Caio", "c6")
    stage.say("Bia", "b7")


def a_burst_of_one_who_comes(stage: Scene) -> None:
    """Bia comes, and her first words are one chunk, 2."""
    stage.join("Ana", "Caio")
    stage.say("Ana", "a1")
    stage.join("Bia")
    stage.burst("Bia", "b2", "b2 too")
    stage.say("Caio", "c3")
    stage.say("Bia", "b4")
    stage.say("Ana", "a5")
    stage.say("Caio", "c6")


def a_burst_of_one_who_comes_back(stage: Scene) -> None:
    """Bia's first words on her second connection are one chunk, 3."""
    stage.join("Ana", "Caio", "Bia")
    stage.say("Bia", "b1")
    stage.say("Ana", "a2")
    with stage.away("Bia"):
        pass
    stage.burst("Bia", "b3", "b3 too")
    stage.say("Caio", "c4")
    stage.say("Bia", "b5")


def demand(found: Outcome, **told: str) -> None:
    """Demand that these and no others are told, and what is one loss or one copy is told once."""
    assert found.told.keys() == told.keys(), found.told
    for name, alarm in told.items():
        count = found.told[name].count(alarm)
        is_of_each_message = alarm.startswith(("split", "withheld"))
        assert count == 1 or (count and is_of_each_message), found.told


def again_at(seq: int) -> "_Again":
    return _Again(seq)


def demand_end(found: Outcome, reason: str) -> None:
    """Demand that Ana is shown and told nothing, and ends her connection as often as it comes."""
    assert (found.told, found.shown["Ana"]) == ({}, [])
    assert {name: set(ends) for name, ends in found.ends.items()} == {"Ana": {reason}}


class _Again:
    """Shows a chunk, and then once more under a number that many higher."""

    def __init__(self, by: int) -> None:
        self._by = by

    def __call__(self, entry: Entry) -> Iterable[Said]:
        return (entry, replace(entry, seq=entry.seq + self._by))


# It leaves something out.


def test_a_message_dropped_for_all_is_missed_by_all() -> None:
    demand(outcome(talk, drop(4)), Ana="gap Bia", Caio="gap Bia")


def test_a_message_dropped_for_one_is_missed_by_that_one() -> None:
    demand(outcome(talk, to("Ana", drop(4))), Ana="gap Bia")


def test_a_run_of_messages_dropped_is_told_once() -> None:
    found = outcome(talk, to("Ana", drop(4, 5)))
    demand(found, Ana="gap Bia")


def test_everything_of_one_member_dropped_for_one_is_told_by_what_others_had_seen() -> None:
    demand(outcome(talk, to("Ana", drop(1, 4, 5, 8, 11))), Ana="split Caio")


def test_everything_of_one_member_dropped_for_all_is_told_to_its_author() -> None:
    found = outcome(talk, keeps=never_keeping("Ana"))
    demand(found, Ana="withheld Bia")
    assert found.shown["Bia"] == ["c2", "c6", "c9", "c12"]


def test_what_was_said_while_one_was_away_and_is_dropped_is_missed_when_it_is_back() -> None:
    demand(outcome(talk_while_ana_is_away, to("Ana", drop(3))), Ana="gap Bia")
    demand(outcome(talk_while_ana_is_away, to("Ana", drop(3, 4, 5))), Ana="gap Bia")


def test_what_is_dropped_in_the_midst_of_history_is_missed_by_the_newcomer() -> None:
    demand(outcome(talk_before_davi_comes, to("Davi", drop(2))), Davi="gap Bia")
    demand(outcome(talk_before_davi_comes, to("Davi", drop(3))), Davi="split Ana")


def test_numbers_that_close_up_hide_no_gap() -> None:
    lie = one_after_the_other(drop(4), closing_up(5))
    demand(outcome(talk, to("Ana", lie)), Ana="gap Bia", Bia="split Ana", Caio="split Ana")


def test_a_hidden_arrival_hides_no_gap_at_the_start_of_a_connection() -> None:
    lie = one_after_the_other(hiding("Bia"), drop(4))
    demand(outcome(talk_of_one_who_comes_back, to("Ana", lie)), Ana="gap Bia")


@pytest.mark.parametrize("victims", ["Ana", ""], ids=["one", "all"])
def test_a_hidden_arrival_hides_no_gap_in_a_burst_after_coming_back(victims: str) -> None:
    lie = one_after_the_other(hiding("Bia"), without_first_token(3))
    if victims:
        demand(outcome(a_burst_of_one_who_comes_back, to("Ana", lie)), Ana="gap Bia")
    else:
        found = outcome(a_burst_of_one_who_comes_back, lie)
        demand(found, Ana="gap Bia", Caio="gap Bia")


@pytest.mark.parametrize("victims", ["Ana", ""], ids=["one", "all"])
def test_a_hidden_arrival_hides_no_gap_in_the_first_burst_of_somebody_new(victims: str) -> None:
    lie = one_after_the_other(hiding("Bia"), without_first_token(2))
    if victims:
        demand(outcome(a_burst_of_one_who_comes, to("Ana", lie)), Ana="gap Bia")
    else:
        demand(outcome(a_burst_of_one_who_comes, lie), Ana="gap Bia", Caio="gap Bia")


def test_the_newest_message_kept_back_is_missed_when_more_is_said() -> None:
    def on(stage: Scene) -> None:
        talk(stage)
        stage.say("Caio", "c13")

    demand(outcome(talk, to("Ana", drop(12))))
    demand(outcome(on, to("Ana", drop(12))), Ana="gap Caio")


def test_what_is_kept_back_for_a_while_and_then_shown_is_a_slow_line() -> None:
    held: list[Said] = []

    def hold(_visit: Visit, said: Said) -> Iterable[Said]:
        if isinstance(said, Entry) and said.number in (4, 5):
            held.append(said)
            return ()
        due = [*held, said]
        if isinstance(said, Entry):
            held.clear()
        return due if isinstance(said, Entry) else (said,)

    found = outcome(talk, to("Ana", hold))
    assert found == outcome(talk)


# It says something again.


@pytest.mark.parametrize("by", [1, 0], ids=["new number", "same number"])
def test_a_message_that_is_said_again_at_once_is_told_and_shown_once(by: int) -> None:
    found = outcome(talk, instead(again_at(by), 4))
    demand(found, Ana="replay Bia", Caio="replay Bia")
    assert found.shown["Ana"].count("b4") == 1


def test_a_message_that_is_said_again_to_one_is_told_to_that_one() -> None:
    demand(outcome(talk, to("Ana", instead(again_at(1), 4))), Ana="replay Bia")


def test_an_old_message_that_is_said_again_later_is_told() -> None:
    old: list[Entry] = []

    def replay(_visit: Visit, said: Said) -> Iterable[Said]:
        if isinstance(said, Entry) and said.number == 1:
            old.append(said)
        if isinstance(said, Entry) and said.number == 8:
            return (said, replace(old[0], seq=said.seq + 1))
        return (said,)

    found = outcome(talk, to("Ana", replay))
    demand(found, Ana="replay Bia")
    assert found.shown["Ana"].count("b1") == 1


def test_an_old_message_that_is_said_again_to_one_who_comes_back_is_told() -> None:
    old: list[Entry] = []

    def replay(_visit: Visit, said: Said) -> Iterable[Said]:
        if isinstance(said, Entry) and said.number == 1:
            old.append(said)
        if isinstance(said, Entry) and said.number == 5:
            return (said, replace(old[0], seq=said.seq + 1))
        return (said,)

    found = outcome(talk_while_ana_is_away, to("Ana", replay))
    demand(found, Ana="replay Bia")
    assert found.shown["Ana"].count("b1") == 1


def test_the_chunk_that_one_who_comes_back_asks_for_is_not_shown_again() -> None:
    found = outcome(talk_while_ana_is_away)
    assert found.told == {}
    assert found.shown["Ana"] == ["b1", "c2", "b3", "b4", "c5", "b6", "c7"]


def test_an_old_message_that_is_said_again_to_a_restarted_client_is_told(tmp_path: Path) -> None:
    with scene() as stage:
        folder = RoomFolder(tmp_path, KEY.room, f"127.0.0.1:{stage.relay.port}")
        stage.join("Ana", folder=folder)
        stage.join("Bia", "Caio")
        stage.say("Bia", "b1", "b2")
        stage.say("Caio", "c3")
        stage.leave("Ana")
        stage.join("Ana", folder=folder, history=2)
        stage.say("Bia", "b4")
        assert (stage.told, stage.guests["Ana"].shown) == ({}, ["b2", "c3", "b4"])

        def replay() -> None:
            first, second = stage.room().log[:2]
            stage.relay.say_to("Ana", replace(second, seq=stage.room().next_seq + 1))
            stage.relay.say_to("Ana", replace(first, seq=stage.room().next_seq + 2))

        stage.relay.do(replay)
        stage.settle()
        assert stage.guests["Ana"].told == ["replay Bia", "replay Bia"]
        assert stage.guests["Ana"].shown == ["b2", "c3", "b4"]


def test_a_whole_past_that_is_said_again_to_a_restarted_client_is_told(tmp_path: Path) -> None:
    with scene() as stage:
        folder = RoomFolder(tmp_path, KEY.room, f"127.0.0.1:{stage.relay.port}")
        stage.join("Ana", folder=folder)
        stage.join("Bia")
        stage.say("Bia", "b1", "b2")
        stage.leave("Ana")
        stage.leave("Bia")

        def move() -> None:
            room = stage.room()
            room.log = [replace(entry, seq=entry.seq + 10 * STEP) for entry in room.log]
            room.next_seq += 10 * STEP

        stage.relay.do(move)
        stage.join("Ana", folder=folder, history=10)
        assert stage.guests["Ana"].told == ["replay Bia", "replay Bia"]
        assert stage.guests["Ana"].shown == []


def test_a_message_of_another_room_opens_for_nobody() -> None:
    stranger = Voice(member("Bia", 2, OTHER_KEY))
    token = stranger.token("in the other room") + b"\n"
    found = outcome(talk, instead(lambda entry: [entry, At(entry.seq + 1), token], 4))
    demand(found, Ana="undecryptable", Caio="undecryptable")
    assert "in the other room" not in found.shown["Ana"]


def test_a_newcomer_that_is_shown_the_past_as_if_it_were_now_sees_when_it_was_said() -> None:
    with scene() as stage:
        stage.join("Ana", "Bia", "Caio")
        stage.say("Bia", "b1", "b2")
        stage.say("Caio", "c3")
        past = stage.relay.do(lambda: stage.room().log[:])
        times = [event.at for event in stage.guests["Ana"].of(Received)]

        def as_news(visit: Visit, said: Said) -> Iterable[Said]:
            if visit.who == "Davi" and isinstance(said, WhoEnd) and past:
                news = [replace(entry, seq=entry.seq + 10 * STEP) for entry in past]
                past.clear()
                return (said, *news)
            return (said,)

        stage.lie(as_news)
        stage.join("Davi")
        davi = stage.guests["Davi"]
        assert davi.shown == ["b1", "b2", "c3"]
        assert [event.at for event in davi.of(Received)] == times


def test_a_newcomer_that_is_shown_an_old_end_of_the_log_is_told_when_anybody_speaks() -> None:
    found = outcome(talk_before_davi_comes, to("Davi", drop(3, 4, 5)))
    demand(found, Davi="gap Bia")


# It changes the order.


def test_two_messages_of_one_member_swapped_are_told() -> None:
    found = outcome(talk, to("Ana", swapped(4, 5)))
    demand(found, Ana="reordered Bia", Bia="split Ana", Caio="split Ana")
    assert sorted(found.shown["Ana"]) == sorted(outcome(talk).shown["Ana"])


def test_two_messages_of_one_member_swapped_for_all_are_told_to_all() -> None:
    found = outcome(talk, swapped(4, 5))
    demand(found, Ana="reordered Bia", Bia="split Caio", Caio="reordered Bia")


def test_two_messages_of_two_members_swapped_are_told() -> None:
    found = outcome(talk, to("Ana", swapped(5, 6)))
    demand(found, Ana="split Caio", Bia="split Ana", Caio="split Ana")


def test_numbers_that_go_back_are_told_once() -> None:
    def back(entry: Entry) -> Iterable[Said]:
        return (replace(entry, seq=entry.seq - 3 * STEP),)

    found = outcome(talk, to("Ana", instead(back, 8)))
    demand(found, Ana="reordered")


# It changes a token.


def test_every_byte_of_a_token_that_is_altered_is_told_and_nothing_of_it_shown() -> None:
    with scene() as stage:
        stage.join("Ana", "Bia", "Caio")
        stage.say("Bia", "b1")
        assert stage.told == {}
        line = stage.relay.do(lambda: stage.room().log[0].lines)
        others = bytes(_other(byte) for byte in line)
        altered = [
            line[:at] + others[at : at + 1] + line[at + 1 :] for at in range(5, len(line) - 1)
        ]
        assert len(altered) > 700
        stage.relay.do(lambda: stage.relay.say_to("Ana", At(2_000), b"".join(altered)))
        stage.settle()
        assert stage.guests["Ana"].told == ["undecryptable"] * len(altered)
        assert stage.guests["Ana"].shown == ["b1"]


@pytest.mark.parametrize("at", range(5))
def test_a_token_whose_beginning_is_altered_ends_the_connection(at: int) -> None:
    def alter(entry: Entry) -> Iterable[Said]:
        return (At(entry.seq), entry.lines[:at] + b"!" + entry.lines[at + 1 :])

    found = outcome(one_message, to("Ana", instead(alter, 1)))
    demand_end(found, "malformed")


def one_message(stage: Scene) -> None:
    stage.join("Ana", "Bia", "Caio")
    stage.say("Bia", "b1")


def test_a_token_cut_short_anywhere_is_told_and_nothing_of_it_shown() -> None:
    with scene() as stage:
        stage.join("Ana", "Bia")
        stage.say("Bia", "b1")
        assert stage.told == {}
        token = stage.relay.do(lambda: stage.room().log[0].lines[:-1])
        cut = b"".join(token[:end] + b"\n" for end in range(5, len(token)))
        stage.relay.do(lambda: stage.relay.say_to("Ana", At(2_000), cut))
        stage.settle()
        assert stage.guests["Ana"].told == ["undecryptable"] * (len(token) - 5)
        assert stage.guests["Ana"].shown == ["b1"]


def test_a_connection_cut_in_the_midst_of_a_token_loses_nothing() -> None:
    with scene() as stage:
        stage.join("Ana", "Bia", "Caio")
        stage.say("Bia", "b1")

        def half(_visit: Visit, said: Said) -> Iterable[Said]:
            if isinstance(said, Entry):
                return (At(said.seq), said.lines[: len(said.lines) // 2])
            return (said,)

        stage.lie(to("Ana", half))
        stage.guests["Bia"].session.send("b2")
        assert stage.guests["Bia"].session.wait_acknowledged(10)
        stage.lie()
        with stage.away("Ana"):
            pass
        stage.say("Caio", "c3")
        assert stage.guests["Ana"].shown == ["b1", "b2", "c3"]
        assert stage.told == {}


def test_two_tokens_glued_together_are_told_and_neither_is_shown() -> None:
    def glue(entry: Entry) -> Iterable[Said]:
        return (At(entry.seq), entry.lines[:-1] + entry.lines)

    found = outcome(one_message, to("Ana", instead(glue, 1)))
    demand(found, Ana="undecryptable")
    assert found.shown["Ana"] == []


def test_a_token_glued_to_one_that_ends_in_padding_ends_the_connection() -> None:
    padded = next(
        token
        for size in range(400, 1000, 30)
        if (token := Voice(MEMBERS["Bia"]).token("x" * size)).endswith(b"=")
    )
    lie = instead(lambda entry: [At(entry.seq), padded + entry.lines], 1)
    found = outcome(one_message, to("Ana", lie))
    demand_end(found, "malformed")


def _other(byte: int) -> int:
    """Return another character of a token."""
    place = _ALPHABET.find(byte)
    return _ALPHABET[(place + 1) % 64] if place >= 0 else byte


# It says lines of its own.


@pytest.mark.parametrize(
    "line",
    [
        b"Bia: send me the key",
        b"SAY Bia hello",
        b"",
        b"here s9 gAAAAA",
        b"AT 0x10",
        b"AT 99999999999999999999",
        b"JOIN a b gAAAAA",
        b"\x1b]0;owned\x07",
        b"AT 7\r",
    ],
)
def test_a_line_that_is_none_ends_the_connection_and_is_not_shown(line: bytes) -> None:
    lie = instead(lambda entry: [line + b"\n", entry], 1)
    found = outcome(one_message, to("Ana", lie))
    demand_end(found, "malformed")


@pytest.mark.parametrize("verb", [Hello(1, "bm9uY2U"), Welcome("me", 1, 1, 1)])
def test_a_verb_out_of_turn_ends_the_connection(verb: Hello | Welcome) -> None:
    found = outcome(one_message, to("Ana", instead(lambda entry: [verb, entry], 1)))
    demand_end(found, "unexpected")


def test_a_line_without_end_ends_the_connection() -> None:
    lie = instead(lambda _entry: [b"gAAAA" + b"A" * 140_000], 1)
    found = outcome(one_message, to("Ana", lie))
    demand_end(found, "line-too-long")


def test_answers_to_nothing_change_nothing() -> None:
    noise: list[Said] = [
        Pong("alive"),
        Gone("nobody", "left"),
        WhoEnd(99),
        Count(5_000),
        Count(3),
        Ack(0, 0),
    ]
    found = outcome(talk, to("Ana", instead(lambda entry: [*noise, entry], 4)))
    assert (found.told, found.ends) == ({}, {})
    assert found.shown["Ana"] == outcome(talk).shown["Ana"]


# It invents and hides members.


def test_a_member_with_a_card_that_the_relay_made_up_is_told() -> None:
    card = "gAAAAA" + base64.urlsafe_b64encode(bytes(300)).decode("ascii")
    found = outcome(talk, to("Ana", instead(lambda entry: [Here("s99", card), entry], 4)))
    demand(found, Ana="undecryptable")


def test_a_member_with_a_message_for_a_card_is_told() -> None:
    def pose(entry: Entry) -> Iterable[Said]:
        return (Here("s99", entry.lines[:-1].decode("ascii")), entry)

    demand(outcome(talk, to("Ana", instead(pose, 4))), Ana="forged")


def test_somebody_gone_who_is_announced_again_with_the_old_card_is_told() -> None:
    with scene() as stage:
        stage.join("Ana", "Bia", "Caio")
        stage.say("Bia", "b1")
        card = stage.visit_of("Bia").card
        stage.leave("Bia")
        stage.relay.do(lambda: stage.relay.say_to("Ana", Here("s99", card)))
        stage.settle()
        stage.say("Caio", "c2")
        ana = stage.guests["Ana"]
        assert ana.shown == ["b1", "c2"]
        assert ana.told == ["replay Bia"]
        assert [person.name for person in ana.session.people] == ["Ana", "Caio"]


def test_a_hidden_member_can_only_hear_until_it_speaks() -> None:
    found = outcome(talk, to("Ana", hiding("Bia")))
    assert (found.told, found.ends) == ({}, {})
    assert found.shown["Ana"] == outcome(talk).shown["Ana"]


def test_somebody_who_is_said_to_be_gone_is_heard_as_before() -> None:
    gone = [Gone("s2", "left"), Gone("s3", "lost")]
    found = outcome(talk, to("Ana", instead(lambda entry: [*gone, entry], 4)))
    assert (found.told, found.ends) == ({}, {})
    assert found.shown["Ana"] == outcome(talk).shown["Ana"]


def test_a_known_name_with_another_key_is_told() -> None:
    """Nobody but a holder of the key can make such a card: the relay has one, say."""
    impostor = Voice(member("Bia", 9))
    here = Here("s99", impostor.card())
    found = outcome(talk, to("Ana", instead(lambda entry: [here, entry], 4)))
    demand(found, Ana="identity_changed Bia")


# It splits the room.


def split_between(first: set[str], second: set[str], until: int) -> "_Split":
    return _Split((first, second), until)


class _Split:
    """Shows what one half says to that half only, up to a chunk."""

    def __init__(self, halves: tuple[set[str], set[str]], until: int) -> None:
        self._halves = halves
        self._until = until
        self._authors: dict[int, str] = {}
        self._shown: dict[str, int] = {}
        self.closes_up = False

    def keeps(self, visit: Visit, entry: Entry) -> Iterable[Entry]:
        self._authors[entry.number] = visit.who
        return (entry,)

    def says(self, visit: Visit, said: Said) -> Iterable[Said]:
        if not isinstance(said, Entry) or said.number > self._until:
            return (said,)
        author = self._authors[said.number]
        is_one_half = any({author, visit.who} <= half for half in self._halves)
        return (said,) if is_one_half else ()


def test_a_room_split_in_two_is_told_with_the_first_word_that_crosses() -> None:
    def play(stage: Scene) -> None:
        stage.join("Davi")
        talk(stage)
        stage.say("Davi", "d13")
        stage.say("Ana", "a14")
        stage.say("Caio", "c15")

    split = split_between({"Ana", "Bia"}, {"Caio", "Davi"}, until=11)
    found = outcome(play, split.says, split.keeps)
    assert found.told.keys() == {"Ana", "Bia", "Caio", "Davi"}, found.told
    assert found.told["Ana"].count("split Caio") == 1
    assert found.told["Bia"].count("split Caio") == 1
    assert found.told["Davi"].count("gap Ana") == 1
    assert found.told["Caio"].count("split Ana") == 1


def test_a_room_split_in_two_for_good_is_two_rooms_in_which_nothing_is_false() -> None:
    split = split_between({"Ana", "Bia"}, {"Caio"}, until=99)
    found = outcome(talk, split.says, split.keeps)
    assert found.shown["Ana"] == ["b1", "b4", "b5", "b8", "b11"]
    assert found.shown["Bia"] == ["a3", "a7", "a10"]
    assert found.shown["Caio"] == []


def test_a_split_whose_numbers_close_up_on_each_side_is_told_when_it_heals() -> None:
    shown: dict[str, int] = {}
    split = split_between({"Ana", "Bia"}, {"Caio"}, until=11)

    def says(visit: Visit, said: Said) -> Iterable[Said]:
        for each in split.says(visit, said):
            if isinstance(each, Entry):
                shown[visit.who] = shown.get(visit.who, 0) + 1
                yield replace(each, seq=1_000 + shown[visit.who])
            else:
                yield each

    found = outcome(talk, says, split.keeps)
    assert {"Ana", "Bia"} <= found.told.keys(), found.told


# It lies about itself.


@pytest.mark.parametrize("version", [0, 2, 99])
def test_another_version_of_the_protocol_is_not_spoken(version: int) -> None:
    with scene() as stage:
        hello = Hello(version, "bm9uY2U")
        stage.lie(lambda _visit, said: (hello,) if isinstance(said, Hello) else (said,))
        ana = Guest(stage.relay.port, MEMBERS["Ana"])
        try:
            assert ana.wait(Disconnected).reason == "unexpected"
            assert stage.relay.do(stage.relay.present) == set(), "it said no JOIN"
        finally:
            ana.close()


def test_an_acknowledgement_of_what_was_not_kept_is_told_to_the_author() -> None:
    found = outcome(talk, keeps=never_keeping("Ana", 10))
    demand(found, Ana="withheld Caio")


@pytest.mark.parametrize("by", [10**9, 5, -900])
def test_a_false_place_in_an_acknowledgement_hides_nothing_that_was_not_kept(by: int) -> None:
    lie = acknowledging(lambda ack: [replace(ack, seq=ack.seq + by)])
    found = outcome(talk, to("Ana", lie), never_keeping("Ana"))
    assert found.told.keys() == {"Ana"}, found.told


@pytest.mark.parametrize("by", [10**9, 5, -900])
def test_a_false_place_in_an_acknowledgement_of_what_was_kept_is_told(by: int) -> None:
    lie = acknowledging(lambda ack: [replace(ack, seq=ack.seq + by)])
    assert "Ana" in outcome(talk, to("Ana", lie)).told


def test_an_acknowledgement_of_more_than_was_said_acknowledges_nothing() -> None:
    with scene() as stage:
        stage.join("Ana", "Bia")
        stage.lie(to("Ana", acknowledging(lambda ack: [replace(ack, count=ack.count + 5)])))
        ana = stage.guests["Ana"]
        ana.session.send("a1")
        stage.guests["Bia"].wait(Received)
        ana.fence()
        assert (ana.of(Kept), ana.session.unacknowledged) == ([], ("a1",))


def test_a_message_that_is_never_acknowledged_is_not_shown_as_sent() -> None:
    with scene() as stage:
        stage.join("Ana", "Bia")
        stage.lie(to("Ana", acknowledging(lambda _ack: [])))
        ana = stage.guests["Ana"]
        ana.session.send("a1")
        stage.guests["Bia"].wait(Received)
        ana.fence()
        assert ana.of(Kept) == []
        assert ana.session.close(0) == ("a1",)


def test_a_log_that_was_rolled_back_is_told_to_whoever_comes_back() -> None:
    with scene() as stage:
        stage.join("Ana", "Bia", "Caio")
        stage.say("Bia", "b1", "b2", "b3")
        assert stage.told == {}

        def roll_back() -> None:
            room = stage.room()
            del room.log[1:]
            room.next_seq = room.log[-1].seq + STEP

        with stage.away("Ana"):
            stage.relay.do(roll_back)
        assert stage.told == {"Ana": ["gap"]}


def test_a_log_that_was_rolled_back_is_told_to_a_restarted_client(tmp_path: Path) -> None:
    with scene() as stage:
        folder = RoomFolder(tmp_path, KEY.room, f"127.0.0.1:{stage.relay.port}")
        stage.join("Ana", folder=folder)
        stage.join("Bia")
        stage.say("Bia", "b1", "b2", "b3")
        stage.leave("Ana")

        def roll_back() -> None:
            room = stage.room()
            del room.log[1:]
            room.next_seq = room.log[-1].seq + STEP

        stage.relay.do(roll_back)
        stage.join("Ana", folder=folder)
        assert stage.guests["Ana"].told == ["gap"]


def test_a_past_that_is_said_to_be_let_go_is_told() -> None:
    def forgetful(_visit: Visit, said: Said) -> Iterable[Said]:
        if isinstance(said, Welcome):
            return (replace(said, oldest=said.next_seq),)
        return (said,)

    demand(
        outcome(talk_while_ana_is_away, to("Ana", one_after_the_other(forgetful, drop(3, 4, 5)))),
        Ana="gap",
    )


def test_what_is_let_go_while_one_is_away_is_told_as_that_and_nothing_else() -> None:
    """Who named what Ana had said may stand in the gap: nobody is said to have missed it."""
    with scene() as stage:
        stage.join("Ana", "Bia", "Caio")
        stage.say("Bia", "b1")
        stage.say("Ana", "a2")

        def let_go() -> None:
            del stage.room().log[:-1]

        with stage.away("Ana"):
            stage.say("Bia", "b3", "b4")
            stage.relay.do(let_go)
        stage.say("Caio", "c5")
        stage.say("Bia", "b6")
        assert stage.told == {"Ana": ["gap"]}


def test_a_farewell_that_the_relay_made_up_is_shown_as_its_word_and_ends_nothing() -> None:
    with scene() as stage:
        stage.join("Ana", "Bia")
        ana = stage.guests["Ana"]
        stage.relay.do(lambda: stage.relay.say_to("Ana", Bye("you-lose", 0)))
        stage.relay.do(lambda: stage.relay.cut("Ana"))
        assert ana.wait(Disconnected).reason == "you-lose"
        ana.come_in(2)
        stage.say("Bia", "b1")
        assert (ana.shown, stage.told) == (["b1"], {})
