from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from sussurro_client.app.lines import Day, Kind, Noted, Said, guess_height, lines_of
from sussurro_client.events import Person, Standing
from sussurro_client.fingerprint import short_words_of
from tests.client.app.fakes import NOON

widths = st.integers(1, 130)
texts = st.text(max_size=300)
standings = st.sampled_from([None, *Standing])


def by(name: str, text: str, standing: Standing | None = Standing.KNOWN) -> Said:
    return Said(Person(name, b"k"), standing, text, NOON)


@given(name=texts, text=texts, width=widths, flag=st.booleans(), standing=standings)
def test_no_line_of_a_message_is_wider_than_the_screen(
    *, name: str, text: str, width: int, flag: bool, standing: Standing | None
) -> None:
    said = Said(Person(name, b"k"), standing, text, NOON, is_kept=flag)
    for line in lines_of(said, width, dark=flag):
        assert "\n" not in line.plain
        assert line.cell_length <= max(width, 2)  # a wide character needs two cells


@given(texts, widths)
def test_no_line_of_a_note_or_a_day_is_wider_than_the_screen(text: str, width: int) -> None:
    for entry in (Noted(Kind.WARNING, text, NOON), Day(date(2026, 3, 9))):
        for line in lines_of(entry, width, dark=True):
            assert line.cell_length <= max(width, 2)


def test_a_message_goes_on_below_its_beginning() -> None:
    said = by("Ana", "one\n  two")
    lines = [line.plain for line in lines_of(said, 80, dark=True)]
    assert lines == ["12:00   Ana           one", " " * 24 + "two"]


def test_a_name_too_long_for_its_column_is_whole_on_a_line_of_its_own() -> None:
    said = by("Maria Aparecida dos Santos", "Oi")
    lines = [line.plain for line in lines_of(said, 80, dark=True)]
    assert lines == ["12:00   Maria Aparecida dos Santos", " " * 22 + "Oi"]


def test_one_message_cannot_fill_the_whole_conversation() -> None:
    said = by("Eve", "\n" * 60_000)
    lines = lines_of(said, 80, dark=True)
    assert len(lines) == 401
    assert lines[-1].plain.strip() == "…"


def test_a_badge_stands_in_a_column_where_no_name_can_come() -> None:
    posing = lines_of(by("✓ Ana", "Oi"), 80, dark=True)[0].plain
    verified = lines_of(by("Ana", "Oi", Standing.VERIFIED), 80, dark=True)[0].plain
    assert posing.startswith("12:00   ✓ Ana  ")
    assert verified.startswith("12:00 ✓ Ana  ")


def test_whoever_has_the_name_of_another_is_marked_named_by_words_and_called_so() -> None:
    lines = [line.plain for line in lines_of(by("Ana", "Oi", Standing.CHANGED), 80, dark=True)]
    assert lines == [
        f"12:00 ! Ana ({short_words_of(b'k')})",
        " " * 22 + "another identity  Oi",
    ]


def test_a_long_name_does_not_push_the_words_away() -> None:
    lines = lines_of(by("M" * 60, "Oi", Standing.CHANGED), 80, dark=True)
    assert f"({short_words_of(b'k')})" in lines[0].plain


def test_ones_own_name_bears_no_badge() -> None:
    assert lines_of(by("Bia", "Oi", None), 80, dark=True)[0].plain.startswith("12:00   Bia  ")


# How high something is before it is drawn.


@given(texts, widths)
def test_a_guess_is_one_line_at_least_and_no_more_than_can_be(text: str, width: int) -> None:
    for entry in (by("Ana", text), Noted(Kind.NOTICE, text, NOON), Day(date(2026, 3, 9))):
        assert 1 <= guess_height(entry, width) <= 402


def test_a_guess_is_right_for_what_most_people_say() -> None:
    for text in ("Oi", "one\ntwo", "", "x" * 55, "x" * 56, "x" * 57, "\n" * 60_000):
        for width in (50, 80):
            said = by("Ana", text)
            assert guess_height(said, width) == len(lines_of(said, width, dark=True)), text


def test_before_anything_is_laid_out_everything_is_one_line() -> None:
    assert guess_height(by("Ana", "one\ntwo"), 0) == 1
