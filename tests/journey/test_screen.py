"""What the other tests of this folder look through."""

from xml.etree import ElementTree as ET

import pyte
import pytest

from tests.support.screen import Screen

SVG = "{http://www.w3.org/2000/svg}"


def drawn(*parts: str, columns: int = 20) -> Screen:
    screen = Screen(columns, 2)
    stream = pyte.ByteStream(screen)
    for part in parts:
        stream.feed(part.encode())
    return screen


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("Oi|", 2),
        ("Olá|", 3),
        ("👍|", 2),
        ("❤️|", 2),
        ("👩‍👩‍👧|", 2),
        ("👍🏽|", 2),
        ("a👍b❤️c☕|", 9),
        ("✓|", 1),
    ],
)
def test_a_sign_takes_the_cells_that_terminals_give_it(text: str, column: int) -> None:
    screen = drawn(text)
    assert screen.buffer[0][column].data == "|"
    assert screen.shown.splitlines()[0] == text


def test_a_sign_whose_second_half_comes_later_is_whole() -> None:
    screen = drawn("❤", "\ufe0f|")
    assert screen.shown.splitlines()[0] == "❤️|"
    assert screen.buffer[0][2].data == "|"


def text_of(svg: str) -> list[tuple[int, str]]:
    """Return the texts of the first line, each with its column."""
    elements = ET.fromstring(svg).iter(f"{SVG}text")  # noqa: S314 - our own
    lines = [each for each in elements if "line-0" in each.get("clip-path", "")]
    found = [(float(each.get("x", "")) / 12.2, each.text or "") for each in lines]
    return [(round(column), text.rstrip()) for column, text in found if text.strip()]


def test_a_picture_has_every_text_in_its_place_and_colour() -> None:
    screen = drawn("a👍b\x1b[38;2;1;2;3;1mcd\x1b[0m<&> ❤️!")
    svg = screen.picture("A title")
    assert text_of(svg) == [
        *((0, "a"), (1, "👍"), (3, "b"), (4, "cd")),
        *((6, "<&>"), (10, "❤️"), (12, "!")),
    ]
    assert "fill: #010203;font-weight: bold" in svg
    assert "A&#160;title" in svg
    assert svg == screen.picture("A title")


def test_a_light_screen_has_a_light_window() -> None:
    svg = drawn("\x1b[48;2;250;250;250m" + " " * 20).picture("")
    assert '<rect fill="#fafafa" stroke' in svg
