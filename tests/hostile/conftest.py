"""Secrets that are like nothing else, so that finding one is no chance."""

import base64
import random
import string

import pytest

from tests.support.room_life import Person, Story

_WORD = 20


def _word(source: random.Random) -> str:
    return "".join(source.choices(string.ascii_lowercase, k=_WORD))


@pytest.fixture
def guest() -> str:
    """Return one more name."""
    return f"{_word(random.Random(2))} Łukasz"


@pytest.fixture
def story() -> Story:
    """Three people with unusual names, and texts in many scripts, of many kinds and lengths."""
    source = random.Random(1)
    words = [_word(source) for _ in range(12)]
    names = (
        f"{words[0]} ção",
        f"נעמי {words[1]}",
        f"{words[2]} \N{SLOTH}\N{VARIATION SELECTOR-16}",
    )
    texts = (
        f"{words[3]} said in ASCII only",
        f"{words[4]} à noite não há pão, coração",
        f"שלום {words[5]} مرحبا {words[5][::-1]} こんにちは",
        f"\U0001f469\u200d\U0001f469\u200d\U0001f467 {words[6]} \U0001f9ed\U0001fac0",
        f'{{"text": "{words[7]}", "is": "JSON \\" with \\\\ escapes"}}',
        f"BYE {words[8]}",
        f"a line\nand one more\t{words[9]}\u2028& <b>{words[9]}</b>?q={words[9]}%20",
        " ".join(_word(source) for _ in range(200)),
    )
    people = tuple(Person(name, source.randbytes(32)) for name in names)
    key = base64.urlsafe_b64encode(source.randbytes(32)).decode()
    return Story(key, people, texts)
