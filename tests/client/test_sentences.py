import pytest

from sussurro_client import sentences
from sussurro_client.events import Alarm, Alert, Departed, Disconnected, Person
from sussurro_wire.errors import Reason

RELAY = "relay.example:5454"
BIA = Person("Bia", b"b" * 32)


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
    sentence = sentences.alert(Alert(alarm, who, missing))
    assert sentence.endswith(".")
    assert "{" not in sentence


def test_a_gap_says_how_many_are_missing_and_of_whom() -> None:
    assert sentences.alert(Alert(Alarm.GAP, BIA, 1)) == "A message of Bia is missing."
    assert sentences.alert(Alert(Alarm.GAP, BIA, 3)) == "3 messages of Bia are missing."
    assert "interruption" in sentences.alert(Alert(Alarm.GAP))


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
    assert sentences.departed(Departed(BIA, reason)) == said


def test_braces_in_a_name_are_no_placeholders() -> None:
    odd = Person("{missing} {name}", b"o" * 32)
    assert sentences.arrived(odd.name) == "{missing} {name} is here."
    assert "{missing} {name}" in sentences.alert(Alert(Alarm.REPLAY, odd))
