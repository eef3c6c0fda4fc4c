"""Strings from others, made harmless for a terminal. Pure, standard library only.

What comes out holds no control, bidi or stray invisible character; ordinary
text in any language comes out as it went in. Doing it twice changes nothing.
"""

import re
import unicodedata
from functools import lru_cache

NAME_LIMIT = 32
TEXT_LIMIT = 64 * 1024  # bytes of UTF-8: what a message may be at most

_UNKNOWN = "\ufffd"
_NAMELESS = "?"
_REMEMBERED = 64  # characters of a name at most, whose looks are remembered
_TAB = "    "
_MARKS_IN_A_ROW = 4
_ZERO_WIDTH_JOINERS = "\u200c\u200d"

# Most texts are only this, and then there is nothing to look at.
_PLAIN = re.compile(r"[\n -~\u00a1-\u00ac\u00ae-\u02ff]*")
_LINE_ENDS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
# England, Scotland and Wales: a black flag, tag letters, and the tag that ends them.
_TAGGED_FLAG = re.compile("\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{2,6}\U000e007f")
# Letters or marks that nobody sees and no keyboard types.
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")
# Cf by category, but signs that one sees: they stand before Arabic and Syriac numbers.
_VISIBLE_FORMATS = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u08e2")
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_PICTOGRAPHS = range(0x1F000, 0x1FB00)
# Arabic to Malayalam and Sinhala, Tibetan to Myanmar, Khmer and Mongolian, Arabic forms.
_JOINING_SCRIPTS = (
    range(0x0600, 0x0E00),
    range(0x0F00, 0x10A0),
    range(0x1780, 0x18B0),
    range(0xFB50, 0xFF00),
)


def safe_text(text: str) -> str:
    """Return a message's text as it may be shown, over as many lines as it has."""
    if not _PLAIN.fullmatch(text):
        text = _clean(_LINE_ENDS.sub("\n", text).replace("\t", _TAB))
    data = text.encode()
    if len(data) <= TEXT_LIMIT:
        return text
    # The cut may have parted what only means something together.
    return _clean(data[:TEXT_LIMIT].decode(errors="ignore"))


def safe_line(text: str) -> str:
    """Return a message's text as it may be shown on one line."""
    return " ".join(safe_text(text).split())


def safe_name(name: str) -> str:
    """Return a name as it may be shown: one line, at most 32 visible characters, never empty."""
    return _remembered(name) if len(name) <= _REMEMBERED else _safe_name(name)


def _safe_name(name: str) -> str:
    name = _one_line(_clean(_LINE_ENDS.sub("\n", name).replace("\t", " ")))
    if visible_length(name) > NAME_LIMIT:
        end, seen = 0, 0
        for end, character in enumerate(name):  # noqa: B007 - used after the loop
            seen += visible_length(character)
            if seen == NAME_LIMIT:
                break
        name = _one_line(_clean(name[:end])) + "…"
    return name or _NAMELESS


# The same people are named again and again, and it takes long to find out how that looks.
_remembered = lru_cache(maxsize=20_000)(_safe_name)


def looks_of(name: str) -> str:
    """Return what somebody sees of a name: the same for names that nobody can tell apart."""
    return unicodedata.normalize("NFC", safe_name(name))


def visible_length(text: str) -> int:
    """Return how many characters one sees, marks and joiners not counted."""
    return sum(unicodedata.category(character) not in ("Mn", "Me", "Cf") for character in text)


def _one_line(text: str) -> str:
    # A braille blank is a space that is not called one; what belonged to it goes with it.
    text = _clean(" ".join(text.replace("\u2800", " ").split()))
    return " ".join(text.split())


def _clean(text: str) -> str:
    kept: list[str] = []
    marks = 0
    position = 0
    while position < len(text):
        if flag := _TAGGED_FLAG.match(text, position):
            kept.extend(flag.group())
            position, marks = flag.end(), 0
            continue
        character = text[position]
        position += 1
        before = kept[-1] if kept else "\n"
        after = text[position] if position < len(text) else "\n"
        shown = _shown(character, before, after)
        if not shown:
            continue
        marks = marks + 1 if unicodedata.category(shown) in ("Mn", "Me") else 0
        # A mark without a letter would sit on what stands left of the text.
        if marks <= _MARKS_IN_A_ROW and not (marks and before == "\n"):
            kept.append(shown)
    return "".join(kept)


def _shown(character: str, before: str, after: str) -> str:
    """Return what is shown for one character between its neighbours, perhaps nothing."""
    if character == "\n" or character in _VISIBLE_FORMATS:
        return character
    category = unicodedata.category(character)
    if character in _ZERO_WIDTH_JOINERS:
        return character if _joins(character, before, after) else ""
    if category == "Cf" or character in _INVISIBLE:
        return ""
    if _is_selector(character):
        return character if _selects(character, before) else ""
    if category in ("Cc", "Cs", "Co"):
        return _UNKNOWN
    # Emoji are newer than the tables of an older Python; everything else unassigned is a trick.
    return _UNKNOWN if category == "Cn" and not _is_pictograph(character) else character


def _joins(joiner: str, before: str, after: str) -> bool:
    if joiner == "\u200d" and _is_pictograph(after):
        return before == "\ufe0f" or _is_pictograph(before)
    return _is_joining(before) and _is_joining(after)


def _is_pictograph(character: str) -> bool:
    point = ord(character)
    return (
        point in _PICTOGRAPHS
        or point in _SKIN_TONES
        or character in "↔↕"
        or (character != _UNKNOWN and unicodedata.category(character) == "So")
    )


def _is_joining(character: str) -> bool:
    return unicodedata.category(character)[0] in "LM" and any(
        ord(character) in script for script in _JOINING_SCRIPTS
    )


def _is_selector(character: str) -> bool:
    point = ord(character)
    return (
        0xFE00 <= point <= 0xFE0F
        or 0xE0100 <= point <= 0xE01EF
        or point in (0x180B, 0x180C, 0x180D, 0x180F)
    )


def _selects(selector: str, before: str) -> bool:
    """Return whether a selector changes how the character before it looks."""
    point = ord(selector)
    category = unicodedata.category(before)
    if point >= 0xE0100:
        return category == "Lo"
    if point < 0xFE00:
        return 0x1820 <= ord(before) <= 0x18AA
    if point >= 0xFE0E:
        return category[0] == "S" or category in ("Po", "Pd", "Nd", "Cn")
    return category in ("Sm", "So", "Lo")
