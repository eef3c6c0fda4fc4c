"""Short names of emoji, as :smile: and :sorriso:, in English and Portuguese. Pure.

Where both languages have a name, the English one counts, so that a name means the
same to everybody.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache

import emoji

MAX_NAME = 90
_QUALIFIED = emoji.STATUS["fully_qualified"]
_LANGUAGES = ("en", "pt")

# A name with its colons, not within a word or a time: one or several side by side.
_NAMES = re.compile(rf"(?<![\w:])(?::[^\s:`]{{1,{MAX_NAME}}}:)+(?![\w:])")
_NAME = re.compile(r":[^\s:`]+:")
_TICKS = re.compile(r"`+")


def emoji_of(name: str) -> str | None:
    """Return the emoji of a name, given with or without its colons; None: there is none."""
    return _table().get(name.strip(":").casefold()) if len(name) <= MAX_NAME + 2 else None


def names_like(beginning: str, limit: int) -> list[tuple[str, str]]:
    """Return at most so many names that begin so, each with its emoji, and each emoji once.

    A beginning without its accents will do, and that of a later word of the name;
    those that begin so themselves come first, of these the shortest.
    """
    wanted = folded(beginning[: MAX_NAME + 1])
    words, table = _words(), _table()
    place = bisect_left(words, (wanted, ""))
    found: set[tuple[bool, int, str]] = set()
    while place < len(words) and words[place][0].startswith(wanted):
        rest, name = words[place]
        found.add((len(rest) != len(name), len(name), name))
        place += 1
    signs: dict[str, str] = {}
    for _is_later, _length, name in sorted(found):
        signs.setdefault(table[name], name)
    return [(name, sign) for sign, name in signs.items()][:limit]


def with_emoji(text: str) -> str:
    """Return a text with every known name as its emoji, but for those between backticks."""
    if ":" not in text:
        return text
    return "".join(part if is_code else _replaced(part) for part, is_code in _parts(text))


def _replaced(text: str) -> str:
    return _NAMES.sub(lambda names: _NAME.sub(_one, names[0]), text)


def _one(name: re.Match[str]) -> str:
    return emoji_of(name[0]) or name[0]


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    """Go through a text in parts, each with whether it is code: between like runs of backticks."""
    runs = [(run.start(), run.end()) for run in _TICKS.finditer(text)]
    ends: dict[int, list[int]] = {}  # by length, the last first
    for start, end in reversed(runs):
        ends.setdefault(end - start, []).append(end)
    done = 0
    for start, end in runs:
        if start < done:
            continue  # within code
        later = ends[end - start]
        while later and later[-1] <= end:
            later.pop()
        if later:
            yield text[done:start], False
            done = later.pop()
            yield text[start:done], True
    yield text[done:], False


@cache
def _table() -> dict[str, str]:
    """Return the emoji by their names, which have no colons and no capital letters."""
    emoji.config.load_language(list(_LANGUAGES))
    table: dict[str, str] = {}
    for language in _LANGUAGES:
        for sign, data in emoji.EMOJI_DATA.items():
            if data["status"] == _QUALIFIED:
                aliases = data.get("alias", []) if language == "en" else []
                for name in (data.get(language, ""), *aliases):
                    table.setdefault(name.strip(":").casefold(), sign)
    table.pop("", None)
    return table


@cache
def _words() -> list[tuple[str, str]]:
    """Return every name, and what is left of it from each of its words on, sorted."""
    words: set[tuple[str, str]] = set()
    for name in _table():
        look = folded(name)
        places = (0, *(place.end() for place in re.finditer("_", look)))
        words.update((look[place:], name) for place in places)
    return sorted(words)


def folded(text: str) -> str:
    """Return a text as it is looked for: in no case, and without accents."""
    letters = unicodedata.normalize("NFD", text.casefold())
    return "".join(each for each in letters if not unicodedata.combining(each))
