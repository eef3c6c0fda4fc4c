"""A message in lines: the time, the badge, the name, marks, and what is said.

A badge and a mark stand in columns where nothing of what people write can come: so no
name passes for a badge, and no text for an answer, an action or a private message.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from textual.content import Content

from sussurro_client.app import bodies
from sussurro_client.app.entries import Said
from sussurro_client.app.hanging import SIGN_CELLS, TIME_CELLS, blank, gutter, hang
from sussurro_client.app.palette import colour_of
from sussurro_client.app.preview import half_blocks
from sussurro_client.contents import File, Text
from sussurro_client.events import Standing
from sussurro_client.naming import Circle, badge, label

NAME_CELLS = 14
NARROW = 60  # below this a name gets a line of its own
TINY = 30  # below this what is said gets all of the width, nearly
_BAR_CELLS = 20

BADGE_STYLES = {
    Standing.VERIFIED: "$success",
    Standing.KNOWN: "$faint",
    Standing.CHANGED: "$warning",
}
QUOTE, ACTION, PRIVATE, MENTION, REACTIONS, SELECTED = "↪", "*", "◆", "»", "+", ">"
_MARK_STYLES = {
    QUOTE: "$faint",
    ACTION: "$primary bold",
    PRIVATE: "$accent bold",
    MENTION: "$accent bold",
    REACTIONS: "$faint",
    SELECTED: "$primary bold",
}


@dataclass(frozen=True, slots=True)
class Look:
    """With what it is drawn. ``has_pictures``: the terminal has the colours for a preview."""

    dark: bool
    circle: Circle
    has_pictures: bool = True


@dataclass(frozen=True, slots=True)
class _Frame:
    """What stands left of a message: lines above it, beside its first line, beside the rest."""

    head: list[Content]
    first: Content
    rest: Content
    is_wide: bool

    def prefixes(self, mark: str, *, is_first: bool) -> tuple[Content, Content]:
        """Return what stands beside the first line of a part, and beside the others."""
        cell = Content.styled(f"{mark} ", _MARK_STYLES[mark]) if mark else blank(1 + self.is_wide)
        return (self.first if is_first else self.rest) + cell, self.rest + cell


def message(said: Said, width: int, look: Look) -> list[Content]:
    """Return the lines of a message, none wider than ``width``."""
    frame = _frame(said, width, look)
    lines: list[Content] = []
    for mark, content in _parts(said, width - frame.rest.cell_length - 2, look):
        first, rest = frame.prefixes(mark, is_first=not lines)
        place = max(width - first.cell_length, 1)
        shown = content.truncate(place, ellipsis=True) if mark == QUOTE else content
        lines += hang(first, rest, shown, width)
    lines = [*frame.head, *lines]
    if not said.is_selected:
        return lines
    return [
        line.pad_right(max(width - line.cell_length, 0)).stylize_before("on $panel")
        for line in lines
    ]


def _parts(said: Said, cells: int, look: Look) -> Iterator[tuple[str, Content]]:
    post = said.post
    if said.is_selected:
        yield SELECTED, Content.styled(post.tag, "$primary bold")
    if said.quote is not None and not post.is_deleted:
        yield QUOTE, bodies.quoted(said)
    content = bodies.body(said, look.circle)
    if _is_action(said):
        content = _name(said, look) + Content(" ") + content
    yield _mark(said), content
    if isinstance(post.content, File) and not post.is_deleted:
        if look.has_pictures:
            for row in half_blocks(post.content.preview, cells):
                yield "", row
        if said.progress is not None:
            yield "", bodies.progress(said, min(_BAR_CELLS, max(cells - 16, 4)))
    if post.reactions:
        yield REACTIONS, bodies.reactions(post, look.circle.me)


def _mark(said: Said) -> str:
    if said.post.private is not None:
        return PRIVATE
    if _is_action(said):
        return ACTION
    return MENTION if said.is_mention else ""


def _is_action(said: Said) -> bool:
    return isinstance(said.post.content, Text) and said.post.content.is_action


def _name(said: Said, look: Look) -> Content:
    who, standing = said.post.who, said.post.standing
    colour = "$accent" if standing is None else colour_of(who.key, dark=look.dark)
    return Content.styled(label(who, standing or Standing.KNOWN), f"{colour} bold")


def _frame(said: Said, width: int, look: Look) -> _Frame:
    standing = said.post.standing
    is_named = said.begins and not _is_action(said)  # where it is, the name stands in the text
    if standing is not None and (said.begins or standing is Standing.CHANGED):
        beside = gutter(said.at, badge(standing), BADGE_STYLES[standing])
    else:
        beside = gutter(said.at, " ", "")
    name = _name(said, look) if is_named else Content("")
    is_wide = width >= NARROW
    cells = _base_cells(width)
    below = blank(cells)
    head: list[Content] = []
    if is_named and not (is_wide and name.cell_length <= NAME_CELLS - 2):
        head = hang(beside, blank(beside.cell_length), name, width)
        first = below
    elif is_wide:
        first = beside + name.pad_right(NAME_CELLS - 2 - name.cell_length)
    else:
        first = beside.truncate(cells) if cells else below
    return _Frame(head, first, below, is_wide or not cells)


def _base_cells(width: int) -> int:
    """Return how much stands left of the marks."""
    if width >= NARROW:
        return TIME_CELLS + SIGN_CELLS + NAME_CELLS - 2
    return 0 if width < TINY else TIME_CELLS + SIGN_CELLS - 1
