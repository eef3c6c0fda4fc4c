import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sussurro_client.json_commands import JSON_COMMANDS, SAY, perform_json
from sussurro_client.line_faces import Ref
from sussurro_client.vouching import Whom
from tests.client.test_line_commands import LineDone
from tests.wire.strategies import steady

ID = "ab" * 32


class ProgramDone:
    """Writes down what programs do."""

    def __init__(self) -> None:
        self.line = LineDone()
        self.done = self.line.done

    def answer_to(self, ref: Ref) -> None:
        self.done.append(f"ref {ref!r}")

    def say_by_id(self, text: str, reply_to: str, whom: Whom | None, *, is_action: bool) -> None:
        told = f"say {text}"
        told += f" to={reply_to}" if reply_to else ""
        told += f" for={whom.name}+{whom.words}" if whom else ""
        self.done.append(told + " action" * is_action)

    def edit_by_id(self, message_id: str, text: str) -> None:
        self.done.append(f"edit {message_id} {text}")

    def delete_by_id(self, message_id: str) -> None:
        self.done.append(f"delete {message_id}")

    def react_by_id(self, message_id: str, emoji: str, *, is_on: bool) -> None:
        self.done.append(f"react {message_id} {emoji} {is_on}")

    def send_file_by_name(self, path: str, whom: Whom | None) -> None:
        self.done.append(f"send {path}" + (f" for={whom.name}+{whom.words}" if whom else ""))

    def save_by_id(self, message_id: str, path: str) -> None:
        self.done.append(f"save {message_id} {path}")

    def cancel_by_id(self, message_id: str) -> None:
        self.done.append(f"cancel {message_id}")

    def typing(self) -> None:
        self.done.append("typing")


@pytest.mark.parametrize(
    ("line", "done"),
    [
        ('{"text": "TT"}', ["say TT"]),
        ('{"text": ""}', ["say "]),
        (f'{{"text": "Oi", "reply_to": "{ID}"}}', [f"say Oi to={ID}"]),
        ('{"text": "waves", "action": true}', ["say waves action"]),
        ('{"text": "Oi", "to": "Bia"}', ["say Oi for=Bia+"]),
        ('{"text": "Oi", "to": "Bia", "words": "fabip"}', ["say Oi for=Bia+fabip"]),
        ('{"text": "Oi", "ref": "1"}', ["ref '1'", "say Oi"]),
        ('{"text": "Oi", "ref": 7}', ["ref 7", "say Oi"]),
        (f'{{"command": "edit", "id": "{ID}", "text": "new"}}', [f"edit {ID} new"]),
        (f'{{"command": "delete", "id": "{ID}"}}', [f"delete {ID}"]),
        (f'{{"command": "react", "id": "{ID}", "emoji": ":heart:"}}', [f"react {ID} :heart: True"]),
        (
            f'{{"command": "react", "id": "{ID}", "emoji": "x", "on": false}}',
            [f"react {ID} x False"],
        ),
        ('{"command": "send_file", "path": "a b"}', ["send a b"]),
        ('{"command": "send_file", "path": "a", "to": "Bia"}', ["send a for=Bia+"]),
        (f'{{"command": "save", "id": "{ID}"}}', [f"save {ID} "]),
        (f'{{"command": "save", "id": "{ID}", "path": "x"}}', [f"save {ID} x"]),
        ('{"command": "cancel"}', ["cancel "]),
        (f'{{"command": "cancel", "id": "{ID}"}}', [f"cancel {ID}"]),
        ('{"command": "typing"}', ["typing"]),
        ('{"command": "earlier"}', ["earlier 100"]),
        ('{"command": "earlier", "messages": 5}', ["earlier 5"]),
        ('{"command": "list"}', ["list 100"]),
        ('{"command": "search", "text": "two words"}', ["search two words"]),
        ('{"command": "search", "text": "w", "everything": false}', ["search w"]),
        ('{"command": "search", "text": "w", "everything": true}', ["search_all w"]),
        ('{"command": "who"}', ["who"]),
        ('{"command": "trust", "name": "Ana"}', ["trust Ana+"]),
        ('{"command": "trust", "name": "Ana b", "words": "fabip"}', ["trust Ana b+fabip"]),
        ('{"command": "fingerprint"}', ["fingerprint "]),
        ('{"command": "fingerprint", "name": "Ana"}', ["fingerprint Ana"]),
        ('{"command": "move"}', ["move "]),
        ('{"command": "move", "words": "fabip"}', ["move fabip"]),
        ('{"command": "leave"}', ["leave"]),
        ('{"command": "leave", "later": "unknown fields are no matter"}', ["leave"]),
    ],
)
def test_an_object_does_what_it_says(line: str, done: list[str]) -> None:
    actions = ProgramDone()
    assert perform_json(line, actions) is None
    assert actions.done == done


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "{}",
        '{"text": 1}',
        '{"text": "Oi", "reply_to": null}',
        '{"text": "Oi", "action": 1}',
        '{"text": "Oi", "to": ["Bia"]}',
        '{"text": "Oi", "ref": [1]}',
        '{"text": "Oi", "ref": true}',
        '{"text": "Oi", "command": 1}',
        '{"command": ""}',
        '{"command": "dance"}',
        '{"command": "edit", "id": "x"}',
        '{"command": "react", "id": "x", "emoji": "x", "on": "yes"}',
        '{"command": "earlier", "messages": 0}',
        '{"command": "earlier", "messages": 10001}',
        '{"command": "earlier", "messages": true}',
        '{"command": "earlier", "messages": 1.5}',
        '{"command": "search"}',
        '{"command": "send_file"}',
        '{"command": "send_file", "path": 1}',
        '{"command": "save", "path": "x"}',
        '{"command": "cancel", "id": 1}',
        '{"command": "trust"}',
        '{"command": "trust", "name": "Ana", "words": 5}',
        '{"command": "fingerprint", "name": null}',
        '{"command": "move", "words": ["fabip"]}',
        '{"a":' * 5000,
    ],
)
def test_what_means_nothing_does_nothing_and_is_answered_with_a_sentence(line: str) -> None:
    actions = ProgramDone()
    sentence = perform_json(line, actions)
    assert sentence is not None
    assert sentence.endswith(".")
    assert actions.done == []


def test_what_is_refused_has_the_ref_of_its_command_all_the_same() -> None:
    actions = ProgramDone()
    assert perform_json('{"command": "dance", "ref": "r"}', actions) is not None
    assert actions.done == ["ref 'r'"]


def test_a_fault_names_the_fields_that_are_missing_or_odd() -> None:
    sentence = perform_json('{"command": "edit", "text": 5}', ProgramDone())
    assert sentence is not None
    assert "id, text" in sentence


_VALUES = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=3), st.just(ID))
_FIELDS = sorted(
    {name for each in JSON_COMMANDS.values() for name in (*each.needs, *each.may_have)}
)


@steady
@given(
    st.sampled_from(sorted(JSON_COMMANDS)),
    st.dictionaries(st.sampled_from([*_FIELDS, "ref", "x"]), _VALUES, max_size=5),
)
def test_an_object_does_one_thing_or_is_answered_with_a_sentence(
    name: str, fields: dict[str, object]
) -> None:
    actions = ProgramDone()
    command = {} if name == SAY else {"command": name}
    sentence = perform_json(json.dumps({**fields, **command}), actions)
    done = [each for each in actions.done if not each.startswith("ref ")]
    assert len(done) == (sentence is None)
