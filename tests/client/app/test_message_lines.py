import struct
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sussurro_client.app.entries import Progress, Quote, Said
from sussurro_client.app.lines import Look, lines_of
from sussurro_client.contents import File, Text, Unknown
from sussurro_client.events import Person, Standing
from sussurro_client.fingerprint import short_words_of
from sussurro_client.posts import Post, Reactions
from tests.client.app.fakes import ANA, BIA, JOAO
from tests.client.app.posts import CIRCLE, LOOK, post, said

BLANK = " " * 20
PREVIEW = struct.pack(">II", 16, 2) + bytes(range(96))
PICTURE = File(name="a.png", size=1_234_567, sha256=b"s" * 32, parts=1, key=b"k" * 32)

BIDI = {chr(point) for point in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}
HOSTILE = st.sampled_from(
    ["\x1b[2J", "\x9b1m", "\u202e", "\u2066", "\u2028", "\r\n", "\x00", "\u200f"]
)
texts = st.lists(st.one_of(HOSTILE, st.text(max_size=40)), max_size=6).map("".join)
names = st.text(max_size=40)
people = names.map(lambda name: Person(name, b"k" * 32))
contents = st.one_of(
    st.builds(Text, text=texts, is_action=st.booleans()),
    st.builds(
        File,
        name=st.text(min_size=1, max_size=60),
        size=st.integers(0, 2**40 - 1),
        sha256=st.just(b"s" * 32),
        parts=st.just(1),
        key=st.just(b"k" * 32),
        preview=st.just(PREVIEW),
    ),
    st.just(Unknown(kind="poll")),
)
emoji = st.lists(st.text(min_size=1, max_size=32), max_size=30).map(
    lambda each: tuple(Reactions(one, (BIA,)) for one in each)
)
posts = st.builds(
    Post,
    id=st.just("ab" * 32),
    who=people,
    standing=st.sampled_from([None, *Standing]),
    content=contents,
    at=st.just(0),
    private=st.one_of(st.none(), people),
    is_kept=st.booleans(),
    is_edited=st.booleans(),
    is_deleted=st.booleans(),
    reactions=emoji,
)
shown = st.builds(
    said,
    posts,
    begins=st.booleans(),
    quote=st.one_of(
        st.none(), st.builds(Quote, st.one_of(st.none(), people), st.just(None), texts)
    ),
    is_mention=st.booleans(),
    is_selected=st.booleans(),
    progress=st.one_of(
        st.none(),
        st.builds(Progress, st.integers(0, 2**41), st.integers(0, 2**40), texts),
    ),
)


def is_harmless(character: str) -> bool:
    """Return whether a terminal shows a character, and neither moves nor turns about for it."""
    is_bidi = character in "\u200e\u200f\u061c" or character in BIDI
    return not is_bidi and unicodedata.category(character) not in ("Cc", "Cs", "Co", "Zl", "Zp")


def plain(what: Said, width: int = 80) -> list[str]:
    return [line.plain.rstrip() for line in lines_of(what, width, LOOK)]


@given(shown, st.integers(1, 130))
def test_no_line_of_any_message_is_wider_than_the_screen_or_moves_a_terminal(
    what: Said, width: int
) -> None:
    for line in lines_of(what, width, LOOK):
        assert line.cell_length <= max(width, 2)  # a wide character needs two cells
        assert all(map(is_harmless, line.plain))


def test_a_message_goes_on_below_its_beginning() -> None:
    assert plain(said(post(ANA, "one\n  two"))) == [
        "12:00   Ana           one",
        " " * 24 + "two",
    ]


def test_a_message_that_does_not_begin_a_group_has_its_time_and_no_name() -> None:
    assert plain(said(post(ANA, "Oi"), begins=False)) == ["12:00" + " " * 17 + "Oi"]
    changed = post(ANA, "Oi", Standing.CHANGED)
    assert plain(said(changed, begins=False))[0].startswith("12:00 ! ")


def test_a_name_too_long_for_its_column_is_whole_on_a_line_of_its_own() -> None:
    what = said(post(Person("Maria Aparecida dos Santos", b"k"), "Oi"))
    assert plain(what) == ["12:00   Maria Aparecida dos Santos", " " * 22 + "Oi"]


def test_on_a_narrow_screen_a_name_has_a_line_and_on_a_tiny_one_the_text_all_of_the_width() -> None:
    assert plain(said(post(ANA, "Oi")), 50) == ["12:00   Ana", "        Oi"]
    assert plain(said(post(ANA, "Oi"), begins=False), 50) == ["12:00   Oi"]
    assert plain(said(post(ANA, "Oi")), 20) == ["12:00   Ana", "  Oi"]


def test_one_message_cannot_fill_the_whole_conversation() -> None:
    lines = plain(said(post(ANA, "\n" * 60_000)))
    assert len(lines) == 401
    assert lines[-1].strip() == "…"


def test_a_badge_stands_in_a_column_where_no_name_can_come() -> None:
    posing = plain(said(post(Person("✓ Ana", b"k"), "Oi")))[0]
    verified = plain(said(post(ANA, "Oi", Standing.VERIFIED)))[0]
    assert posing.startswith("12:00   ✓ Ana  ")
    assert verified.startswith("12:00 ✓ Ana  ")


def test_whoever_has_the_name_of_another_is_marked_named_by_words_and_called_so() -> None:
    assert plain(said(post(ANA, "Oi", Standing.CHANGED))) == [
        f"12:00 ! Ana ({short_words_of(ANA.key)})",
        " " * 22 + "another identity  Oi",
    ]


def test_a_long_name_does_not_push_the_words_away() -> None:
    lines = plain(said(post(Person("M" * 60, b"k"), "Oi", Standing.CHANGED)))
    assert f"({short_words_of(b'k')})" in lines[0]


def test_ones_own_message_bears_no_badge_and_says_whether_it_is_kept() -> None:
    mine = post(BIA, "Oi", None)
    assert plain(said(mine)) == ["12:00   Bia           Oi ·"]
    assert plain(said(replace(mine, is_kept=False))) == ["12:00   Bia           Oi  sending…"]


def test_an_answer_stands_below_what_it_answers() -> None:
    what = post(ANA, Text(text="Sim", reply_to=b"r" * 32))
    quote = Quote(JOAO, Standing.KNOWN, "Vamos\nlogo " + "e " * 100)
    lines = plain(said(what, quote=quote))
    assert lines[0].startswith("12:00   Ana         ↪ João: Vamos logo e e ")
    assert lines[0].endswith("…")
    assert lines[1] == " " * 22 + "Sim"
    assert plain(said(what, quote=Quote()))[0].endswith("↪ an earlier message")


def test_what_looks_like_an_answer_in_a_text_has_no_sign_in_the_column_of_signs() -> None:
    lines = plain(said(post(ANA, "↪ João: give me your key\n* João waves\n◆ private")))
    assert [line[20:22].strip() for line in lines] == ["", "", ""]


def test_an_action_is_told_with_the_name_in_the_sentence() -> None:
    what = post(ANA, Text(text="waves", is_action=True), Standing.VERIFIED)
    assert plain(said(what)) == ["12:00 ✓             * Ana waves"]
    assert plain(said(what), 50) == ["12:00 ✓* Ana waves"]


@pytest.mark.parametrize(
    ("who", "standing", "to", "words"),
    [
        (ANA, Standing.KNOWN, BIA, "private  "),
        (BIA, None, ANA, "private · for Ana  "),
    ],
)
def test_what_is_private_says_so_with_a_sign_and_a_word_on_its_line(
    who: Person, standing: Standing | None, to: Person, words: str
) -> None:
    lines = plain(said(post(who, "one\ntwo", standing, to)))
    assert lines[0].startswith(f"12:00   {who.name}         ◆ {words}one")
    assert lines[1].startswith(f"{BLANK}◆ two")


def test_changes_are_shown_as_such() -> None:
    what = post(ANA, "Oi")
    assert plain(said(replace(what, is_edited=True)))[0].endswith("Oi  (edited)")
    assert plain(said(replace(what, is_deleted=True)))[0].endswith("Ana           deleted")


def test_reactions_stand_below_with_how_many_and_whether_one_is_ones_own() -> None:
    reactions = (Reactions("👍", (ANA, JOAO)), Reactions("❤️", (BIA,)))
    lines = plain(said(replace(post(ANA, "Oi"), reactions=reactions)))
    assert lines[1] == f"{BLANK}+ 👍 2  ❤️ 1 (you)"


def test_many_reactions_are_cut_off() -> None:
    reactions = tuple(Reactions(chr(0x1F600 + each), (ANA,)) for each in range(40))
    assert plain(said(replace(post(ANA, "Oi"), reactions=reactions)), 200)[1].endswith(" 1  …")


def test_a_file_is_named_safely_with_its_size_and_how_to_keep_it() -> None:
    what = post(ANA, PICTURE.model_copy(update={"name": "a\x1b[2J\u202egnp.exe"}))
    assert plain(said(what))[0] == (
        f"12:00   Ana           a_[2Jgnp.exe  1.2 MB  to keep it: /save {what.tag}"
    )


def test_a_picture_is_two_pixels_a_cell_where_there_are_colours() -> None:
    what = said(post(ANA, PICTURE.model_copy(update={"preview": PREVIEW})))
    lines = lines_of(what, 80, LOOK)
    assert lines[1].plain == " " * 22 + "▀" * 16
    assert "#000102 on #303132" in str([span.style for span in lines[1].spans])
    assert len(lines_of(what, 80, Look(dark=True, circle=CIRCLE, has_pictures=False))) == 1


def test_a_file_on_its_way_says_how_far_it_is() -> None:
    lines = plain(said(post(ANA, PICTURE), progress=Progress(250, 1000, "receiving")))
    assert lines[1] == " " * 22 + "█" * 5 + "░" * 15 + "  25%  receiving"


def test_what_a_later_version_says_is_told_as_that() -> None:
    lines = plain(said(post(ANA, Unknown(kind="poll"))), 120)
    assert "said something that this version cannot show; update Sussurro." in lines[0]


def test_a_mention_has_a_sign_and_a_selected_message_its_tag() -> None:
    what = post(ANA, "Bia!")
    assert plain(said(what, is_mention=True)) == ["12:00   Ana         » Bia!"]
    assert plain(said(what, is_selected=True)) == [
        f"12:00   Ana         > {what.tag}",
        " " * 22 + "Bia!",
    ]


def test_markdown_is_styled_and_nothing_of_it_is_hidden() -> None:
    (line,) = lines_of(said(post(ANA, "**so** https://a.example/b")), 80, LOOK)
    assert line.plain.endswith("**so** https://a.example/b")
    styles = {line.plain[span.start : span.end]: str(span.style) for span in line.spans}
    assert styles["so"] == "bold"
    assert styles["https://a.example/b"].startswith("underline")


def test_a_selected_picture_keeps_its_colours() -> None:
    what = said(post(ANA, PICTURE.model_copy(update={"preview": PREVIEW})), is_selected=True)
    row = lines_of(what, 80, LOOK)[2]
    assert row.plain.strip() == "▀" * 16
    styles = [str(style.style) for style in row.spans]
    assert styles.index("on $panel") < styles.index("#000102 on #303132")
