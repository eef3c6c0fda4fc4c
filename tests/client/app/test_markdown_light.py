import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sussurro_client.app.markdown_light import Look, spans_of


def marked(text: str) -> list[tuple[str, Look]]:
    """Return what is marked in a text, without the marks themselves."""
    return [
        (text[span.start : span.end], span.look)
        for span in spans_of(text)
        if span.look is not Look.MARK
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("plain", []),
        ("**bold**", [("bold", Look.BOLD)]),
        ("*so* and _so_", [("so", Look.ITALIC), ("so", Look.ITALIC)]),
        ("a `code *x*` b", [("code *x*", Look.CODE)]),
        ("see https://x.y/a_b_c?d=*e*.", [("https://x.y/a_b_c?d=*e", Look.LINK)]),
        ("HTTP://X.Y!", [("HTTP://X.Y", Look.LINK)]),
        ("```\none *x*\n```\n*two*", [("one *x*", Look.CODE), ("two", Look.ITALIC)]),
        ("```one``` *two*", [("one", Look.CODE), ("two", Look.ITALIC)]),
        ("```\nnever closed", [("never closed", Look.CODE)]),
        ("snake_case_name 2*3*4", []),
        ("rm *.txt and * there", []),
        ("**", []),
        ("``", []),
        ("*a\nb*", []),
        ("javascript:alert(1) file:///etc/passwd", []),
    ],
)
def test_only_what_is_meant_as_a_mark_is_one(text: str, found: list[tuple[str, Look]]) -> None:
    assert marked(text) == found


@given(st.text(alphabet="*_`a \n:/htps.", max_size=200))
def test_spans_lie_in_the_text_and_on_one_line_each(text: str) -> None:
    for span in spans_of(text):
        assert 0 <= span.start < span.end <= len(text)
        assert "\n" not in text[span.start : span.end]


@pytest.mark.parametrize(
    "part", ["*", "* ", "**a", "`", "` `` ", "_a", "http://", "*_", "``` ", "http://x*", "a", "h"]
)
def test_a_hostile_text_of_full_length_takes_no_time_to_speak_of(part: str) -> None:
    text = part * (65_536 // len(part))
    began = time.process_time()
    assert len(spans_of(text)) <= 2_000
    assert time.process_time() - began < 10  # quadratic would be minutes
