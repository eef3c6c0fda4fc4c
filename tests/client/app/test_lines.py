from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from sussurro_client.app.entries import Day, Entry, Kind, Line, Noted
from sussurro_client.app.lines import guess_height, lines_of
from sussurro_client.contents import File, Text
from sussurro_client.events import Person, Standing
from sussurro_client.files.pixels import SIZE
from sussurro_client.posts import Post
from tests.client.app.fakes import ANA, BIA, NOON
from tests.client.app.posts import LOOK, post, said

widths = st.integers(1, 130)
texts = st.text(max_size=300)


def by(name: str, text: str, standing: Standing | None = Standing.KNOWN) -> Post:
    return post(Person(name, b"k" * 32), text, standing)


def plain(entry: Entry, width: int = 80) -> list[str]:
    return [line.plain for line in lines_of(entry, width, LOOK)]


@given(texts, texts, widths)
def test_no_line_of_a_note_or_a_day_is_wider_than_the_screen(
    text: str, advice: str, width: int
) -> None:
    for entry in (
        Noted(Kind.WARNING, text, NOON, advice),
        Day(date(2026, 3, 9)),
        Line("you stopped reading here"),
    ):
        for line in lines_of(entry, width, LOOK):
            assert line.cell_length <= max(width, 2)


def test_a_warning_says_what_to_do_about_it_on_a_line_of_its_own() -> None:
    note = Noted(Kind.WARNING, "Something is missing.", NOON, "Ask them.")
    assert plain(note) == ["12:00 ! Something is missing.", "        → Ask them."]


# How high something is before it is drawn.


@given(texts, widths)
def test_a_guess_is_one_line_at_least_and_no_more_than_can_be(text: str, width: int) -> None:
    answer = post(BIA, Text(text=text, reply_to=b"r" * 32))
    for entry in (by("Ana", text), answer, Noted(Kind.NOTICE, text, NOON), Day(date(2026, 3, 9))):
        assert 1 <= guess_height(entry, width) <= 404


def test_a_guess_is_right_for_what_most_people_say() -> None:
    for text in ("Oi", "one\ntwo", "", "x" * 55, "x" * 56, "x" * 57, "\n" * 60_000):
        for width in (20, 50, 80):
            for begins in (True, False):
                what = by("Ana", text)
                lines = lines_of(said(what, begins=begins), width, LOOK)
                assert guess_height(what, width, begins=begins) == len(lines), (text, width)


def test_a_guess_is_about_right_for_a_picture() -> None:
    picture = SIZE.pack(48, 32) + bytes(3 * 48 * 32)
    file = File(name="a.png", size=5, sha256=b"h" * 32, parts=1, key=b"k" * 32, preview=picture)
    what = post(ANA, file)
    for width in (20, 50, 80):
        lines = lines_of(said(what), width, LOOK)
        assert len(lines) - 2 <= guess_height(what, width) <= len(lines), width


def test_before_anything_is_laid_out_everything_is_one_line() -> None:
    assert guess_height(replace(by("Ana", "one\ntwo")), 0) == 1
