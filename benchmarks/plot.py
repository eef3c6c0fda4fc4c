"""Lines over two logarithmic axes, as SVG that is readable on light and on dark."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from benchmarks.comparison import Middle

_WIDTH, _HEIGHT = 290, 250  # of what the axes enclose
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 18, 34, 50
_LEGEND = 30
_STYLE = """
text { font: 13px system-ui, sans-serif; fill: #333 }
.title { font-weight: 600 }
.axis { stroke: #333 } .grid { stroke: #ddd }
.line { fill: none; stroke-width: 2 } .spread { stroke-width: 1; opacity: .6 }
.s0 { stroke: #0a6ebd } .f0 { fill: #0a6ebd }
.s1 { stroke: #c4521a; stroke-dasharray: 6 4 } .f1 { fill: #c4521a }
@media (prefers-color-scheme: dark) {
  text { fill: #ddd }
  .axis { stroke: #bbb } .grid { stroke: #444 }
  .s0 { stroke: #5db3f5 } .f0 { fill: #5db3f5 }
  .s1 { stroke: #f0935f } .f1 { fill: #f0935f }
}
"""


@dataclass(frozen=True, slots=True)
class Line:
    """Points by what stands on the x axis; each with the spread of its runs."""

    name: str
    points: Sequence[tuple[float, Middle]]


@dataclass(frozen=True, slots=True)
class Panel:
    """One pair of axes: ``title`` says what is drawn, and in which unit."""

    title: str
    across: str
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class _Axis:
    """From values to places: ``start`` is where ``least`` is drawn, ``end`` where ``most`` is."""

    least: float
    most: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return the place of a value."""
        share = math.log(value / self.least) / math.log(self.most / self.least)
        return self.start + share * (self.end - self.start)


def draw(panels: Sequence[Panel]) -> str:
    """Return a picture of the panels side by side, with one legend for all."""
    full_width = len(panels) * (_LEFT + _WIDTH + _RIGHT)
    full_height = _LEGEND + _TOP + _HEIGHT + _BOTTOM
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {full_width} {full_height}" role="img">',
        f"<title>{escape(', '.join(panel.title for panel in panels))}</title>",
        f"<style>{_STYLE}</style>",
        *_legend([line.name for line in panels[0].lines]),
    ]
    for number, panel in enumerate(panels):
        parts.append(f'<g transform="translate({number * (_LEFT + _WIDTH + _RIGHT)},{_LEGEND})">')
        parts += _panel(panel)
        parts.append("</g>")
    return "\n".join([*parts, "</svg>"]) + "\n"


def _legend(names: Sequence[str]) -> list[str]:
    parts = []
    for number, name in enumerate(names):
        left = _LEFT + number * 170
        parts.append(f'<path class="line s{number}" d="M{left},18 h28"/>')
        parts.append(f'<circle class="f{number}" cx="{left + 14}" cy="18" r="3.5"/>')
        parts.append(f'<text x="{left + 36}" y="22">{escape(name)}</text>')
    return parts


def _panel(panel: Panel) -> list[str]:
    points = [point for line in panel.lines for point in line.points]
    if not points:
        return []
    places = sorted({x for x, _ in points})
    across = _Axis(*_widened(places[0], places[-1]), _LEFT, _LEFT + _WIDTH)
    bottom = _TOP + _HEIGHT
    steps = ticks(min(each.least for _, each in points), max(each.most for _, each in points))
    up = _Axis(*_widened(steps[0], steps[-1]), bottom, _TOP)
    parts = [f'<text class="title" x="{_LEFT}" y="{_TOP - 12}">{escape(panel.title)}</text>']
    for step in steps:
        parts.append(f'<path class="grid" d="M{_LEFT},{up(step):.1f} h{_WIDTH}"/>')
        parts.append(
            f'<text x="{_LEFT - 8}" y="{up(step) + 4:.1f}" text-anchor="end">{step:,g}</text>'
        )
    for x in places:
        parts.append(f'<path class="axis" d="M{across(x):.1f},{bottom} v5"/>')
        parts.append(
            f'<text x="{across(x):.1f}" y="{bottom + 20}" text-anchor="middle">{_short(x)}</text>'
        )
    parts.append(
        f'<path class="axis" fill="none" d="M{_LEFT},{_TOP} V{bottom} H{_LEFT + _WIDTH}"/>'
    )
    middle = _LEFT + _WIDTH / 2
    parts.append(
        f'<text x="{middle}" y="{bottom + 40}" text-anchor="middle">{escape(panel.across)}</text>'
    )
    for number, line in enumerate(panel.lines):
        parts += _line(number, line, across, up)
    return parts


def _line(number: int, line: Line, across: _Axis, up: _Axis) -> list[str]:
    """Return the line, its points, and beside each the span of its runs."""
    places = [(across(x), up(each.median), each) for x, each in line.points]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in places)
    parts = [f'<polyline class="line s{number}" points="{path}"/>']
    for x, y, each in places:
        span = f"M{x:.1f},{up(each.least):.1f} V{up(each.most):.1f}"
        parts.append(f'<path class="spread s{number}" d="{span}"/>')
        parts.append(f'<circle class="f{number}" cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>')
    return parts


def ticks(least: float, most: float) -> list[float]:
    """Return 1, 2 and 5 times powers of ten, from one that is not above to one not below."""
    if least <= 0:
        raise ValueError("A logarithmic axis begins above 0.")
    first, last = math.floor(math.log10(least)), math.ceil(math.log10(most)) + 1
    steps = [digit * 10.0**power for power in range(first, last + 1) for digit in (1, 2, 5)]
    below = max(step for step in steps if step <= least)
    above = min(step for step in steps if step >= most)
    return [step for step in steps if below <= step <= above]


def _widened(least: float, most: float) -> tuple[float, float]:
    """Return an axis' ends, apart also where there is one value alone."""
    return (least, most) if least < most else (least / 2, most * 2)


def _short(value: float) -> str:
    return f"{value / 1000:g}k" if value >= 1000 else f"{value:g}"
