"""What people and programs type."""

import io
from typing import cast

from sussurro_client.acquaintances import Acquaintance
from sussurro_client.commands import perform, with_emoji
from sussurro_client.errors import ClientError
from sussurro_client.events import Moved, Person, Standing
from sussurro_client.line_faces import JsonFace, PlainFace
from sussurro_client.line_mode import Console, LineMode
from sussurro_client.mentions import mentions
from sussurro_client.session import Session
from tests.fuzz.choices import Choices
from tests.fuzz.shown import assert_harmless, assert_json

_ME = Person("Ana", bytes(32))
_MET = (Person("Bia", b"b" * 32), Person("Bia", b"c" * 32), Person("Eve \x1b[1m", b"e" * 32))


def fuzz_typed(data: bytes) -> None:
    """A line does what it means, or is answered with a sentence; only a blank one does neither."""
    choices = Choices(data)
    takes_json = choices.below(2) == 1
    doorway, out = _Doorway(), io.StringIO()
    face = JsonFace() if takes_json else PlainFace()
    mode = LineMode(doorway, _ME, Console(io.BytesIO(), out, face, takes_json), leave_seconds=0)
    line = choices.rest()
    text = line.decode("utf-8", "replace")
    mode._take_line(line)
    answers = out.getvalue().splitlines()
    for answer in answers:
        if takes_json:
            assert_json(answer)
        else:
            assert_harmless(answer)
    session = doorway.session
    did = len(session.said) + len(session.trusted) + session.asked + mode._left + len(answers)
    assert (did > 0) == (not line or bool(text.strip()))
    assert all(takes_json or said in text for said in session.said)
    assert set(session.trusted) <= set(_MET)
    # The table of commands by itself: what it does not know is said, and nothing is done.
    before = len(session.said)
    try:
        sentence = perform(text, mode)
    except ClientError as error:
        sentence = str(error)
    assert sentence is None or len(session.said) == before
    # And what the app does with a line before and after that.
    assert with_emoji(with_emoji(text)) == with_emoji(text)
    assert mentions(f"{text} Bia", "Bia")
    assert mentions(text, "Bia") <= ("bia" in text.casefold())


class _Ear:
    """A session, as far as the line mode speaks to it."""

    acquaintances = tuple(Acquaintance(person, is_owner=True) for person in _MET)

    def __init__(self) -> None:
        self.said: list[str] = []
        self.trusted: list[Person] = []
        self.asked = 0

    def send(self, text: str) -> None:
        self.said.append(text)

    def ask_who(self) -> None:
        self.asked += 1

    def trust(self, person: Person) -> None:
        self.trusted.append(person)

    def standing(self, person: Person) -> Standing:
        return Standing.VERIFIED if person in self.trusted else Standing.KNOWN


class _Doorway:
    """Where the line mode gets its session."""

    def __init__(self) -> None:
        self.session = _Ear()

    def open(self, _name: str, _listener: object) -> Session:
        return cast("Session", self.session)

    def follow(self, _moved: Moved) -> None:
        raise ClientError("Nobody has offered a key.")
