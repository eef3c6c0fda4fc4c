"""How what stands in the conversation looks at a given width."""

from textual.content import Content

from sussurro_client.app import dates
from sussurro_client.app.entries import Day, Entry, Kind, Line, Noted, Said
from sussurro_client.app.hanging import LONGEST, SIGN_CELLS, TIME_CELLS, blank, gutter, hang
from sussurro_client.app.message_lines import (
    BADGE_STYLES,
    NAME_CELLS,
    NARROW,
    TINY,
    Look,
    message,
)
from sussurro_client.app.preview import lines_of as picture_lines
from sussurro_client.contents import File
from sussurro_client.display import safe_text
from sussurro_client.posts import Post

__all__ = ["BADGE_STYLES", "Kind", "Look", "guess_height", "lines_of"]

_SIGNS = {
    Kind.PRESENCE: ("·", "$faint"),
    Kind.NOTICE: ("*", "$primary"),
    Kind.WARNING: ("!", "$warning"),
}


def lines_of(entry: Entry, width: int, look: Look) -> list[Content]:
    """Return the lines of an entry, none wider than ``width``."""
    match entry:
        case Said():
            return message(entry, max(width, 1), look)
        case Noted():
            return _note(entry, max(width, 1))
        case Day():
            return [_separator(dates.day(entry.date), width, "$faint")]
        case Line():
            return [_separator(entry.text, width, "$accent")]


def guess_height(entry: Post | Noted | Day | Line, width: int, *, begins: bool = True) -> int:
    """Return about how many lines something has, without drawing it; one at least."""
    if isinstance(entry, Day | Line) or width < 1:
        return 1
    place = width - TIME_CELLS - SIGN_CELLS
    more = 0
    if isinstance(entry, Post):
        more = bool(entry.reply_to) + bool(entry.reactions)
        if width < NARROW:
            more += begins
            place = width - 2 if width < TINY else place
        else:
            place -= NAME_CELLS
    place = max(place, 1)
    if isinstance(entry, Post) and isinstance(entry.content, File) and not entry.is_deleted:
        more += picture_lines(entry.content.preview, place)
    text = entry.text
    lines = text.split("\n") if "\n" in text else (text,)
    return more + min(sum(max(-(-len(line) // place), 1) for line in lines), LONGEST + 1)


def _separator(text: str, width: int, style: str) -> Content:
    rule = "─" * max((width - len(text) - 4) // 2, 1)
    rest = "─" * max(width - len(text) - 4 - len(rule), 1)
    return Content.assemble((rule, "$line"), "  ", (text, style), "  ", (rest, "$line")).truncate(
        width
    )


def _note(note: Noted, width: int) -> list[Content]:
    sign, style = _SIGNS[note.kind]
    beside = gutter(note.at, sign, style)
    if width < TINY:
        beside = Content.styled(sign.ljust(SIGN_CELLS), f"{style} bold")
    below = blank(beside.cell_length)
    lines = hang(beside, below, Content.styled(safe_text(note.text), style), width)
    if note.advice:
        advice = Content.styled("→ " + safe_text(note.advice), "$foreground")
        lines += hang(below, below, advice, width)
    return lines
