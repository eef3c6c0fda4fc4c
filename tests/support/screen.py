"""What a terminal shows: cells as the better terminals have them, and a picture of them."""

import io
import re
from collections.abc import Iterable, Iterator

import pyte
from pyte import modes
from rich.cells import split_graphemes
from rich.color import parse_rgb_hex
from rich.console import Console
from rich.segment import Segment, Segments
from rich.style import Style
from rich.terminal_theme import SVG_EXPORT_THEME, TerminalTheme

# What people see as one sign of several: pyte would stop drawing at the second of them.
_JOINED = re.compile("[\u200d\ufe0f\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff]")
_SPACES = re.compile("(^ +|  +| +$|[╭╮╰╯│])")
_NAMES = {"brown": "yellow", "brightbrown": "bright_yellow"}  # as Rich calls them
_COLOURS: list[tuple[int, int, int]] = [
    SVG_EXPORT_THEME.ansi_colors[number] for number in range(16)
]
_DARK, _LIGHT = (22, 20, 31), (228, 225, 238)


class Screen(pyte.Screen):
    """A screen on which a sign takes the cells that it takes in a terminal of today."""

    def draw(self, data: str) -> None:
        """Draw text at the cursor."""
        if not _JOINED.search(data):
            super().draw(data)
            return
        for start, end, cells in split_graphemes(data)[0]:
            self._draw_sign(data[start:end], cells)

    def _draw_sign(self, sign: str, cells: int) -> None:
        if len(sign) == 1 and cells:
            super().draw(sign)
        elif cells:
            super().draw("\u3000" if cells == 2 else " ")  # a place of the same size
            self._put(sign, cells)
        elif sign == "\ufe0f" and self.cursor.x:  # of a sign that came just before
            before = self.buffer[self.cursor.y][self.cursor.x - 1].data
            if split_graphemes(before + sign)[1] > 1:
                super().draw(" ")
                self._put(before + sign, 2)

    def _put(self, sign: str, cells: int) -> None:
        line = self.buffer[self.cursor.y]
        first = self.cursor.x - cells
        line[first] = line[first]._replace(data=sign)
        for column in range(first + 1, self.cursor.x):
            line[column] = line[column]._replace(data="")

    @property
    def shown(self) -> str:
        """The text of it, without the spaces at the ends of lines."""
        return "\n".join(self._line(row).rstrip() for row in range(self.lines))

    @property
    def has_cursor(self) -> bool:
        """Whether the terminal's own cursor is to be seen."""
        return modes.DECTCEM in self.mode

    def picture(self, title: str) -> str:
        """Return an SVG of what is shown, the same for the same cells."""
        paper = io.StringIO()
        console = Console(
            record=True, width=self.columns, file=paper, force_terminal=True,
            color_system="truecolor", legacy_windows=False, _environ={},
        )  # fmt: skip
        console.print(Segments(self._segments()), end="", soft_wrap=True)
        return console.export_svg(title=title, theme=self._theme(), unique_id="sussurro")

    def _theme(self) -> TerminalTheme:
        """Let the window have the colour of its first cell."""
        background = _colour(self.buffer[0][0].bg)
        frame = parse_rgb_hex(background[1:]) if background and background[0] == "#" else _DARK
        title = _DARK if sum(frame) > 3 * 128 else _LIGHT
        return TerminalTheme(frame, title, _COLOURS[:8], _COLOURS[8:])

    def _line(self, row: int) -> str:
        line = self.buffer[row]
        return "".join(line[column].data for column in range(self.columns))

    def _segments(self) -> Iterator[Segment]:
        for row in range(self.lines):
            cells = [self.buffer[row][column] for column in range(self.columns)]
            yield from _runs((cell.data, _style(cell)) for cell in cells if cell.data)
            yield Segment.line()


def _runs(signs: Iterable[tuple[str, Style]]) -> Iterator[Segment]:
    """Join what looks alike; a sign of two cells stands for itself, or the rest would shift."""
    text, last = "", Style.null()
    for sign, style in signs:
        is_alone = len(sign) > 1 or split_graphemes(sign)[1] != 1
        if text and (is_alone or style != last):
            yield from _words(text, last)
            text = ""
        if is_alone:
            yield Segment(sign, style)
        else:
            text, last = text + sign, style
    yield from _words(text, last)


def _words(text: str, style: Style) -> Iterator[Segment]:
    """Let nothing be in its place by spaces, which not everybody draws alike."""
    return (Segment(part, style) for part in _SPACES.split(text) if part)


def _style(cell: pyte.screens.Char) -> Style:
    return Style(
        color=_colour(cell.fg),
        bgcolor=_colour(cell.bg),
        bold=cell.bold,
        italic=cell.italics,
        underline=cell.underscore,
        strike=cell.strikethrough,
        reverse=cell.reverse,
    )


def _colour(name: str) -> str | None:
    if name == "default":
        return None
    if re.fullmatch("[0-9a-f]{6}", name):
        return f"#{name}"
    return _NAMES.get(name) or re.sub("^bright", "bright_", name)
