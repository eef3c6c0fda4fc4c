"""What people see: nothing from others can steer a terminal."""

import json
import unicodedata
from collections.abc import Callable
from typing import Any

from sussurro_client.contents import Text
from sussurro_client.display import NAME_LIMIT, TEXT_LIMIT, safe_name, safe_text, visible_length
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
from sussurro_client.line_faces import JsonFace, PlainFace
from sussurro_client.naming import Circle
from tests.fuzz.choices import Choices

# Bidirectional controls, and what has no width and is no joiner or mark.
_TRICKS = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    "\u00ad\u034f\u115f\u1160\u180e\u200b\u2028\u2029\u2060\u2061\u2064\u3164\ufeff\uffa0"
)
_CATEGORIES = {"Cc", "Cs", "Co", "Zl", "Zp"}


CIRCLE = Circle(
    Person("Ana", bytes(32)), lambda person: tuple(Standing)[person.key[0] % len(Standing)]
)


def assert_harmless(text: str) -> None:
    """Check that a terminal can show the text and nothing else."""
    assert not _TRICKS & set(text)
    assert not _CATEGORIES & {unicodedata.category(character) for character in text}
    text.encode()


def fuzz_display(data: bytes) -> None:
    """Texts and names come out harmless and bounded, and once is enough."""
    text = _text_of(data)
    shown = safe_text(text)
    assert_harmless(shown.replace("\n", ""))
    assert len(shown.encode()) <= TEXT_LIMIT
    assert safe_text(shown) == shown
    name = safe_name(text)
    assert_harmless(name)
    assert name == name.strip() != ""
    assert visible_length(name) <= NAME_LIMIT
    assert safe_name(name) == name


def fuzz_faces(data: bytes) -> None:
    """Whatever an event holds, a person sees harmless lines, and a program one line of ASCII."""
    choices = Choices(data)
    event = _KINDS[choices.below(len(_KINDS))](choices)
    assert_shown(event)


def assert_shown(event: Event) -> None:
    """Check both faces on one event."""
    plain, lines = PlainFace(), JsonFace()
    shown = [plain.show(event, CIRCLE)]
    printed = [lines.show(event, CIRCLE)]
    if isinstance(event, Present):
        shown.append(plain.present(event, CIRCLE))
        printed.append(lines.present(event, CIRCLE))
    elif isinstance(event, Received):
        shown += [plain.trusted(event.sender, CIRCLE), plain.fingerprint(event.sender, CIRCLE)]
        printed += [lines.trusted(event.sender, CIRCLE), lines.fingerprint(event.sender, CIRCLE)]
    for line in filter(None, shown):
        first, *others = line.split("\n")
        assert_harmless(first)
        for other in others:
            assert_harmless(other)
            assert other.startswith("    ")
    for line in filter(None, printed):
        assert_json(line)


def assert_json(line: str) -> None:
    """Check that a line is one object of JSON, and nothing that is not ASCII."""
    assert line.isascii()
    assert line.isprintable()
    assert isinstance(json.loads(line)["event"], str)


def _text_of(data: bytes) -> str:
    """Return bytes as text, lone surrogates included, in the one way or the other."""
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return data.decode("utf-16-le", "replace")


def _person(choices: Choices) -> Person:
    return Person(choices.text(), choices.take(32).ljust(32))


def _own(choices: Choices) -> str:
    """Return what our own settings or system say: anything, but on one line."""
    return "".join(filter(str.isprintable, choices.text()))


def _time(choices: Choices) -> int:
    return choices.number() % 253_370_764_800_000  # what an envelope lets through


def _standing(choices: Choices) -> Standing:
    return tuple(Standing)[choices.below(len(Standing))]


def _encodable(text: str) -> str:
    """Return a text without what no envelope can hold: half of a surrogate pair."""
    return text.encode("utf-8", "replace").decode()


def _received(choices: Choices) -> Event:
    return Received(
        sender=_person(choices),
        content=Text(text=_encodable(choices.text())),
        id=choices.text(),
        seq=choices.number(),
        at=_time(choices),
        standing=_standing(choices),
        live=choices.below(2) == 1,
    )


_KINDS: tuple[Callable[[Choices], Any], ...] = (
    _received,
    lambda choices: Connected(_own(choices), choices.number()),
    lambda choices: Disconnected(_own(choices), choices.text(), _own(choices), None),
    lambda choices: Disconnected(
        _own(choices), choices.text(), _own(choices), choices.number() / 7
    ),
    lambda choices: Arrived(_person(choices)),
    lambda choices: Departed(_person(choices), choices.text()),
    lambda choices: Kept(choices.text(), choices.number()),
    lambda choices: Present((_person(choices), _person(choices)), choices.number()),
    lambda choices: Alert(
        tuple(Alarm)[choices.below(len(Alarm))],
        _person(choices),
        choices.number(),
        _time(choices),
        choices.number(),
    ),
    lambda choices: Alert(tuple(Alarm)[choices.below(len(Alarm))]),
    lambda choices: Moved(
        _person(choices),
        _standing(choices),
        choices.text(),
        choices.sized() or None,
        _time(choices),
        live=True,
    ),
)
