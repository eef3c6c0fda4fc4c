from datetime import UTC, datetime

import pytest

from sussurro_client import sentences
from sussurro_client.events import Alarm, Alert, Departed, Disconnected, Person, Standing
from sussurro_client.fingerprint import short_words_of
from sussurro_client.naming import Circle
from sussurro_wire.errors import Reason

RELAY = "relay.example:5454"
BIA = Person("Bia", b"b" * 32)
AT = 1_774_000_000_000
CIRCLE = Circle(Person("Ana", b"a" * 32), lambda _person: Standing.KNOWN)
CLOCK = datetime.fromtimestamp(AT / 1000, UTC).astimezone().strftime("%H:%M")


def ended(reason: str, detail: str = "") -> str:
    return sentences.disconnected(Disconnected(RELAY, reason, detail, 1.0))


@pytest.mark.parametrize("reason", [*Reason, "unreachable", "a-reason-of-later-versions"])
def test_every_end_of_a_connection_is_a_finished_sentence(reason: str) -> None:
    sentence = ended(reason)
    assert sentence.endswith((".", "?"))
    assert "{" not in sentence


def test_no_relay_is_told_with_its_address_and_what_the_system_said() -> None:
    said = ended("unreachable", "Connection refused")
    assert said == f"No relay answers at {RELAY}. (Connection refused)"


def test_a_reason_that_is_not_known_is_shown_made_safe() -> None:
    assert ended("moon-full") == f"{RELAY} ended the connection: moon-full."
    assert "\x1b" not in ended("\x1b[2J", "\x1b[2J")


@pytest.mark.parametrize("alarm", Alarm)
@pytest.mark.parametrize("who", [BIA, None], ids=["known", "unknown"])
@pytest.mark.parametrize("missing", [0, 1, 2])
def test_every_alarm_is_a_finished_sentence(alarm: Alarm, who: Person | None, missing: int) -> None:
    sentence = sentences.alert(Alert(alarm, who, missing), CIRCLE)
    assert sentence.endswith(".") or "write: /trust " in sentence
    assert "{" not in sentence


def test_a_gap_says_how_many_are_missing_of_whom_and_where() -> None:
    one = sentences.alert(Alert(Alarm.GAP, BIA, 1, AT), CIRCLE)
    assert one == f"A message of Bia is missing before what they said at {CLOCK}."
    many = sentences.alert(Alert(Alarm.GAP, BIA, 3, AT), CIRCLE)
    assert many == f"3 messages of Bia are missing before what they said at {CLOCK}."
    assert "does not keep them any more" in sentences.alert(Alert(Alarm.GAP), CIRCLE)


@pytest.mark.parametrize(
    "alarm", [Alarm.REPLAY, Alarm.SPLIT, Alarm.WITHHELD, Alarm.CONTRADICTION, Alarm.GAP]
)
def test_what_a_message_shows_is_told_with_its_sender_and_its_time(alarm: Alarm) -> None:
    sentence = sentences.alert(Alert(alarm, BIA, 1, AT), CIRCLE)
    assert "Bia" in sentence
    assert CLOCK in sentence


def test_another_identity_is_told_with_its_words_and_how_to_trust_it() -> None:
    sentence = sentences.alert(Alert(Alarm.IDENTITY_CHANGED, BIA), CIRCLE)
    words = short_words_of(BIA.key)
    assert f"another identity than before: {words}." in sentence
    assert sentence.endswith(f"/trust Bia {words}")


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("left", "Bia has left."),
        ("timeout", "Bia gave no sign of life any more."),
        ("lost", "Bia lost the connection."),
        ("lagged", "Bia has left."),
    ],
)
def test_a_departure_says_how(reason: str, said: str) -> None:
    assert sentences.departed(Departed(BIA, reason), CIRCLE) == said


def test_braces_in_a_name_are_no_placeholders() -> None:
    odd = Person("{missing} {name}", b"o" * 32)
    assert sentences.arrived(odd, CIRCLE) == "{missing} {name} is here."
    assert "{missing} {name}" in sentences.alert(Alert(Alarm.REPLAY, odd), CIRCLE)


def test_trust_in_somebody_with_ones_own_name_says_that_the_mark_stays() -> None:
    twin = Person("Ana", b"t" * 32)
    marked = Circle(CIRCLE.me, lambda _person: Standing.CHANGED)
    assert sentences.trusted(twin, marked).endswith("the mark of another identity stays.")
    assert sentences.trusted(BIA, CIRCLE).startswith("You trust Bia, whose fingerprint is ")
