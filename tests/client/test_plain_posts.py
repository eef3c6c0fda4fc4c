from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sussurro_client import words
from sussurro_client.contents import Delete, Edit, File, Reaction, Text, Unknown
from sussurro_client.events import Person, Received, Standing
from sussurro_client.fingerprint import short_words_of
from sussurro_client.naming import Circle
from sussurro_client.plain_posts import Look, heard, said
from sussurro_client.posts import post_of, tag_of
from sussurro_client.timeline import Timeline
from tests.wire.strategies import steady

ANA, BIA = Person("Ana", b"a" * 32), Person("Bia", b"b" * 32)
CIRCLE = Circle(ANA, lambda _person: Standing.KNOWN)
FIRST, SECOND = b"\1" * 32, b"\2" * 32
TAG = tag_of(FIRST.hex())


def received(
    content: Text | Edit | Delete | Reaction | File | Unknown,
    *,
    who: Person = BIA,
    private: Person | None = None,
    message_id: bytes = SECOND,
) -> Received:
    return Received(who, content, message_id.hex(), 1, 0, Standing.KNOWN, True, private)


def look(*loaded: Received, has_tag: bool = False) -> Look:
    timeline = Timeline(ANA)
    for each in loaded:
        timeline.hear(each)
    return Look(CIRCLE, timeline, has_tag)


def line(event: Received, *loaded: Received) -> str:
    shown = heard(event, look(*loaded))
    assert shown is not None
    return "[" + shown.partition("[")[2][5:] if shown.startswith("[") else shown


FIRST_SAID = received(Text(text="Shall we\nmeet (today)?"), who=ANA, message_id=FIRST)


def test_an_answer_says_whom_it_is_for_and_their_first_words() -> None:
    answer = received(Text(text="yes", reply_to=FIRST))
    assert line(answer, FIRST_SAID) == "[ answer] Bia: to Ana (Shall we meet today?): yes"
    assert line(answer) == f"[ answer] Bia: to {TAG}: yes"
    long = replace(FIRST_SAID, content=Text(text="word " * 30))
    assert line(answer, long).startswith("[ answer] Bia: to Ana (word word word word")
    assert "…): yes" in line(answer, long)


def test_what_is_private_is_marked_where_nobody_else_can_write() -> None:
    assert line(received(Text(text="psst"), private=ANA)) == "[ private] Bia: psst"
    to_bia = received(Text(text="psst"), who=ANA, private=BIA)
    assert line(to_bia) == "[ private to] Bia: psst"
    posing = received(Text(text="x"), who=Person("private] Bia", b"e" * 32))
    assert line(posing) == "[] private] Bia: x"
    edit = heard(received(Edit(of=FIRST, text="new"), private=ANA), look())
    assert edit is not None
    assert edit.endswith(f" private] Bia changed {TAG}: new")


def test_a_name_cannot_end_before_it_ends() -> None:
    for colon in (":", "\uff1a", "\ua789", "\u2236"):
        posing = received(Text(text="x"), who=Person(f"Ana{colon} I agree", b"e" * 32))
        assert line(posing) == "[] Ana; I agree: x"
    posing = received(Text(text="waves", is_action=True), who=Person("Bia: Ana", b"e" * 32))
    assert line(posing) == "[ action] Bia; Ana: waves"


def test_a_quote_cannot_end_before_it_ends() -> None:
    quoted = replace(FIRST_SAID, content=Text(text="x): I agree"))
    answer = received(Text(text="no", reply_to=FIRST))
    assert line(answer, quoted) == "[ answer] Bia: to Ana (x: I agree): no"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (Edit(of=FIRST, text="one\n[12:00] Ana: two"), f"changed {TAG}: one\n    [12:00] Ana: two"),
        (Delete(of=FIRST), f"deleted {TAG}."),
        (Reaction(of=FIRST, emoji="👍"), f"reacted to {TAG} with 👍 (thumbs up)"),
        (Reaction(of=FIRST, emoji="👍", is_on=False), f"took back 👍 (thumbs up) from {TAG}"),
        (Reaction(of=FIRST, emoji="ok"), f"reacted to {TAG} with “ok”"),
    ],
    ids=lambda value: getattr(value, "kind", ""),
)
def test_what_is_done_to_a_message_is_a_sentence(content: Edit, sentence: str) -> None:
    shown = heard(received(content), look())
    assert shown is not None
    assert shown.startswith("* [")
    assert shown.partition("] Bia ")[2] == sentence


def test_a_reaction_has_its_name_in_the_language_of_the_user() -> None:
    try:
        words.use_language("pt_BR")
        shown = heard(received(Reaction(of=FIRST, emoji="👍")), look())
    finally:
        words.use_language("en")
    assert shown is not None
    assert shown.endswith(f"reagiu a {TAG} com 👍 (polegar para cima)")


def test_a_file_shows_its_size_before_its_name_whose_end_is_never_cut() -> None:
    file = File(name="a" * 100 + "\u202e.exe", size=2_345_678, sha256=FIRST, parts=1, key=FIRST)
    shown = line(received(file))
    save = f"(to save it: /save {tag_of(SECOND.hex())})"
    assert shown.startswith(f"[ file] Bia: offers a file of 2.3 MB {save}: aaa")
    assert shown.endswith("aaa.exe")


def test_a_message_in_a_list_tells_all_that_was_done_to_it() -> None:
    timeline = Timeline(ANA)
    timeline.hear(FIRST_SAID)
    own = post_of(received(Text(text="mine"), who=ANA), ANA)
    assert own is not None
    timeline.say(own)
    timeline.hear(received(Edit(of=FIRST, text="new"), who=ANA, message_id=b"\3" * 32))
    for number in range(7):
        who = Person(f"P{number}", bytes([number]) * 32)
        timeline.hear(received(Reaction(of=FIRST, emoji="❤️"), who=who, message_id=b"\4" * 32))
    lists = Look(CIRCLE, timeline, has_tag=True, is_dated=True)
    shown, mine = (said(post, lists).split("\n") for post in timeline)
    assert shown[0].endswith(f" changed 7 reactions {TAG}] Ana: new")
    assert shown[1:] == ["    ❤️ (red heart): P0, P1, P2, P3, P4, …"]
    assert mine[0].endswith(f" on its way {tag_of(SECOND.hex())}] Ana: mine")
    timeline.hear(received(Delete(of=FIRST), who=ANA, message_id=b"\5" * 32))
    assert said(next(iter(timeline)), lists).endswith(f" deleted {TAG}] Ana")


def test_a_namesake_has_words_of_the_fingerprint_beside_the_name() -> None:
    event = replace(received(Text(text="Oi")), standing=Standing.CHANGED)
    assert line(event) == f"[ !] Bia ({short_words_of(BIA.key)}): Oi"


_texts = st.text(max_size=60)
_names = st.text(min_size=1, max_size=40)
_contents = st.one_of(
    st.builds(Text, text=_texts, reply_to=st.sampled_from([b"", FIRST]), is_action=st.booleans()),
    st.builds(Edit, of=st.just(FIRST), text=_texts),
    st.builds(Delete, of=st.just(FIRST)),
    st.builds(
        Reaction, of=st.just(FIRST), emoji=st.text(min_size=1, max_size=32), is_on=st.booleans()
    ),
    st.builds(
        File,
        name=st.text(min_size=1, max_size=255),
        size=st.integers(0, 2**40 - 1),
        sha256=st.just(FIRST),
        parts=st.just(1),
        key=st.just(FIRST),
    ),
    st.builds(Unknown, kind=st.text(min_size=1, max_size=32)),
)


@steady
@given(_contents, _names, _names, _texts, st.sampled_from([None, ANA, BIA]))
def test_no_line_passes_for_anothers_whatever_is_in_it(
    content: Text, name: str, other: str, quoted: str, private: Person | None
) -> None:
    loaded = received(Text(text=quoted), who=Person(other, b"o" * 32), message_id=FIRST)
    event = received(content, who=Person(name, b"n" * 32), private=private)
    shown = heard(event, look(loaded, has_tag=True))
    assert shown is not None
    first, *others = shown.split("\n")
    assert all(each.startswith("    ") for each in others)
    marks = first.removeprefix("* ").partition("]")[0]
    assert marks[:1] == "["
    known = {"private", "answer", "action", "file", "unknown", tag_of(SECOND.hex())}
    assert set(marks[1:].split()[1:]) <= known
    assert ("private" in marks) == (private is not None)
    assert "\r" not in shown
    assert all(each.isprintable() or ord(each) > 127 for each in shown.replace("\n", ""))


def test_no_long_text_is_looked_through_for_its_first_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked: list[int] = []

    def look_at(text: str) -> str:
        looked.append(len(text))
        return text

    monkeypatch.setattr("sussurro_client.plain_words.safe_line", look_at)
    long = received(Text(text="ç" * 60_000), message_id=FIRST)
    assert "çççç…)" in line(received(Text(text="Oi", reply_to=FIRST)), long)
    assert max(looked) <= 400
