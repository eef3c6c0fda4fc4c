import unicodedata
from itertools import islice

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sussurro_client.contents import MAX_FILE_NAME
from sussurro_client.display import safe_text
from sussurro_client.files.safe_file_name import NAME_CHARACTERS, numbered_names, safe_file_name
from tests.fuzz.shown import assert_harmless

RESERVED = {"CON", "PRN", "AUX", "NUL", "COM1", "LPT9"}
# Whole names, and pieces that are put together in all ways.
NASTY = st.lists(
    st.sampled_from(
        ["/", "\\", "..", ".", "-", " ", "\0", "\n", "\x1b[2J", "\u202e", "\u200b", "\ufeff", "\u0301",
         "\u2800", "\U000e0041", "\ue000", "CON", "nul", "aux.", "com1", ":", "*", "é", "e\u0301", "🏳️‍🌈",
         "a" * 60, "ß" * 60, "猫" * 60, ".tar.gz", ".exe", "~", "\ud800", "\U0001f3f4\U000e0067\U000e0062"]
    ),
    max_size=12,
).map("".join)  # fmt: skip


@given(st.one_of(st.text(max_size=MAX_FILE_NAME), NASTY))
@example("CON")
@example("_" * 120 + ".png")
@example(" " * 300)
@example("a" * 99 + " .x")
def test_whatever_it_was_it_is_one_harmless_name(name: str) -> None:
    safe = safe_file_name(name)
    assert 1 <= len(safe) <= NAME_CHARACTERS
    assert len(safe.encode()) + len(". (999).part") <= 255
    assert not set(safe) & set('/\\<>:"|?*\0\n')
    assert safe[0] not in ".- "
    assert safe[-1] not in ". "
    assert safe.split(".")[0].rstrip().upper() not in RESERVED
    assert safe == unicodedata.normalize("NFC", safe)
    assert safe == safe_text(safe), "it can be shown as it is"
    assert_harmless(safe)
    assert safe_file_name(safe) == safe, "doing it twice changes nothing"


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("photo.png", "photo.png"),
        ("Relatório de março.pdf", "Relatório de março.pdf"),
        ("猫の写真.jpeg", "猫の写真.jpeg"),
        ("../../.ssh/authorized_keys", "authorized_keys"),
        ("/etc/passwd", "passwd"),
        ("C:\\Windows\\win.ini", "win.ini"),
        ("folder/", "folder"),
        (".bashrc", "bashrc"),
        ("...", "file"),
        ("", "file"),
        ("-rf", "rf"),
        ("--help.txt", "help.txt"),
        ("a\x1b[2Jb.txt", "a_[2Jb.txt"),
        ("invoice\u202egnp.exe", "invoicegnp.exe"),
        ("a\u200bb.txt", "ab.txt"),
        ("one\ntwo.txt", "one two.txt"),
        ("cafe\u0301.txt", "café.txt"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("COM1.tar.gz", "_COM1.tar.gz"),
        ("console.log", "console.log"),
        ("name. . ", "name"),
        ("why?.txt", "why_.txt"),
        ("a:stream", "a_stream"),
        ("\0", "_"),
    ],
)
def test_a_name_becomes(name: str, safe: str) -> None:
    assert safe_file_name(name) == safe


def test_a_long_name_keeps_its_extension() -> None:
    assert safe_file_name("a" * 300 + ".jpeg") == "a" * 95 + ".jpeg"
    assert safe_file_name("猫" * 300 + ".jpeg") == "猫" * 65 + ".jpeg"
    assert safe_file_name("a." + "b" * 300) == "a." + "b" * 98, "that is no extension"


@given(st.one_of(st.text(max_size=200), NASTY).map(safe_file_name))
@example("a" * 95 + " bcde")
@example("a" * 93 + "\U0001f3f3\ufe0f\u200d\U0001f308" + "b" * 3)
def test_numbered_names_differ_and_are_as_safe(name: str) -> None:
    first = list(islice(numbered_names(name), 12))
    assert first[0] == name
    assert len(set(first)) == len(first)
    assert all(len(each) <= NAME_CHARACTERS for each in first)
    assert all(safe_file_name(each) == each for each in first)


def test_a_number_stands_before_the_extension() -> None:
    assert list(islice(numbered_names("photo.png"), 3)) == [
        "photo.png", "photo (2).png", "photo (3).png",
    ]  # fmt: skip
    assert list(islice(numbered_names("notes"), 2)) == ["notes", "notes (2)"]


def test_numbers_come_to_an_end() -> None:
    assert sum(1 for _ in numbered_names("a")) == 999
