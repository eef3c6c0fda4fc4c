from collections.abc import Iterator

import pytest

from sussurro_client import words


@pytest.fixture(autouse=True)
def _back_to_english() -> Iterator[None]:
    yield
    words.use_language("en")


@pytest.mark.parametrize("language", ["en", "xx", "en_GB"])
def test_without_a_translation_the_words_are_as_written(language: str) -> None:
    words.use_language(language)
    assert words._("Please write a name.") == "Please write a name."


def test_portuguese_is_spoken_where_it_is_asked_for() -> None:
    words.use_language("pt_BR")
    assert words._("Please write a name.") not in ("", "Please write a name.")
    assert "{relay}" in words._("No relay answers at {relay}.")


def test_one_is_not_many() -> None:
    words.use_language("en")
    assert [words.ngettext("{n} day", "{n} days", number) for number in (0, 1, 2)] == [
        "{n} days",
        "{n} day",
        "{n} days",
    ]
