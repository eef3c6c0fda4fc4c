"""Columns of a line: the time, a sign where no name can come, and what hangs beside them. Pure."""

from datetime import datetime

from textual.content import Content

TIME_CELLS = 6
SIGN_CELLS = 2  # a column of its own, where no name can come
LONGEST = 400  # lines that one message may take


def gutter(at: datetime, sign: str, style: str) -> Content:
    """Return the time and a sign."""
    time = Content.styled(at.strftime("%H:%M").ljust(TIME_CELLS), "$faint")
    return time + Content.styled(sign.ljust(SIGN_CELLS), f"{style} bold")


def blank(cells: int) -> Content:
    """Return so many spaces."""
    return Content(" " * cells)


def hang(first: Content, rest: Content, body: Content, width: int) -> list[Content]:
    """Wrap ``body`` to the right of ``first``, and below that of ``rest``, which is as wide.

    Where the width has no place for both, ``body`` stands alone.
    """
    if first.cell_length >= width:
        first = rest = Content("")
    wrapped = body.wrap(width - first.cell_length) or [Content("")]
    if len(wrapped) > LONGEST:
        wrapped = [*wrapped[:LONGEST], Content.styled("…", "$faint")]
    return [(rest if row else first) + line for row, line in enumerate(wrapped)]
