"""What programs ask for by ids and names, against a session that is never started."""

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest

from sussurro_client.contents import Delete, File, Text
from sussurro_client.events import Person, Received, Standing
from sussurro_client.files.desk import FileDesk
from sussurro_client.fingerprint import words_of
from sussurro_client.json_face import JsonFace
from sussurro_client.line_inbox import Heard
from sussurro_client.line_mode import LineMode
from sussurro_client.line_ports import Console
from sussurro_client.posts import Post
from tests.client.scenes import ANA, BIA, EVE
from tests.client.test_line_mode import RULES, OneRoom, forget

POSER = Person("Bia", EVE.person.key)
FIRST, FILE, OWN = b"\1" * 32, b"\2" * 32, b"\3" * 32


class Program:
    """Writes commands and reads the answers."""

    def __init__(self) -> None:
        self._out = io.StringIO()
        console = Console(io.BytesIO(), self._out, JsonFace(), takes_json=True)
        self.mode = LineMode(OneRoom(), ANA.person, console, leave_seconds=0, rules=RULES)
        acquaintances = self.mode.room.session._conversation.memory.acquaintances
        for person, wrap_key in ((BIA.person, BIA.wrap_key), (POSER, EVE.wrap_key)):
            acquaintances.meet(person)
            acquaintances.note_wrap_key(person, wrap_key)
        self.hear(Text(text="Oi"), FIRST)
        self.hear(File(name="x", size=1, sha256=OWN, parts=1, key=OWN), FILE, ANA.person)
        self.hear(Text(text="mine"), OWN, ANA.person)
        self._out.truncate(0)

    def hear(
        self, content: Text | File | Delete, message_id: bytes, who: Person = BIA.person
    ) -> None:
        event = Received(who, content, message_id.hex(), 1, 0, Standing.KNOWN, live=True)
        self.mode._take_event(Heard(1, event))

    def write(self, **fields: object) -> dict[str, Any]:
        """Return the answer to a command."""
        self._out.seek(0)
        self._out.truncate(0)
        self.mode._take_line(json.dumps(fields).encode() + b"\n")
        value: dict[str, Any] = json.loads(self._out.getvalue().splitlines()[-1])
        return value

    @property
    def on_their_way(self) -> int:
        return len(self.mode.room.departures)


@pytest.fixture
def program() -> Iterator[Program]:
    made = Program()
    yield made
    forget(made.mode)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"command": "edit", "id": FILE.hex(), "text": "x"}, "Only a text can be edited"),
        ({"command": "edit", "id": FIRST.hex(), "text": "x"}, "somebody else's"),
        ({"command": "delete", "id": FIRST.hex()}, "somebody else's"),
        ({"command": "delete", "id": "no id"}, "No message with this id is loaded."),
        ({"command": "react", "id": FIRST.hex(), "emoji": "ok"}, "Write one emoji"),
        ({"command": "react", "id": FIRST.hex(), "emoji": ""}, "Write one emoji"),
        ({"command": "search", "text": " "}, "Write the words that you look for."),
        ({"command": "save", "id": FIRST.hex()}, "That message offers no file."),
        ({"text": "x", "reply_to": "00"}, "No message with this id is loaded."),
        ({"text": "x" * 65_537}, "A message may have 65536 bytes"),
        ({"text": "x", "to": "Eve"}, "Nobody called Eve was met here."),
        ({"text": "x", "to": "Bia", "words": "babab"}, "with this fingerprint"),
    ],
)
def test_what_cannot_be_done_is_an_error_and_nothing_is_said(
    program: Program, fields: dict[str, object], sentence: str
) -> None:
    answer = program.write(**fields, ref="r")
    assert (answer["event"], answer["ref"]) == ("error", "r")
    assert sentence in answer["text"]
    assert program.on_their_way == 0


def test_what_is_deleted_cannot_be_answered(program: Program) -> None:
    program.hear(Delete(of=FIRST), b"\4" * 32)
    answer = program.write(text="x", reply_to=FIRST.hex())
    assert answer["text"] == "That message is deleted; choose another."


def test_of_namesakes_a_part_of_a_fingerprint_means_the_known_one_alone(program: Program) -> None:
    assert program.write(text="x", to="Bia")["to_fingerprint"] == words_of(BIA.person.key)
    known, poser = words_of(BIA.person.key), words_of(POSER.key)
    part = program.write(text="x", to="Bia", words=known.split("-")[0])
    assert part["to_fingerprint"] == known
    refused = program.write(text="x", to="Bia", words=poser.split("-")[0])
    assert (refused["event"], "another identity" in refused["text"]) == ("error", True)
    whole = program.write(text="x", to="Bia", words=poser)
    assert whole["to_fingerprint"] == poser
    assert program.on_their_way == 3


def test_what_is_said_by_id_is_said(program: Program) -> None:
    for fields in (
        {"text": "Hello", "reply_to": FIRST.hex(), "action": True},
        {"command": "edit", "id": OWN.hex(), "text": "mine, too"},
        {"command": "react", "id": OWN.hex(), "emoji": "👍"},
        {"command": "delete", "id": OWN.hex()},
        {"command": "typing"},
    ):
        assert program.write(**fields)["event"] == "sent"
    assert program.on_their_way == 5
    assert program.write(command="list", messages=2)["text"] == "Hello"


def test_deleting_an_offer_stops_its_file(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped: list[Post] = []
    monkeypatch.setattr(FileDesk, "retract", lambda _desk, post: stopped.append(post))
    program.mode._take_line(json.dumps({"command": "delete", "id": FILE.hex()}).encode() + b"\n")
    assert [(post.id, post.is_deleted) for post in stopped] == [(FILE.hex(), True)]
