import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sussurro_client.events import (
    Alarm,
    Alert,
    Arrived,
    Connected,
    Departed,
    Disconnected,
    Event,
    Kept,
    Person,
    Present,
    Received,
)
from sussurro_client.line_faces import JsonFace, PlainFace, connection_refused, undelivered
from tests.wire.strategies import steady

RELAY = "relay.example:5454"
BIA = Person("Bia", b"b" * 32)
NOBODY = Person("\x1b]0;root\x07Bia\u202e\nAna", b"n" * 32)
MESSAGE = Received(BIA, "Olá!", "72756e-1", 41, 1_774_000_000_123, verified=True, live=True)
NASTY = Received(
    NOBODY, "\x1b[2Jgone\r\u202egnp\x9b31m", "72-1", 1, 1_774_000_000_000, verified=False, live=True
)


def shown(event: Event) -> dict[str, Any]:
    line = JsonFace().show(event)
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
                "id": "72756e-1",
                "seq": 41,
                "at": "2026-03-20T09:46:40.123Z",
                "verified": True,
                "history": False,
            },
        ),
        (Kept("72756e-1", 41), {"event": "acked", "id": "72756e-1", "seq": 41}),
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
def test_a_warning_has_its_code_a_sentence_and_the_name_where_it_is_known(alarm: Alarm) -> None:
    nameless, named = shown(Alert(alarm)), shown(Alert(alarm, BIA))
    assert list(nameless) == ["event", "code", "text"]
    assert list(named) == ["event", "code", "text", "from"]
    assert (named["event"], named["code"], named["from"]) == ("warning", alarm.value, "Bia")
    assert nameless["text"].endswith(".")


def test_an_error_is_an_object_with_its_sentence() -> None:
    assert json.loads(JsonFace().error("It is full.")) == {"event": "error", "text": "It is full."}


def test_who_is_here_is_told_to_whoever_asked() -> None:
    present = Present((BIA, NOBODY), 5)
    assert JsonFace().show(present) is None
    assert PlainFace().show(present) is None
    assert json.loads(JsonFace().present(present)) == {
        "event": "present",
        "members": 5,
        "names": ["Bia", NOBODY.name],
    }
    assert PlainFace().present(Present((BIA,), 1)) == "* 1 here: Bia"


@steady
@given(st.text(), st.text(min_size=1), st.integers(0, 253_370_764_799_999))
def test_json_is_ascii_on_one_line_and_exact_for_any_text_name_and_time(
    text: str, name: str, at: int
) -> None:
    event = Received(Person(name, b"k" * 32), text, "i-1", 1, at, verified=True, live=True)
    line = JsonFace().show(event)
    assert line is not None
    assert line.isascii()
    assert line.isprintable()
    assert (json.loads(line)["text"], json.loads(line)["from"]) == (text, name)


@steady
@given(st.text(), st.text(min_size=1), st.integers(0, 253_370_764_799_999))
def test_plain_lines_hold_no_control_character_of_others(text: str, name: str, at: int) -> None:
    event = Received(Person(name, b"k" * 32), text, "i-1", 1, at, verified=True, live=True)
    line = PlainFace().show(event)
    assert line is not None
    assert all(
        character.isprintable() or ord(character) > 127 for character in line.replace("\n", "")
    )


def test_control_and_bidi_characters_do_not_reach_plain_output() -> None:
    lines = [
        PlainFace().show(event) for event in (NASTY, Arrived(NOBODY), Departed(NOBODY, "left"))
    ]
    lines += [
        PlainFace().show(Alert(Alarm.REPLAY, NOBODY)),
        PlainFace().present(Present((NOBODY,), 1)),
    ]
    for line in lines:
        assert line is not None
        assert not set("\x1b\x07\r\x9b\u202e") & set(line)
        assert "\nAna" not in line


def test_later_lines_of_a_text_are_set_in_so_that_they_pose_as_nobody() -> None:
    event = Received(BIA, "one\n[09:46] Ana: two", "i-1", 1, 0, verified=True, live=True)
    line = PlainFace().show(event)
    assert line is not None
    assert line.splitlines()[1] == "    [09:46] Ana: two"


def test_plain_lines_say_what_happened() -> None:
    face = PlainFace()
    assert face.show(Connected(RELAY, 3)) == f"* Connected to {RELAY}; 3 here."
    assert face.show(Arrived(BIA)) == "* Bia is here."
    assert face.show(Departed(BIA, "left")) == "* Bia has left."
    assert face.show(Kept("i-1", 1)) is None
    assert (
        face.show(Disconnected(RELAY, "lost", "", 1.0)) == f"* The connection to {RELAY} is lost."
    )
    assert face.show(Disconnected(RELAY, "bad-proof", "", None)) is None, "said as an error"
    assert face.error("Full.") == "! Full."
    assert face.notice("Write.") == "* Write."
    assert JsonFace().notice("Write.") is None


def test_what_was_not_delivered_is_counted_and_the_first_is_shown_in_short() -> None:
    assert undelivered(("Oi",)) == "1 message was not delivered: Oi"
    assert undelivered(("a\n\x1bb", "c")) == "2 messages were not delivered, the first: a �b"
    assert undelivered(("x" * 100,)).endswith("x" * 59 + "…")


def test_a_refusal_says_why_and_what_to_do() -> None:
    sentence = connection_refused(Disconnected(RELAY, "room-refused", "", None))
    assert sentence.startswith(f"{RELAY} does not serve this room.")
    assert "check the key" in sentence
