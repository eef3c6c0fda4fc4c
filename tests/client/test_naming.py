import pytest
from hypothesis import given
from hypothesis import strategies as st

from sussurro_client.display import safe_name
from sussurro_client.events import Person, Standing
from sussurro_client.fingerprint import short_words_of, words_of
from sussurro_client.naming import Circle, badge, distinction, label, room_words, word
from sussurro_wire.room import public_key_of
from tests.client.scenes import KEY

BIA = Person("Bia", b"b" * 32)
WORDS = short_words_of(BIA.key)


@pytest.mark.parametrize("standing", [Standing.KNOWN, Standing.VERIFIED])
def test_whoever_has_the_name_from_the_first_is_called_by_it_alone(standing: Standing) -> None:
    assert label(BIA, standing) == "Bia"


def test_whoever_has_the_name_of_another_is_told_apart_by_two_words() -> None:
    assert label(BIA, Standing.CHANGED) == f"Bia ({WORDS})"
    assert distinction(BIA, Standing.CHANGED) == WORDS


@pytest.mark.parametrize(
    "name", ["Bia\u200b", "\x1bBia", "Bia\u202e", " Bia", "Bi\u0061\u0301", "", "B" * 40]
)
def test_a_name_that_only_looks_like_what_it_is_never_stands_alone(name: str) -> None:
    for standing in Standing:
        assert label(Person(name, BIA.key), standing) == f"{safe_name(name)} ({WORDS})"


@given(st.text(), st.sampled_from(Standing))
def test_a_label_is_one_harmless_line_and_keeps_its_words(name: str, standing: Standing) -> None:
    told = label(Person(name, BIA.key), standing)
    assert "\n" not in told
    assert safe_name(told.removesuffix(f" ({WORDS})")) == safe_name(name)
    assert standing is not Standing.CHANGED or told.endswith(f" ({WORDS})")


def test_each_standing_has_a_sign_of_one_column_and_a_word_of_its_own() -> None:
    assert [badge(standing) for standing in Standing] == ["✓", " ", "!"]
    assert [word(standing) for standing in Standing] == ["verified", "known", "another identity"]


def test_oneself_is_you_and_bears_no_badge() -> None:
    circle = Circle(BIA, lambda _person: Standing.VERIFIED)
    other = Person("Ana", b"a" * 32)
    assert (circle.badge(BIA), circle.word(BIA)) == (" ", "you")
    assert (circle.badge(other), circle.word(other)) == ("✓", "verified")


def test_a_room_is_compared_by_the_words_of_its_key() -> None:
    assert room_words(KEY.room) == words_of(public_key_of(KEY.room))
    assert room_words("no room at all") == ""
    assert room_words("é" * 43) == ""
