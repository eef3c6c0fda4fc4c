"""The Portuguese catalogue is whole, fits the code, and is the one that is compiled."""

import ast
import io
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from sussurro_client import words

CLIENT = Path(words.__file__).parent
FOLDER = CLIENT / "locale" / "pt_BR" / "LC_MESSAGES"
_FIELD = re.compile(r"\{[a-z_]+\}")


def _catalogue() -> Catalog:
    return read_po(io.BytesIO((FOLDER / "sussurro.po").read_bytes()), locale="pt_BR")


def _forms(value: object) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, (tuple, list)) else (str(value),)


def _messages() -> list[Message]:
    return [message for message in _catalogue() if message.id]


def test_every_sentence_of_the_code_is_in_the_catalogue() -> None:
    found = {_forms(message)[0] for _, _, message, _, _ in extract_from_dir(CLIENT)}
    assert found == {_forms(message.id)[0] for message in _messages()}, "run make translations"


def test_no_sentence_stands_where_older_pythons_do_not_find_it() -> None:
    """Before 3.12 what is inside an f-string is no call to whoever looks for calls."""
    inside = [
        f"{path.name}:{part.lineno}"
        for path in CLIENT.rglob("*.py")
        for text in ast.walk(ast.parse(path.read_text()))
        if isinstance(text, ast.JoinedStr)
        for part in ast.walk(text)
        if isinstance(part, ast.Call)
        and isinstance(part.func, ast.Name)
        and part.func.id in ("_", "ngettext")
    ]
    assert inside == []


def test_every_sentence_is_translated() -> None:
    missing = [message.id for message in _messages() if not all(_forms(message.string))]
    assert missing == []


def test_translations_have_the_same_fields() -> None:
    for message in _messages():
        expected = set(_FIELD.findall(" ".join(_forms(message.id))))
        for form in _forms(message.string):
            assert set(_FIELD.findall(form)) <= expected, message.id
        assert set(_FIELD.findall(_forms(message.string)[-1])) == expected, message.id


def test_the_compiled_catalogue_is_current() -> None:
    compiled = read_mo(io.BytesIO((FOLDER / "sussurro.mo").read_bytes()))
    for message in _messages():
        again = compiled.get(_forms(message.id)[0])
        assert again is not None, "run make translations"
        assert _forms(again.string) == _forms(message.string), "run make translations"


def test_the_language_is_chosen_by_name() -> None:
    try:
        words.use_language("pt_BR")
        assert words._("Leave the room?") == "Sair da sala?"
        words.use_language("en")
        assert words._("Leave the room?") == "Leave the room?"
    finally:
        words.use_language("en")


def test_the_language_is_the_systems_when_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANGUAGE", "pt_BR")
    try:
        words.use_language()
        assert words._("Leave") == "Sair"
    finally:
        words.use_language("en")
