import pytest

from benchmarks.comparison import Middle
from benchmarks.report import Bar, Section, Table, number, with_span

MEASURED = Middle(0.9, 0.7, 1.1)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "—"),
        (0.0384, "0.038"),
        (1.234, "1.23"),
        (22.44, "22.4"),
        (1234567.8, "1,234,568"),
        (-3.2, "-3.20"),
    ],
)
def test_numbers_have_three_digits_that_say_something(value: float | None, text: str) -> None:
    assert number(value) == text


def test_a_median_is_shown_with_its_spread() -> None:
    assert with_span(MEASURED) == "0.900 (0.700–1.10)"
    assert with_span(None) == "—"


@pytest.mark.parametrize(
    ("bar", "reached"),
    [
        (Bar("", MEASURED, 0.8, at_least=True), True),
        (Bar("", MEASURED, 0.9, at_least=True), True),
        (Bar("", MEASURED, 1.0, at_least=True), False),
        (Bar("", MEASURED, 1.0), True),
        (Bar("", MEASURED, 0.8), False),
        (Bar("", None, 0.8), False),
    ],
)
def test_the_median_decides_whether_a_bar_is_reached(bar: Bar, reached: bool) -> None:  # noqa: FBT001
    assert bar.is_reached is reached


def test_a_bar_that_is_not_reached_stands_out() -> None:
    assert Bar("ours / C", MEASURED, 1.25, at_least=True).cells() == [
        "ours / C",
        "≥ 1.25 ×",
        "0.900",
        "0.700–1.10",
        "**no**",
    ]


def test_what_was_not_measured_is_neither_reached_nor_not() -> None:
    assert Bar("ours / C", None, 3, unit="KiB").cells()[1:] == ["≤ 3 KiB", "—", "—", "—"]


def test_a_table_is_readable_as_it_is() -> None:
    assert str(Table(["relay", "µs"], [["a", "1"], ["longer", "1,000"]])) == (
        "| relay  |    µs |\n| ------ | ----: |\n| a      |     1 |\n| longer | 1,000 |"
    )


def test_a_section_shows_bars_tables_pictures_and_notes() -> None:
    text = str(
        Section(
            [Bar("claim", MEASURED, 0.8, at_least=True)],
            [("A table:", Table(["x"], [["1"]]))],
            ["something was lost"],
            {"growth.svg": "<svg/>"},
        )
    )
    for part in ("claim", "A table:", "![growth](images/growth.svg)", "- something was lost"):
        assert part in text
