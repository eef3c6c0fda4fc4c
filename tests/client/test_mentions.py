import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sussurro_client.mentions import mentions


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Ana, are you there?", "Ana"),
        ("ask @ana", "Ana"),
        ("ANA!", "Ana"),
        ("what Ana's friend said", "Ana"),
        ("oi,ana", "Ana"),
        ("João?", "joão"),
        (unicodedata.normalize("NFD", "oi João"), "João"),
        ("oi João", unicodedata.normalize("NFD", "JOÃO")),
        ("hi ana\n lima", "Ana  Lima"),
        ("GROSS und KLEIN", "groß"),
        ("[b]Ana[/b]", "Ana"),
        ("([b]) said so", "[b]"),
        ("李雷你好", "李雷"),
        ("banana Ana", "Ana"),
        ("🙂🙂", "🙂"),
    ],
)
def test_a_name_that_is_a_word_of_its_own_is_a_mention(text: str, name: str) -> None:
    assert mentions(text, name)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("banana", "Ana"),
        ("Anabela", "Ana"),
        ("ana_maria", "Ana"),
        ("ana2", "Ana"),
        ("Joã\u0331o", "Joã"),
        ("Joao", "João"),
        ("Ana", "Ana Lima"),
        ("", "Ana"),
        ("Ana", ""),
        (" ", " "),
        ("A\u200bna", "Ana"),
    ],
)
def test_a_part_of_a_word_and_another_name_are_none(text: str, name: str) -> None:
    assert not mentions(text, name)


@given(st.text(max_size=20), st.text(min_size=1, max_size=20), st.text(max_size=20))
def test_a_name_between_spaces_is_always_a_mention(before: str, name: str, after: str) -> None:
    assert mentions(f"{before} . {name} . {after}", name) == bool(name.split())


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("a" * 10_000_000, "a"),
        ("a" * 65536, "a" * 64),
        (" ".join("a" * 32768), "a a a a b"),
        ("\u0301" * 65536, "e"),
        ("ﷺ" * 65536, "صلى"),
    ],
    ids=range(5),
)
def test_a_long_text_takes_no_long_time(text: str, name: str) -> None:
    begin = time.process_time()
    mentions(text, name)
    assert time.process_time() - begin < 10  # quadratic would be minutes
