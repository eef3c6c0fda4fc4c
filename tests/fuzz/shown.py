"""What people see: nothing from others can steer a terminal."""

import json
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sussurro_client.contents import (
    Content,
    Delete,
    Edit,
    File,
    Part,
    Private,
    Reaction,
    Text,
    Typing,
    Unknown,
)
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
from sussurro_client.json_face import EVENTS, JsonFace
from sussurro_client.line_faces import Why
from sussurro_client.naming import Circle
from sussurro_client.plain_face import PlainFace
from sussurro_client.timeline import Timeline
from tests.fuzz.choices import Choices

# Bidirectional controls, and what has no width and is no joiner or mark.
_TRICKS = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    "\u00ad\u034f\u115f\u1160\u180e\u200b\u2028\u2029\u2060\u2061\u2064\u3164\ufeff\uffa0"
)
_CATEGORIES = {"Cc", "Cs", "Co", "Zl", "Zp"}


_ME = Person("Ana", bytes(32))
CIRCLE = Circle(_ME, lambda person: tuple(Standing)[person.key[0] % len(Standing)])


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
    timeline = Timeline(_ME)
    if isinstance(event, Received) and choices.below(2):
        timeline.hear(_target_of(event, choices))
    assert_shown(event, timeline)


def assert_shown(event: Event, timeline: Timeline | None = None) -> None:
    """Check both faces on one event, with what is loaded."""
    timeline = timeline or Timeline(_ME)
    plain, lines = PlainFace(has_tags=True), JsonFace()
    shown = [plain.show(event, CIRCLE, timeline), PlainFace().show(event, CIRCLE, timeline)]
    printed = [lines.show(event, CIRCLE, timeline)]
    if isinstance(event, Present):
        shown.append(plain.present(event, CIRCLE))
        printed.append(lines.present(event, CIRCLE))
    elif isinstance(event, Received):
        who = event.sender
        shown += [plain.trusted(who, CIRCLE), plain.fingerprint(who, CIRCLE)]
        shown.append(plain.whispered(event.id, who, CIRCLE))
        printed += [lines.trusted(who, CIRCLE), lines.fingerprint(who, CIRCLE)]
        printed.append(lines.whispered(event.id, who, CIRCLE))
        timeline.hear(event)
    for post in timeline:
        shown.append(plain.post(post, Why.LISTED, CIRCLE, timeline))
        printed.append(lines.post(post, Why.EARLIER, CIRCLE, timeline))
    for line in filter(None, shown):
        assert_plain(line)
    for line in filter(None, printed):
        assert_json(line)


def assert_plain(line: str) -> None:
    """Check that lines are harmless, and that none of them passes for one of somebody else."""
    first, *others = line.split("\n")
    assert_harmless(first)
    assert first.startswith(("[", "* ", "! "))
    if first.startswith("["):
        # Between the brackets stand the time, badges and marks, which nobody else writes.
        brackets = first[1:].partition("]")[0]
        assert brackets.isascii() or set(brackets) - set("✓!") <= set(map(chr, range(128)))
    for other in others:
        assert_harmless(other)
        assert other.startswith("    ")


def assert_json(line: str) -> None:
    """Check that a line is one object of JSON, in ASCII, of an event that we know."""
    assert line.isascii()
    assert line.isprintable()
    assert json.loads(line)["event"] in EVENTS


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


def _digest(choices: Choices) -> bytes:
    return choices.take(32).ljust(32)


def _received(choices: Choices) -> Received:
    return Received(
        sender=_person(choices),
        content=_CONTENTS[choices.below(len(_CONTENTS))](choices),
        id=_digest(choices).hex(),
        seq=choices.number(),
        at=_time(choices),
        standing=_standing(choices),
        live=choices.below(2) == 1,
        private=_ALONE[choices.below(len(_ALONE))](choices),
    )


def _target_of(event: Received, choices: Choices) -> Received:
    """Return what a message is about, as far as it is about any."""
    content = event.content
    target = getattr(content, "of", b"") or getattr(content, "reply_to", b"")
    text = Text(text=_encodable(choices.text()))
    return replace(event, content=text, id=target.hex().ljust(64, "0"), sender=_person(choices))


_SIGNS = (
    "",
    "\N{THUMBS UP SIGN}",
    "\N{HEAVY BLACK HEART}\ufe0f",
    "\N{WOMAN}\N{ZERO WIDTH JOINER}\N{ROCKET}",
    "\N{THUMBS UP SIGN}\N{RIGHT-TO-LEFT OVERRIDE}",
    "\U0001fae9",
)
_ALONE: tuple[Callable[[Choices], Person | None], ...] = (
    lambda _choices: None,
    lambda _choices: _ME,
    _person,
)
_CONTENTS: tuple[Callable[[Choices], Content], ...] = (
    lambda choices: Text(text=_encodable(choices.text())),
    lambda choices: Text(
        text=_encodable(choices.text()), reply_to=choices.take(choices.below(33)), is_action=True
    ),
    lambda choices: Edit(of=_digest(choices), text=_encodable(choices.text())),
    lambda choices: Delete(of=_digest(choices)),
    lambda choices: Reaction(
        of=_digest(choices),
        emoji=_SIGNS[choices.below(len(_SIGNS))] or _encodable(choices.text())[:32] or "?",
        is_on=choices.below(2) == 1,
    ),
    lambda _choices: Typing(),
    lambda choices: File(
        name=_encodable(choices.text())[:255] or "?",
        size=choices.number() % 2**40,
        sha256=_digest(choices),
        parts=1,
        key=_digest(choices),
    ),
    lambda _choices: Part(number=0, data=b"part"),
    lambda _choices: Private(keys=(b"key",), sealed=b"sealed"),
    lambda choices: Unknown(kind=_encodable(choices.text())[:32] or "?"),
)


_KINDS: tuple[Callable[[Choices], Any], ...] = (
    _received,
    lambda choices: Connected(_own(choices), choices.number()),
    lambda choices: Disconnected(_own(choices), _encodable(choices.text()), _own(choices), None),
    lambda choices: Disconnected(
        _own(choices), _encodable(choices.text()), _own(choices), choices.number() / 7
    ),
    lambda choices: Arrived(_person(choices)),
    lambda choices: Departed(_person(choices), _encodable(choices.text())),
    lambda choices: Kept(_encodable(choices.text()), choices.number()),
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
        _encodable(choices.text()),
        choices.sized() or None,
        _time(choices),
        live=True,
    ),
)
