"""Light marks in a text: what is bold, italic, code or a link. Pure.

Nothing is taken out: the marks stay to be seen, and a link is what one reads. Each
character is looked at a few times at most, whatever somebody has written.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

_FENCE = "```"
_TOKENS = re.compile(r"https?://[^\s<>\"`]+|\*\*|[*_]|`+", re.IGNORECASE)
_MAX_SPANS = 2_000  # who writes more has them read as they are
_AFTER_LINK = ".,;:!?'*_"


class Look(Enum):
    """How a part of a text looks."""

    BOLD = auto()
    ITALIC = auto()
    CODE = auto()
    LINK = auto()
    MARK = auto()  # the signs that say so


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a text, from one character to before another."""

    start: int
    end: int
    look: Look


def spans_of(text: str) -> list[Span]:
    """Return what is marked in a text, in no particular order; spans may lie in each other."""
    found: list[Span] = []
    is_code = False
    begin = 0
    for line in text.split("\n"):
        end = begin + len(line)
        if line.startswith(_FENCE):
            closing = line.find(_FENCE, len(_FENCE))
            found.append(Span(begin, begin + len(_FENCE), Look.MARK))
            if not is_code and closing > 0:
                found.append(Span(begin + len(_FENCE), begin + closing, Look.CODE))
                found.append(Span(begin + closing, begin + closing + len(_FENCE), Look.MARK))
                found.extend(_line(text, begin + closing + len(_FENCE), end))
            else:
                is_code = not is_code
                if is_code and len(line) > len(_FENCE):
                    found.append(Span(begin + len(_FENCE), end, Look.MARK))
        elif is_code:
            found.append(Span(begin, end, Look.CODE))
        else:
            found.extend(_line(text, begin, end))
        begin = end + 1
        if len(found) > _MAX_SPANS:
            break
    return [span for span in found if span.start < span.end][:_MAX_SPANS]


def _line(text: str, begin: int, end: int) -> Iterator[Span]:
    opened: dict[str, int] = {}
    position = begin
    # Once no lone backtick closes one, none does in the rest of the line.
    may_be_code = True
    while found := _TOKENS.search(text, position, end):
        sign, position = found.group(), found.end()
        if sign[0] in "hH":
            link_end = found.start() + len(sign.rstrip(_AFTER_LINK))
            yield Span(found.start(), link_end, Look.LINK)
            position = max(link_end, found.start() + 1)
        elif sign[0] == "`":
            closing = _lone_backtick(text, position, end) if sign == "`" and may_be_code else -1
            if closing > position:
                yield from _marked(found.start(), position, closing, Look.CODE)
                position = closing + 1
            elif sign == "`":
                may_be_code = closing > 0
        elif sign in opened and _closes(text, found.start(), position, end):
            look = Look.BOLD if sign == "**" else Look.ITALIC
            start = opened.pop(sign)
            if start + len(sign) < found.start():
                yield from _marked(start, start + len(sign), found.start(), look)
        elif _opens(text, found.start(), position, begin, end):
            opened[sign] = found.start()


def _marked(start: int, inner: int, closing: int, look: Look) -> Iterator[Span]:
    width = inner - start
    yield Span(start, inner, Look.MARK)
    yield Span(inner, closing, look)
    yield Span(closing, closing + width, Look.MARK)


def _lone_backtick(text: str, begin: int, end: int) -> int:
    position = text.find("`", begin, end)
    while position >= 0:
        after = position + 1
        while after < end and text[after] == "`":
            after += 1
        if after == position + 1:
            return position
        position = text.find("`", after, end)
    return -1


def _opens(text: str, start: int, after: int, begin: int, end: int) -> bool:
    """Return whether a sign stands before a word, and not within one."""
    is_before_word = after < end and not text[after].isspace()
    return is_before_word and (start == begin or not text[start - 1].isalnum())


def _closes(text: str, start: int, after: int, end: int) -> bool:
    """Return whether a sign stands after a word, and not within one."""
    return not text[start - 1].isspace() and (after == end or not text[after].isalnum())
