import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sussurro_client import sentences
from sussurro_client.contents import Text
from sussurro_client.events import (
    Alarm,
    Alert,
    Arrived,
    Connected,
    Departed,
    Disconnected,
    Event,
    Kept,
    Moved,
    Person,
    Present,
    Received,
    Standing,
)
from sussurro_client.fingerprint import short_words_of, words_of
from sussurro_client.json_face import JsonFace
from sussurro_client.line_faces import connection_refused, undelivered
from sussurro_client.naming import Circle, room_words
from sussurro_client.plain_face import PlainFace
from sussurro_client.timeline import Timeline
from tests.client.scenes import KEY
from tests.wire.strategies import steady

RELAY = "relay.example:5454"
BIA = Person("Bia", b"b" * 32)
NOBODY = Person("\x1b]0;root\x07Bia\u202e\nAna", b"n" * 32)
MESSAGE = Received(
    BIA, Text(text="Olá!"), "ab" * 32, 41, 1_774_000_000_123, standing=Standing.KNOWN, live=True
)
NASTY = Received(
    NOBODY,
    Text(text="\x1b[2Jgone\r\u202egnp\x9b31m"),
    "cd" * 32,
    1,
    1_774_000_000_000,
    standing=Standing.CHANGED,
    live=True,
)
ME = Person("Ana", b"a" * 32)
NOTHING = Timeline(ME)
KNOWN = Circle(ME, lambda _person: Standing.KNOWN)
CHANGED = Circle(ME, lambda _person: Standing.CHANGED)
VERIFIED = Circle(ME, lambda _person: Standing.VERIFIED)
WORDS = words_of(BIA.key)
OFFER = Moved(BIA, Standing.KNOWN, KEY.room, b"share", 1_774_000_000_123, live=True)


def shown(event: Event) -> dict[str, Any]:
    line = JsonFace().show(event, KNOWN, NOTHING)
    assert line is not None
    assert line.isascii()
    value: dict[str, Any] = json.loads(line)
    return value


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (
            MESSAGE,
            {
                "event": "message",
                "from": "Bia",
                "text": "Olá!",
                "id": "ab" * 32,
                "seq": 41,
                "at": "2026-03-20T09:46:40.123Z",
                "verified": True,
                "standing": "known",
                "fingerprint": WORDS,
                "history": False,
                "kind": "text",
                "reply_to": None,
                "action": False,
                "private": False,
                "to": None,
            },
        ),
        (
            OFFER,
            {
                "event": "moved",
                "from": "Bia",
                "room": KEY.room,
                "fingerprint": room_words(KEY.room),
                "included": True,
                "standing": "known",
                "at": "2026-03-20T09:46:40.123Z",
                "history": False,
            },
        ),
        (Kept("ab" * 32, 41), {"event": "acked", "id": "ab" * 32, "seq": 41}),
        (Arrived(BIA), {"event": "joined", "name": "Bia"}),
        (Departed(BIA, "lost"), {"event": "left", "name": "Bia", "reason": "lost"}),
        (Connected(RELAY, 3), {"event": "connected", "relay": RELAY, "members": 3}),
        (
            Disconnected(RELAY, "lost", "Connection reset", 0.25049),
            {"event": "disconnected", "relay": RELAY, "reason": "lost", "retry_in": 0.25},
        ),
        (
            Disconnected(RELAY, "bad-proof", "", None),
            {"event": "disconnected", "relay": RELAY, "reason": "bad-proof", "retry_in": None},
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_event_is_an_object_of_exactly_these_fields(
    event: Event, expected: dict[str, Any]
) -> None:
    assert shown(event) == expected
    assert list(shown(event)) == list(expected)


@pytest.mark.parametrize("alarm", Alarm)
def test_a_warning_has_its_code_a_sentence_and_whoever_showed_it(alarm: Alarm) -> None:
    nameless, named = shown(Alert(alarm)), shown(Alert(alarm, BIA))
    assert list(nameless) == ["event", "code", "text", "advice"]
    assert list(named) == ["event", "code", "text", "advice", "from", "fingerprint"]
    assert (named["event"], named["code"]) == ("warning", alarm.value)
    assert (named["from"], named["fingerprint"]) == ("Bia", WORDS)
    assert nameless["text"] == sentences.alert(Alert(alarm), KNOWN)
    plain = PlainFace().show(Alert(alarm), KNOWN, NOTHING)
    assert plain == f"! {nameless['text']} {nameless['advice']}".rstrip()


def test_a_warning_says_where_it_stands_and_how_many_are_missing() -> None:
    warning = shown(Alert(Alarm.GAP, BIA, missing=3, at=1_774_000_000_123, seq=41))
    assert (warning["seq"], warning["missing"]) == (41, 3)
    assert warning["at"] == "2026-03-20T09:46:40.123Z"


def test_an_error_is_an_object_with_its_sentence() -> None:
    assert json.loads(JsonFace().error("It is full.")) == {"event": "error", "text": "It is full."}


def test_who_is_here_is_told_to_whoever_asked() -> None:
    present = Present((BIA, NOBODY), 5)
    assert JsonFace().show(present, KNOWN, NOTHING) is None
    assert PlainFace().show(present, KNOWN, NOTHING) is None
    assert json.loads(JsonFace().present(present, KNOWN)) == {
        "event": "present",
        "members": 5,
        "names": ["Bia", NOBODY.name],
        "people": [
            {"name": "Bia", "fingerprint": WORDS, "standing": "known"},
            {"name": NOBODY.name, "fingerprint": words_of(NOBODY.key), "standing": "known"},
        ],
    }


def test_in_plain_everybody_who_is_here_has_a_line_with_what_is_known_before_the_name() -> None:
    standings = {BIA: Standing.VERIFIED, ME: Standing.VERIFIED}
    circle = Circle(ME, lambda person: standings.get(person, Standing.CHANGED))
    twin = Person("Bia", b"t" * 32)
    assert PlainFace().present(Present((ME, twin, BIA), 3), circle).splitlines() == [
        "* 3 here:",
        "      you               Ana",
        "    ✓ verified          Bia",
        f"    ! another identity  Bia ({short_words_of(twin.key)})",
    ]


def test_the_answers_to_trust_and_fingerprint() -> None:
    person = {"name": "Bia", "fingerprint": WORDS, "standing": "verified"}
    assert json.loads(JsonFace().trusted(BIA, VERIFIED)) == {"event": "trusted"} | person
    assert json.loads(JsonFace().fingerprint(BIA, VERIFIED)) == {"event": "fingerprint"} | person
    face = PlainFace()
    assert face.trusted(BIA, VERIFIED) == f"* You trust Bia, whose fingerprint is {WORDS}."
    assert face.fingerprint(BIA, VERIFIED) == f"* The fingerprint of Bia (verified): {WORDS}"
    assert face.fingerprint(ME, VERIFIED) == f"* Your fingerprint: {words_of(ME.key)}"


def test_in_plain_a_badge_stands_in_the_brackets_where_no_name_can_come() -> None:
    def line(name: str, standing: Standing) -> str | None:
        at = 1_774_000_000_000
        said = Received(
            Person(name, b"b" * 32), Text(text="Oi"), "ef" * 32, 1, at, standing=standing, live=True
        )
        return PlainFace().show(said, KNOWN, NOTHING)

    known, posing = line("Bia", Standing.KNOWN), line("✓] Bia", Standing.KNOWN)
    assert known is not None
    assert posing is not None
    assert known.endswith("] Bia: Oi")
    assert known[1:6].replace(":", "").isdecimal()
    assert posing == known.replace("Bia", "✓] Bia")
    assert line("Bia", Standing.VERIFIED) == known.replace("]", " ✓]")
    words = short_words_of(b"b" * 32)
    assert line("Bia", Standing.CHANGED) == known.replace("] Bia", f" !] Bia ({words})")


def test_namesakes_are_told_apart_in_every_line() -> None:
    face, name = PlainFace(), f"Bia ({short_words_of(BIA.key)})"
    assert face.show(Arrived(BIA), CHANGED, NOTHING) == f"* {name} is here."
    assert face.show(Departed(BIA, "left"), CHANGED, NOTHING) == f"* {name} has left."
    assert name in (face.show(Alert(Alarm.REPLAY, BIA), CHANGED, NOTHING) or "")
    assert (face.show(Alert(Alarm.IDENTITY_CHANGED, BIA), CHANGED, NOTHING) or "").startswith(
        "! Bia has"
    )


@steady
@given(st.text(), st.text(min_size=1), st.integers(0, 253_370_764_799_999))
def test_json_is_ascii_on_one_line_and_exact_for_any_text_name_and_time(
    text: str, name: str, at: int
) -> None:
    event = Received(
        Person(name, b"k" * 32),
        Text(text=text),
        "ef" * 32,
        1,
        at,
        standing=Standing.KNOWN,
        live=True,
    )
    line = JsonFace().show(event, KNOWN, NOTHING)
    assert line is not None
    assert line.isascii()
    assert line.isprintable()
    assert (json.loads(line)["text"], json.loads(line)["from"]) == (text, name)


@steady
@given(st.text(), st.text(min_size=1), st.integers(0, 253_370_764_799_999))
def test_plain_lines_hold_no_control_character_of_others(text: str, name: str, at: int) -> None:
    event = Received(
        Person(name, b"k" * 32),
        Text(text=text),
        "ef" * 32,
        1,
        at,
        standing=Standing.KNOWN,
        live=True,
    )
    line = PlainFace().show(event, KNOWN, NOTHING)
    assert line is not None
    assert all(
        character.isprintable() or ord(character) > 127 for character in line.replace("\n", "")
    )


def test_control_and_bidi_characters_do_not_reach_plain_output() -> None:
    lines = [
        PlainFace().show(event, KNOWN, NOTHING)
        for event in (NASTY, Arrived(NOBODY), Departed(NOBODY, "left"))
    ]
    lines += [
        PlainFace().show(Alert(Alarm.REPLAY, NOBODY), KNOWN, NOTHING),
        PlainFace().present(Present((NOBODY,), 1), KNOWN).replace("\n", " "),
        PlainFace().trusted(NOBODY, KNOWN),
        PlainFace().fingerprint(NOBODY, KNOWN),
        PlainFace().show(replace(OFFER, who=NOBODY, standing=Standing.CHANGED), KNOWN, NOTHING),
    ]
    for line in lines:
        assert line is not None
        assert not set("\x1b\x07\r\x9b\u202e") & set(line)
        assert "\nAna" not in line


def test_later_lines_of_a_text_are_set_in_so_that_they_pose_as_nobody() -> None:
    event = Received(
        BIA, Text(text="one\n[09:46] Ana: two"), "ef" * 32, 1, 0, standing=Standing.KNOWN, live=True
    )
    line = PlainFace().show(event, KNOWN, NOTHING)
    assert line is not None
    assert line.splitlines()[1] == "    [09:46] Ana: two"


def test_plain_lines_say_what_happened() -> None:
    face = PlainFace()
    assert face.show(Connected(RELAY, 3), KNOWN, NOTHING) == f"* Connected to {RELAY}; 3 here."
    assert face.show(Arrived(BIA), KNOWN, NOTHING) == "* Bia is here."
    assert face.show(Departed(BIA, "left"), KNOWN, NOTHING) == "* Bia has left."
    assert face.show(Kept("ef" * 32, 1), KNOWN, NOTHING) is None
    assert (
        face.show(Disconnected(RELAY, "lost", "", 1.0), KNOWN, NOTHING)
        == f"* The connection to {RELAY} is lost."
    )
    assert face.show(Disconnected(RELAY, "bad-proof", "", None), KNOWN, NOTHING) is None, (
        "said as an error"
    )
    assert face.error("Full.") == "! Full."
    assert face.notice("Write.") == "* Write."
    assert json.loads(JsonFace().notice("Write.")) == {"event": "notice", "text": "Write."}


def test_what_was_not_delivered_is_counted_and_the_first_is_shown_in_short() -> None:
    assert undelivered(("Oi",)) == "1 message was not delivered: Oi"
    assert undelivered(("a\n\x1bb", "c")) == "2 messages were not delivered, the first: a �b"
    assert undelivered(("x" * 100,)).endswith("x" * 59 + "…")


def test_a_refusal_says_why_and_what_to_do() -> None:
    sentence = connection_refused(Disconnected(RELAY, "room-refused", "", None))
    assert sentence.startswith(f"{RELAY} does not serve this room.")
    assert "check the key" in sentence


def test_a_new_key_is_told_with_who_made_it_its_words_and_how_to_move() -> None:
    words = room_words(KEY.room)
    short = "-".join(words.split("-")[:2])
    assert PlainFace().show(OFFER, KNOWN, NOTHING) == (
        f"! Bia has made a new key for this room; its fingerprint: {words}. "
        f"To go there, write: /move {short}"
    )


def test_whoever_is_left_out_of_a_new_key_is_told_so() -> None:
    line = PlainFace().show(replace(OFFER, share=None), KNOWN, NOTHING)
    assert line is not None
    assert "left you out: you will read nothing" in line
    assert "/move" not in line
    assert shown(replace(OFFER, share=None))["included"] is False


def test_a_new_key_of_a_doubtful_namesake_is_told_with_caution() -> None:
    line = PlainFace().show(replace(OFFER, standing=Standing.CHANGED), KNOWN, NOTHING)
    assert line is not None
    assert f"Bia ({short_words_of(BIA.key)}) has made a new key" in line
    assert "CAUTION: Bia" in line


def test_what_is_no_room_is_told_without_a_fingerprint() -> None:
    assert shown(replace(OFFER, room="\x1b" * 43))["fingerprint"] == ""
    line = PlainFace().show(replace(OFFER, room="\x1b" * 43), KNOWN, NOTHING)
    assert "\x1b" not in (line or "\x1b")
