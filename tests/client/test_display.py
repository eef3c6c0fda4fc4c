import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sussurro_client.display import (
    NAME_LIMIT,
    TEXT_LIMIT,
    safe_name,
    safe_text,
    visible_length,
)

SUSPECTS = (
    "\x00\x07\x1b\r\n\t\x7f\x85\x9b\x9d\xa0\xad\u034f\u061c\u115f\u180b\u180e\u200b\u200c\u200d\u200e"
    "\u200f\u2028\u2029\u202a\u202e\u2060\u2066\u2069\u2800\u3164\ufe00\ufe0f\ufeff\ufffd\ue000\ud800"
    "\U000e0001\U000e0067\U000e007f\U000e0100\U0001f3f4\U0001f468\U0001f3fb\u0301\u0915\u094d\u0645a 1"
)
anything = st.text(st.one_of(st.characters(), st.sampled_from(SUSPECTS)))
BIDI = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

ORDINARY = [
    "Oi, João! Às três, no café — não esqueça o pão de açúcar.",
    "مرحبا، كيف حالك؟ السّلامُ عليكم",
    "می\u200cخواهم فارسی بنویسم",  # noqa: RUF001 - Persian is written with its own letters
    "नमस्ते दुनिया, क्\u200dष और श्री",
    "ශ්\u200dරී ලංකා",
    "สวัสดีครับ น้ำ",
    "Việt Nam, tiê\u0301ng",
    "שלום עולם, בְּרֵאשִׁית",
    "日本語と漢字葛\U000e0100",
    "한국어 안녕하세요",
    "Ελληνικά, Русский, ქართული, Հայերեն",
    "👨\u200d👩\u200d👧\u200d👦 👩🏽\u200d🚀 ❤\ufe0f\u200d🔥 🏳\ufe0f\u200d🌈 🏴\u200d☠\ufe0f",
    "🇧🇷 🇵🇹 1\ufe0f\u20e3 ☕ 🐦\u200d⬛ 🙂\u200d↔\ufe0f",
    "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "∑ x² ≤ ∞ → {ok} [bold]not markup[/bold]",
    "braille ⠓⠑⠇⠇⠕ and\xa0a space that does not break",
]


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_text_of_any_language_stays_as_it_is(text: str) -> None:
    assert safe_text(text) == text


@given(anything)
def test_making_a_text_safe_twice_changes_nothing(text: str) -> None:
    assert safe_text(safe_text(text)) == safe_text(text)


@given(anything)
def test_making_a_name_safe_twice_changes_nothing(name: str) -> None:
    assert safe_name(safe_name(name)) == safe_name(name)


@given(anything)
def test_no_control_and_no_bidi_character_is_left_in_a_text(text: str) -> None:
    safe = safe_text(text)
    assert not BIDI & set(safe)
    assert not {unicodedata.category(c) for c in safe if c != "\n"} & {"Cc", "Cs", "Co", "Zl", "Zp"}


@given(anything)
def test_a_name_is_one_short_line_and_never_empty(name: str) -> None:
    safe = safe_name(name)
    assert safe == safe.strip() != ""
    assert visible_length(safe) <= NAME_LIMIT
    assert not BIDI & set(safe)
    assert not {unicodedata.category(c) for c in safe} & {"Cc", "Cs", "Co", "Zl", "Zp"}


@given(anything)
def test_no_more_than_four_marks_stand_in_a_row(text: str) -> None:
    row = 0
    for character in safe_text(text):
        row = row + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        assert row <= 4


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("\x1b[31mred\x1b[0m", "\ufffd[31mred\ufffd[0m"),
        ("\x1b]0;title\x07", "\ufffd]0;title\ufffd"),
        ("\x9b2J and \x7f", "\ufffd2J and \ufffd"),
        ("a\r\nb\rc\u2028d\u2029e\x85f", "a\nb\nc\nd\ne\nf"),
        ("a\tb", "a    b"),
        ("abc\u202edcba\u2069", "abcdcba"),
        ("a\u200bd\u2060m\ufeffi\u00adn", "admin"),
        ("a\u200db\u200cc", "abc"),
        ("hidden\U000e0068\U000e0069", "hidden"),
        ("x\ufe0f\ufe0fy\U000e0100", "xy"),
        ("\ue000\ud800\U000fffff\u0378", "\ufffd" * 4),
        ("z" + "\u0301" * 20, "z" + "\u0301" * 4),
        ("\u0301start\n\u0301next", "start\nnext"),
    ],
)
def test_what_could_trick_a_terminal_or_an_eye_is_taken_out(text: str, safe: str) -> None:
    assert safe_text(text) == safe


def test_a_marked_letter_keeps_no_more_marks_when_joiners_stand_between_them() -> None:
    assert safe_text("z" + "\u0301\u200d" * 20) == "z" + "\u0301" * 4


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("", "?"),
        (" \u200b\n ", "?"),
        ("  Ana\tMaria\n", "Ana Maria"),
        ("Ana\u2800\u2800", "Ana"),
        ("A" * 33, "A" * 31 + "…"),
        ("A" * 32, "A" * 32),
        ("\x1b]0;Ana\x07", "\ufffd]0;Ana\ufffd"),
    ],
)
def test_a_name_is_trimmed_and_shortened(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_what_is_taken_out_between_blanks_leaves_one_blank() -> None:
    assert safe_name("Ana\u2800\ufe00 Lima") == safe_name("Ana Lima") == "Ana Lima"


@pytest.mark.parametrize("filling", ["x", "é", "👩\u200d🚀", "\x1b", "\t"])
def test_a_text_shown_is_never_longer_than_its_limit(filling: str) -> None:
    safe = safe_text(filling * TEXT_LIMIT)
    assert len(safe.encode()) <= TEXT_LIMIT
    assert safe_text(safe) == safe
