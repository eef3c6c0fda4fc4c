import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sussurro_client.app.completion import MAX_CANDIDATES, Completion, complete, suggest
from sussurro_client.commands import COMMANDS
from sussurro_client.display import safe_text
from tests.client.app.hostile import EVIL

HERE = ("Ana", "Ana Lima", "João")
OTHERS = ("Joana", "Ana")


def completed(draft: str) -> list[str]:
    """Return what a draft, with | for the cursor, may become."""
    cursor = draft.index("|")
    text = draft.replace("|", "")
    found = complete(text, cursor, HERE, OTHERS)
    if found is None:
        return []
    return [text[: found.start] + each.text + text[found.end :] for each in found.candidates]


@pytest.mark.parametrize(
    ("draft", "becomes"),
    [
        ("jo|", ["João: ", "Joana: "]),
        ("JOÃ|", ["João: ", "Joana: "]),
        ("Oi jo|", ["Oi João ", "Oi Joana "]),
        ("Oi\nan|", ["Oi\nAna: ", "Oi\nAna Lima: "]),
        ("Oi ana l|", ["Oi Ana Lima "]),
        ("Oi @jo|", ["Oi @João ", "Oi @Joana "]),
        ("Oi jo| e tchau", ["Oi João e tchau", "Oi Joana e tchau"]),
        ("|", ["Ana: ", "Ana Lima: ", "João: "]),
        ("Oi |", ["Oi Ana ", "Oi Ana Lima ", "Oi João "]),
        ("/trust joan|", ["/trust Joana "]),
        ("/msg an|", ['/msg "Ana" ', '/msg "Ana Lima" ']),
        ("/msg Ana an|", ["/msg Ana Ana ", "/msg Ana Ana Lima "]),
        ("banjo|", []),
        ("nobody|", []),
    ],
)
def test_names_are_completed_of_those_here_first(draft: str, becomes: list[str]) -> None:
    assert completed(draft) == becomes


def test_a_name_with_quotes_is_quoted_otherwise_or_not_at_all() -> None:
    found = complete("/msg ", 5, ['a"b', "a“c", 'a"“d'])
    assert found is not None
    assert [each.text for each in found.candidates] == ['“a"b” ', '"a“c" ', 'a"“d ']


def test_commands_are_completed_from_their_table() -> None:
    assert completed("/|") == [
        f"/{each.name} " if each.argument else f"/{each.name}" for each in COMMANDS
    ]
    assert completed("/wh|") == ["/who"]
    assert completed("/theme sussurro-c|") == ["/theme sussurro-contrast"]
    assert completed("/fin|") == ["/fingerprint "]
    for draft in ("//w|", "Oi /w|", "/usr/b|", "/nope|"):
        assert completed(draft) == []


def test_a_command_says_how_it_is_typed_and_what_it_does() -> None:
    found = suggest("/trust", 6)
    assert found is not None
    assert (found.candidates[0].shown, found.candidates[0].note) == (
        "/trust name [words]",
        "Say that you compared fingerprints",
    )


def test_short_names_become_emoji_in_either_language() -> None:
    assert completed("Oi :smi|")[0] == "Oi 😄"
    assert "💙!" in completed(":coracao_az|!")
    for draft in (":s|", "10:30:0|", "a:smi|", ": smi|"):
        assert not any("😄" in each for each in completed(draft))


def test_only_what_can_be_meant_so_alone_is_suggested_while_typing() -> None:
    assert suggest("Ana", 3) is None
    assert suggest("", 0) is None
    assert isinstance(suggest("/w", 2), Completion)
    assert isinstance(suggest("a :smi", 6), Completion)


def test_hostile_names_are_offered_as_they_may_be_shown() -> None:
    found = complete("", 0, [EVIL, "x" * 10_000, "[red]x[/red]"], [])
    assert found is not None
    written = "".join(each.text + each.shown for each in found.candidates)
    assert not set(written) & set("\x1b\x07\x9b\u202e\u2066\u200b\r\n\x00")
    assert max(len(each.shown) for each in found.candidates) < 40
    assert "[red]x[/red]: " in [each.text for each in found.candidates]


def test_namesakes_are_offered_once_and_only_so_many_at_all() -> None:
    found = complete("", 0, ["Ana"] * 3 + [f"N{number}" for number in range(500)], [])
    assert found is not None
    assert len(found.candidates) == MAX_CANDIDATES
    assert [each.shown for each in found.candidates].count("Ana") == 1


@given(st.text(max_size=60), st.integers(0, 60), st.lists(st.text(max_size=40), max_size=5))
def test_whatever_is_typed_a_completion_replaces_what_stands_before_the_cursor(
    text: str, place: int, names: list[str]
) -> None:
    cursor = min(place, len(text))
    found = complete(text, cursor, names, names)
    if found is not None:
        assert 0 <= found.start <= found.end == cursor
        for each in found.candidates:
            assert each.text
            assert safe_text(each.shown) == each.shown
            assert "\n" not in each.text + each.shown


@pytest.mark.parametrize("part", [":", ":a", " a", "@", "\u0301", "a"])
def test_a_long_draft_takes_no_long_time(part: str) -> None:
    text = part * (1_000_000 // len(part))
    names = [f"a{number}" for number in range(1000)]
    begin = time.process_time()
    complete(text, len(text), names, names)
    assert time.process_time() - begin < 10  # quadratic would be minutes
