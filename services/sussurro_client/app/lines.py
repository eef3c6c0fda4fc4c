"""What stands in the conversation, and how it looks at a given width."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from textual.content import Content

from sussurro_client.app import dates
from sussurro_client.app.palette import colour_of
from sussurro_client.display import safe_text
from sussurro_client.events import Person, Standing
from sussurro_client.naming import badge, label, word
from sussurro_client.words import _

_TIME_CELLS = 6
_SIGN_CELLS = 2  # a column of its own, where no name can come
_NAME_CELLS = 14
_NARROW = 60  # below this a name gets a line of its own
_LONGEST = 400  # lines that one message may take


@dataclass(frozen=True, slots=True)
class Said:
    """A message. ``standing``: what was known of its author; None for oneself."""

    who: Person
    standing: Standing | None
    text: str
    at: datetime
    is_kept: bool = True


class Kind(StrEnum):
    """What a line that nobody said is about."""

    PRESENCE = "presence"
    NOTICE = "notice"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Noted:
    """Something that happened."""

    kind: Kind
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Day:
    """A new day begins."""

    date: date


Entry = Said | Noted | Day

_SIGNS = {
    Kind.PRESENCE: ("·", "$faint"),
    Kind.NOTICE: ("*", "$primary"),
    Kind.WARNING: ("!", "$warning"),
}
BADGE_STYLES = {
    Standing.VERIFIED: "$success",
    Standing.KNOWN: "$faint",
    Standing.CHANGED: "$warning",
}


def lines_of(entry: Entry, width: int, *, dark: bool) -> list[Content]:
    """Return the lines of an entry, none wider than ``width``."""
    match entry:
        case Said():
            return _message(entry, max(width, 1), dark=dark)
        case Noted():
            return _note(entry, max(width, 1))
        case Day():
            return [_separator(dates.day(entry.date), width)]


def guess_height(entry: Entry, width: int) -> int:
    """Return about how many lines an entry has, without drawing it; one at least."""
    if isinstance(entry, Day) or width < 1:
        return 1
    place, name = width - _TIME_CELLS - _SIGN_CELLS, 0
    if isinstance(entry, Said):
        place, name = (place, 1) if width < _NARROW else (place - _NAME_CELLS, 0)
    place = max(place, 1)
    lines = entry.text.split("\n") if "\n" in entry.text else (entry.text,)
    return name + min(sum(max(-(-len(line) // place), 1) for line in lines), _LONGEST + 1)


def _separator(text: str, width: int) -> Content:
    rule = "─" * max((width - len(text) - 4) // 2, 1)
    rest = "─" * max(width - len(text) - 4 - len(rule), 1)
    return Content.assemble(
        (rule, "$line"), "  ", (text, "$faint"), "  ", (rest, "$line")
    ).truncate(width)


def _note(note: Noted, width: int) -> list[Content]:
    sign, style = _SIGNS[note.kind]
    gutter = _gutter(note.at, sign, style)
    return _hang(gutter, Content.styled(safe_text(note.text), style), width)


def _message(said: Said, width: int, *, dark: bool) -> list[Content]:
    if said.standing is None:
        name = Content.styled(label(said.who, Standing.KNOWN), "$accent bold")
        gutter = _gutter(said.at, " ", "")
    else:
        colour = colour_of(said.who.key, dark=dark)
        name = Content.styled(label(said.who, said.standing), f"{colour} bold")
        gutter = _gutter(said.at, badge(said.standing), BADGE_STYLES[said.standing])
    body = _body(said)
    if width < _NARROW:
        return [*_hang(gutter, name, width), *_hang(_blank(gutter), body, width)]
    if name.cell_length > _NAME_CELLS - 2:
        indent = Content(" " * (gutter.cell_length + _NAME_CELLS))
        return [*_hang(gutter, name, width), *_hang(indent, body, width)]
    return _hang(gutter + name.pad_right(_NAME_CELLS - name.cell_length), body, width)


def _body(said: Said) -> Content:
    parts: list[Content] = []
    if said.standing is Standing.CHANGED:
        parts.append(Content.styled(word(said.standing) + "  ", "$warning bold"))
    # Wrapping costs time by the line; nobody may take that from all others.
    text = "\n".join(safe_text(said.text).split("\n")[: _LONGEST + 1])
    parts.append(Content.styled(text, "" if said.is_kept else "$faint"))
    if not said.is_kept:
        parts.append(Content.styled("  " + _("sending…"), "$primary italic"))
    return Content("").join(parts)


def _gutter(at: datetime, sign: str, style: str) -> Content:
    time = Content.styled(at.strftime("%H:%M").ljust(_TIME_CELLS), "$faint")
    return time + Content.styled(sign.ljust(_SIGN_CELLS), f"{style} bold")


def _blank(gutter: Content) -> Content:
    return Content(" " * gutter.cell_length)


def _hang(gutter: Content, body: Content, width: int) -> list[Content]:
    """Wrap ``body`` to the right of ``gutter``, which stands on its first line only."""
    if gutter.cell_length >= width:
        gutter = Content("")
    wrapped = body.wrap(width - gutter.cell_length) or [Content("")]
    if len(wrapped) > _LONGEST:
        wrapped = [*wrapped[:_LONGEST], Content.styled("…", "$faint")]
    blank = _blank(gutter)
    return [(gutter if not row else blank) + line for row, line in enumerate(wrapped)]
