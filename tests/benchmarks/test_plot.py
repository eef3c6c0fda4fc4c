from collections.abc import Sequence
from xml.etree import ElementTree as ET  # our own output

import pytest

from benchmarks.comparison import Middle
from benchmarks.plot import Line, Panel, draw, ticks

SVG = "{http://www.w3.org/2000/svg}"
POINTS = [(x, Middle(1000 / x, 900 / x, 1100 / x)) for x in (10, 100, 1000)]


def _drawn(panels: Sequence[Panel]) -> ET.Element:
    return ET.fromstring(draw(panels))  # noqa: S314 - our own output


def _panel() -> Panel:
    return Panel("cost & more, µs", "members", [Line("ours", POINTS), Line("<C>", POINTS)])


def test_every_point_of_every_line_is_drawn_with_its_spread() -> None:
    picture = _drawn([_panel(), _panel()])
    in_legend = 2
    assert len(list(picture.iter(f"{SVG}circle"))) == 2 * 2 * len(POINTS) + in_legend
    spreads = [each for each in picture.iter(f"{SVG}path") if "spread" in each.attrib["class"]]
    assert len(spreads) == 2 * 2 * len(POINTS)
    lines = [each.attrib["points"].split() for each in picture.iter(f"{SVG}polyline")]
    assert [len(points) for points in lines] == [len(POINTS)] * 4


def test_the_axes_say_what_and_in_which_unit() -> None:
    texts = [each.text for each in _drawn([_panel()]).iter(f"{SVG}text")]
    assert {"ours", "<C>", "cost & more, µs", "members", "10", "100", "1k"} <= set(texts)


def test_more_is_higher_and_further_to_the_right() -> None:
    (line, _) = _drawn([_panel()]).iter(f"{SVG}polyline")
    places = [tuple(map(float, point.split(","))) for point in line.attrib["points"].split()]
    assert places == sorted(places)
    assert [y for _, y in places] == sorted(y for _, y in places)  # y grows downward


def test_it_is_readable_on_dark() -> None:
    assert "prefers-color-scheme: dark" in draw([_panel()])


def test_a_line_of_one_point_is_drawn_as_well() -> None:
    lonely = Panel("t", "x", [Line("ours", POINTS[:1])])
    assert len(list(_drawn([lonely]).iter(f"{SVG}circle"))) == 1 + 1


def test_without_a_point_there_is_an_empty_picture() -> None:
    assert _drawn([Panel("t", "x", [Line("ours", [])])]).tag == f"{SVG}svg"


@pytest.mark.parametrize(
    ("least", "most", "expected"),
    [
        (0.03, 0.18, [0.02, 0.05, 0.1, 0.2]),
        (1.0, 1.0, [1.0]),
        (10.0, 200.0, [10, 20, 50, 100, 200]),
    ],
)
def test_ticks_are_round_and_hold_all_values(
    least: float, most: float, expected: list[float]
) -> None:
    assert ticks(least, most) == pytest.approx(expected)


def test_nothing_at_or_below_zero_has_a_place() -> None:
    with pytest.raises(ValueError, match="above 0"):
        ticks(0.0, 1.0)
