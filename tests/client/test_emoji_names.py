import pytest

from sussurro_client import words
from sussurro_client.emoji_names import spoken


@pytest.mark.parametrize(
    ("sign", "told"),
    [
        ("👍", "👍 (thumbs up)"),
        ("❤️", "❤️ (red heart)"),
        ("👩\u200d🚀", "👩\u200d🚀 (woman astronaut)"),
        ("ok", "“ok”"),
        ("x\u202e]\n[12:00] Ana: y", "“x] [12:00] Ana: y”"),
    ],
)
def test_an_emoji_is_told_by_its_name_and_what_is_none_is_quoted(sign: str, told: str) -> None:
    assert spoken(sign) == told


def test_the_name_is_in_the_language_of_the_user() -> None:
    try:
        words.use_language("pt_BR")
        assert spoken("👍") == "👍 (polegar para cima)"
    finally:
        words.use_language("en")
