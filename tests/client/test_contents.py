import pytest
from pydantic import TypeAdapter, ValidationError

from sussurro_client.contents import (
    MAX_EMOJI,
    MAX_FILE_NAME,
    MAX_PART,
    MAX_PREVIEW,
    Content,
    Reaction,
    Text,
    Unknown,
    fields_of,
    fitting,
)
from sussurro_client.errors import NotSentError
from sussurro_wire.limits import MAX_TEXT

ANY: TypeAdapter[Content] = TypeAdapter(Content)
FILE = {"kind": "file", "name": "x", "size": 1, "sha256": b"s" * 32, "parts": 1, "key": b"k" * 32}


def test_what_is_as_usual_is_not_written() -> None:
    assert fields_of(Text(text="Oi")) == {"kind": "text", "text": "Oi"}
    reaction = Reaction(of=b"d" * 32, emoji="x", is_on=False)
    assert fields_of(reaction) == {
        "kind": "reaction",
        "of": b"d" * 32,
        "emoji": "x",
        "is_on": False,
    }


def test_a_kind_of_a_later_version_is_unknown() -> None:
    assert ANY.validate_python({"kind": "poll", "question": "?"}) == Unknown(kind="poll")


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"kind": None},
        {"kind": b"text", "text": "Oi"},
        {"kind": ""},
        {"kind": "x" * 33},
        {"kind": "text", "text": "Oi", "reply_to": b"r" * 33},
        {"kind": "text", "text": "Oi", "is_action": 1},
        {"kind": "edit", "of": b"d" * 31, "text": "Oi"},
        {"kind": "edit", "of": b"d" * 32, "text": "x" * (MAX_TEXT + 1)},
        {"kind": "delete"},
        {"kind": "reaction", "of": b"d" * 32, "emoji": ""},
        {"kind": "reaction", "of": b"d" * 32, "emoji": "x" * (MAX_EMOJI + 1)},
        FILE | {"name": ""},
        FILE | {"name": "x" * (MAX_FILE_NAME + 1)},
        FILE | {"size": -1},
        FILE | {"size": 2**40},
        FILE | {"parts": 2**31},
        FILE | {"key": b"k" * 31},
        FILE | {"preview": bytes(MAX_PREVIEW + 1)},
        {"kind": "part", "number": -1, "data": b""},
        {"kind": "part", "number": 0, "data": bytes(MAX_PART + 1)},
        {"kind": "private", "keys": [], "sealed": b""},
        {"kind": "private", "keys": [b"a", b"b", b"c"], "sealed": b""},
        {"kind": "private", "keys": [b"a" * 2049], "sealed": b""},
    ],
    ids=repr,
)
def test_what_is_not_as_it_should_be_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ANY.validate_python(fields)


def test_a_text_that_fits_is_said_whole_and_what_is_no_unicode_becomes_a_question_mark() -> None:
    assert fitting("é" * (MAX_TEXT // 2)) == "é" * (MAX_TEXT // 2)
    assert fitting("a\udcffb") == "a?b"


def test_a_text_over_the_limit_is_refused_by_its_bytes() -> None:
    with pytest.raises(NotSentError, match="65536 bytes"):
        fitting("é" * (MAX_TEXT // 2 + 1))
