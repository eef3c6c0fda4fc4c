"""docs/protocol.md says what the code does."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from sussurro_wire import limits
from sussurro_wire.chunk import Chunk
from sussurro_wire.codec import _FORM_OF_KIND, _FORM_OF_VERB
from sussurro_wire.errors import Reason
from sussurro_wire.messages import Side
from sussurro_wire.protocol import _TRANSITIONS, Event, Protocol
from tests.wire.link import other, say

_PATH = Path(__file__).parents[2] / "docs" / "protocol.md"
_TEXT = _PATH.read_text("utf-8")


def _section(title: str) -> str:
    """Return what stands under the heading ``title``."""
    return _TEXT.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def _rows(title: str) -> list[list[str]]:
    """Return the cells of the section's table, without its head."""
    lines = [line for line in _section(title).splitlines() if line.startswith("|")]
    rows = [re.split(r"(?<!\\)\|", line)[1:-1] for line in lines]
    return [[cell.strip() for cell in row] for row in rows[2:]]


def test_the_table_of_states_is_the_one_in_the_code() -> None:
    written = [
        (state, speaker, said.strip("`"), following)
        for state, speaker, sayings, following in _rows("Who may say what, and when")
        for said in sayings.split(", ")
    ]
    coded = {
        (state.name, str(speaker), _name(kind), following.name)
        for (state, speaker), kinds in _TRANSITIONS.items()
        for kind, following in kinds.items()
    }
    assert set(written) == coded
    assert len(written) == len(coded)


def _name(kind: type) -> str:
    return "a token" if kind is Chunk else _FORM_OF_KIND[kind].verb


def test_the_table_of_verbs_has_every_line_with_all_its_values() -> None:
    written = [
        (speaker, line.strip("`").split()[0], line.count("<"), line.count("["))
        for line, speaker, _ in _rows("Verbs")
    ]
    coded = set()
    for kind, form in _FORM_OF_KIND.items():
        speakers = [str(side) for side in Side if _FORM_OF_VERB[side].get(form.verb) is form]
        speaker = speakers[0] if len(speakers) == 1 else "either"
        options = any(field.optional for field in form.fields)
        coded.add((speaker, form.verb, len(fields(kind)), int(options)))
    assert set(written) == coded
    assert len(written) == len(coded)


def test_the_pattern_of_every_value_is_in_the_document() -> None:
    patterns = {field.pattern for form in _FORM_OF_KIND.values() for field in form.fields}
    written = set(re.findall(r": `([^`]+)`", _section("Verbs")))
    assert written == patterns


def test_the_values_of_the_verbs_are_those_that_are_described() -> None:
    used = {name for line, _, _ in _rows("Verbs") for name in re.findall("<[a-z]+>", line)}
    described = set(re.findall("`(<[a-z]+>)`", _section("Verbs")))
    assert used == described


def test_every_reason_is_in_the_document_with_what_to_do() -> None:
    rows = _rows("Why it ended: BYE")
    assert [reason.strip("`") for reason, _, _ in rows] == list(Reason)
    assert all(what and todo for _, what, todo in rows)


def test_every_limit_is_in_the_document_with_its_value() -> None:
    written = {name.strip("`"): int(value) for name, value, _ in _rows("Limits")}
    coded = {name: value for name, value in vars(limits).items() if name.isupper()}
    assert written == coded


def test_the_conversation_in_the_document_is_a_legal_one() -> None:
    sides = {side: Protocol(side) for side in Side}
    lines = re.search(r"```text\n(relay .*?)```", _TEXT, re.DOTALL)
    assert lines is not None
    for line in lines[1].splitlines():
        speaker, text = line.split(maxsplit=1)
        heard: list[Event] = []
        sides[other(Side(speaker))].receive(text.encode() + b"\n", heard.append)
        assert say(sides[Side(speaker)], heard[0]) == text.encode() + b"\n"


@pytest.mark.parametrize("target", re.findall(r"\]\(([^)]+)\)", _TEXT))
def test_every_link_of_the_document_leads_somewhere(target: str) -> None:
    path, _, anchor = target.partition("#")
    assert (_PATH.parent / path).exists()
    headings = re.findall(r"^#+ (.+)$", _TEXT, re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    assert anchor in {"", *anchors}
