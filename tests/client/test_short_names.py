import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sussurro_client.short_names import emoji_of, names_like, with_emoji


@pytest.mark.parametrize(
    ("name", "sign"),
    [
        ("smile", "😄"),
        (":smile:", "😄"),
        ("SMILE", "😄"),
        ("+1", "👍"),
        ("coração_azul", "💙"),
        ("nothing_of_this_name", None),
        ("", None),
        ("x" * 10_000, None),
    ],
    ids=range(8),
)
def test_a_name_of_either_language_is_an_emoji(name: str, sign: str | None) -> None:
    assert emoji_of(name) == sign


def test_names_are_found_by_their_beginning_the_shortest_first_and_each_emoji_once() -> None:
    found = names_like("smi", 20)
    assert found[0] == ("smile", "😄")
    signs = [sign for _name, sign in found]
    assert len(set(signs)) == len(signs)
    assert len(names_like("s", 5)) == 5


def test_names_are_found_without_accents_and_by_a_later_word() -> None:
    assert ("coração_azul", "💙") in names_like("coracao", 20)
    assert "rosto_sorridente" in dict(names_like("sorri", 20))
    assert names_like("x" * 10_000, 5) == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("Oi :smile:!", "Oi 😄!"),
        (":smile::smile:", "😄😄"),
        ("(:coração_azul:)", "(💙)"),
        ("at 10:30:00", "at 10:30:00"),
        ("std::ab::x and a:ab:b", "std::ab::x and a:ab:b"),
        (":no_such_name:", ":no_such_name:"),
        ("`:smile:` :smile:", "`:smile:` 😄"),
        ("```\n:smile:\n``` :smile:", "```\n:smile:\n``` 😄"),
        ("``:smile: ` :smile:`` :smile:", "``:smile: ` :smile:`` 😄"),
        ("a ` that is alone :smile:", "a ` that is alone 😄"),
        ("https://example.org:80/:smile:x", "https://example.org:80/:smile:x"),
    ],
)
def test_known_names_become_emoji_but_not_in_code_nor_in_words(typed: str, said: str) -> None:
    assert with_emoji(typed) == said


@given(st.text(alphabet=":`smile_heart \n", max_size=60))
def test_doing_it_twice_changes_nothing_and_no_other_character_goes(text: str) -> None:
    once = with_emoji(text)
    assert with_emoji(once) == once
    assert once.count("`") == text.count("`")
    assert once.count("\n") == text.count("\n")


@pytest.mark.parametrize("part", [":", "`", "` ", ":a", ":ab:", "``` `` ` ", "`:", "\x1b]0;:x:"])
def test_a_long_text_takes_no_long_time(part: str) -> None:
    begin = time.process_time()
    with_emoji(part * (65536 // len(part)))
    assert time.process_time() - begin < 10  # quadratic would be minutes
