"""Whether a text names somebody. Pure."""

import unicodedata

from sussurro_client.display import TEXT_LIMIT

# They write their words without spaces, so that a name may touch any other word:
# Thai to Myanmar, Khmer, Chinese and Japanese.
_SPACELESS = (
    range(0x0E00, 0x0F00),
    range(0x1000, 0x10A0),
    range(0x1780, 0x1800),
    range(0x3040, 0xA000),
    range(0xF900, 0xFB00),
    range(0x20000, 0x40000),
)


def mentions(text: str, name: str) -> bool:
    """Return whether a text has a name as a word of its own, as in ``Ana``, ``@ana`` or ``ANA:``.

    Of a text that is longer than any message may be, only the beginning counts.
    """
    wanted, text = _plain(name), _plain(text[:TEXT_LIMIT])
    if not wanted:
        return False
    start = text.find(wanted)
    while start >= 0:
        end = start + len(wanted)
        if _parts_words(text, start) and _parts_words(text, end):
            return True
        start = text.find(wanted, start + 1)
    return False


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())
    return " ".join(folded.split())


def _parts_words(text: str, place: int) -> bool:
    """Return whether no word goes on over a place in a text."""
    if not 0 < place < len(text):
        return True
    before, after = text[place - 1], text[place]
    if not _is_of_word(before) or not _is_of_word(after):
        return True
    return _is_spaceless(before) or _is_spaceless(after)


def _is_of_word(character: str) -> bool:
    return character == "_" or unicodedata.category(character)[0] in "LNM"


def _is_spaceless(character: str) -> bool:
    return any(ord(character) in script for script in _SPACELESS)
