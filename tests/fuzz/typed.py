"""What people and programs type."""

import hashlib
import io
from pathlib import Path
from typing import cast

from sussurro_client.acquaintances import Acquaintance
from sussurro_client.contents import Content, Edit, Text, fitting
from sussurro_client.errors import ClientError
from sussurro_client.events import Moved, Person, Received, Standing
from sussurro_client.files.desk import FileDesk
from sussurro_client.files.transfers import FileRules
from sussurro_client.json_face import JsonFace
from sussurro_client.key import RoomKey
from sussurro_client.line_commands import perform_line
from sussurro_client.line_mode import LineMode
from sussurro_client.line_ports import Console
from sussurro_client.plain_face import PlainFace
from sussurro_client.posts import Post
from sussurro_client.session import Session
from tests.fuzz.choices import Choices
from tests.fuzz.shown import assert_harmless, assert_json

_ME = Person("Ana", bytes(32))
_MET = (Person("Bia", b"b" * 32), Person("Bia", b"c" * 32), Person("Eve \x1b[1m", b"e" * 32))


SAID = tuple(
    Received(
        sender=sender,
        content=Text(text="Oi"),
        id=bytes([number] * 32).hex(),
        seq=number,
        at=0,
        standing=Standing.KNOWN,
        live=True,
        private=private,
    )
    for number, (sender, private) in enumerate(
        ((_MET[0], None), (_ME, None), (_ME, _MET[2])), start=1
    )
)


def fuzz_typed(data: bytes) -> None:
    """A line does what it means, or is answered with a sentence; only a blank one does neither."""
    choices = Choices(data)
    takes_json = choices.below(2) == 1
    doorway, out = _Doorway(), io.StringIO()
    face = JsonFace() if takes_json else PlainFace()
    console = Console(io.BytesIO(), out, face, takes_json)
    mode = LineMode(doorway, _ME, console, leave_seconds=0, rules=FileRules(Path(), 1))
    files = _Files()
    mode.files = cast("FileDesk", files)
    for said in SAID:
        mode.room.timeline.hear(said)
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
    did += files.did
    assert (did > 0) == (not line or bool(text.strip()))
    assert all(takes_json or said in text for said in session.texts)
    assert len(mode.room.departures) == len(session.said) <= 1
    assert set(session.trusted) <= set(_MET)
    # The table of commands by itself: what it does not know is said, and nothing is done.
    before = len(session.said)
    try:
        sentence = perform_line(text, mode._actions)
    except ClientError as error:
        sentence = str(error)
    assert sentence is None or len(session.said) == before


class _Files:
    """What is done with files, but not done."""

    def __init__(self) -> None:
        self.did = 0

    def send(self, _path: str, _to: Person | None = None) -> int:
        self.did += 1
        return self.did

    def save(self, tag: str, path: str) -> int:
        if len(tag) > len(path):
            raise ClientError("There is no such file.")
        return self.send(path)

    def save_post(self, _post: Post, path: str) -> int:
        return self.send(path)

    def cancel(self, _tag: str) -> None:
        self.did += 1

    def cancel_id(self, _message_id: str) -> None:
        self.did += 1

    def retract(self, _post: Post) -> None:
        self.did += 1


class _Ear:
    """A session, as far as the line mode speaks to it."""

    acquaintances = tuple(Acquaintance(person, is_owner=True) for person in _MET)

    def __init__(self) -> None:
        self.said: list[Content] = []
        self.trusted: list[Person] = []
        self.asked = 0

    @property
    def texts(self) -> list[str]:
        return [each.text for each in self.said if isinstance(each, Text | Edit)]

    def send(self, text: str, _timeout: float | None = None) -> str:
        return self.say(Text(text=fitting(text)))

    def say(self, content: Content, _timeout: float | None = None) -> str:
        self.said.append(content)
        return hashlib.sha256(bytes(len(self.said))).hexdigest()

    def whisper(self, _person: Person, content: Content, timeout: float | None = None) -> str:
        return self.say(content, timeout)

    def ask_who(self) -> None:
        self.asked += 1

    def ask_earlier(self, messages: int) -> bool:
        self.asked += 1
        return messages % 2 == 0

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

    def open_file(self, _key: RoomKey, _name: str, _listener: object, _history: int) -> Session:
        raise ClientError("No files are carried.")

    def follow(self, _moved: Moved) -> None:
        raise ClientError("Nobody has offered a key.")
