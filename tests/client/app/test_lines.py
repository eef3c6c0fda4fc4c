from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from sussurro_client.app.lines import Day, Kind, Noted, Said, lines_of
from tests.client.app.fakes import NOON

widths = st.integers(1, 130)
texts = st.text(max_size=300)


@given(name=texts, text=texts, width=widths, flag=st.booleans())
def test_no_line_of_a_message_is_wider_than_the_screen(
    *, name: str, text: str, width: int, flag: bool
) -> None:
    said = Said(name, b"k", text, NOON, is_kept=flag, is_verified=flag)
    for line in lines_of(said, width, dark=flag):
        assert "\n" not in line.plain
        assert line.cell_length <= max(width, 2)  # a wide character needs two cells


@given(texts, widths)
def test_no_line_of_a_note_or_a_day_is_wider_than_the_screen(text: str, width: int) -> None:
    for entry in (Noted(Kind.WARNING, text, NOON), Day(date(2026, 3, 9))):
        for line in lines_of(entry, width, dark=True):
            assert line.cell_length <= max(width, 2)


def test_a_message_goes_on_below_its_beginning() -> None:
    said = Said("Ana", b"k", "one\n  two", NOON)
    lines = [line.plain for line in lines_of(said, 80, dark=True)]
    assert lines == ["12:00  Ana           one", " " * 23 + "two"]


def test_a_name_too_long_for_its_column_is_whole_on_a_line_of_its_own() -> None:
    said = Said("Maria Aparecida dos Santos", b"k", "Oi", NOON)
    lines = [line.plain for line in lines_of(said, 80, dark=True)]
    assert lines == ["12:00  Maria Aparecida dos Santos", " " * 21 + "Oi"]


def test_one_message_cannot_fill_the_whole_conversation() -> None:
    said = Said("Eve", b"k", "\n" * 60_000, NOON)
    lines = lines_of(said, 80, dark=True)
    assert len(lines) == 401
    assert lines[-1].plain.strip() == "…"
