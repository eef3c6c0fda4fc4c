import pytest

from sussurro_client.contents import Content, Delete, Edit, File, Private, Reaction, Text, Unknown
from sussurro_client.events import Person, Received, Standing
from sussurro_client.posts import Post, Reactions, changed, post_of, tag_of

ANA, BIA, EVE = (Person(name, name.encode() * 8) for name in ("Ana_", "Bia_", "Eve_"))
OF = b"d" * 32
ID = OF.hex()


def heard(
    content: Content, who: Person = BIA, private: Person | None = None, seq: int = 1
) -> Received:
    return Received(who, content, ID, seq, 5, Standing.KNOWN, live=True, private=private)


def post(content: Content | None = None, private: Person | None = None) -> Post:
    made = post_of(heard(content or Text(text="Oi"), private=private), ANA)
    assert made is not None
    return made


def react(emoji: str = "👍", who: Person = ANA, *, is_on: bool = True) -> Received:
    return heard(Reaction(of=OF, emoji=emoji, is_on=is_on), who)


def test_a_tag_is_a_word_that_comes_from_the_id() -> None:
    assert tag_of(ID) == "#zovur"
    assert post().tag == tag_of(ID)


def test_what_is_ones_own_from_another_run_has_no_standing() -> None:
    mine = post_of(heard(Text(text="Oi"), ANA), ANA)
    assert mine is not None
    assert mine.standing is None
    assert post().standing is Standing.KNOWN


def test_texts_files_and_what_is_not_known_are_posts_and_changes_are_none() -> None:
    file = File(name="x.png", size=1, sha256=OF, parts=1, key=OF)
    assert post(file).text == "x.png"
    assert post(Unknown(kind="poll")).text == ""
    for content in (Edit(of=OF, text="x"), Delete(of=OF), Private(keys=(b"x",), sealed=b"")):
        assert post_of(heard(content), ANA) is None


def test_a_reply_says_to_what() -> None:
    assert post(Text(text="Oi", reply_to=OF)).reply_to == ID
    assert post().reply_to == ""


def test_an_author_changes_a_text_and_it_is_marked() -> None:
    after = changed(post(Text(text="Oi", reply_to=OF)), heard(Edit(of=OF, text="Olá")))
    assert (after.text, after.is_edited, after.reply_to) == ("Olá", True, ID)


def test_an_author_takes_a_message_back_and_nothing_of_it_is_left() -> None:
    liked = changed(post(), react())
    after = changed(liked, heard(Delete(of=OF)))
    assert (after.text, after.is_deleted, after.reactions) == ("", True, ())
    assert changed(after, react()) == after


@pytest.mark.parametrize(
    "content", [Edit(of=OF, text="lies"), Delete(of=OF)], ids=["edit", "delete"]
)
def test_nobody_changes_the_words_of_another(content: Content) -> None:
    assert changed(post(), heard(content, EVE)) == post()


def test_what_was_said_in_private_is_changed_in_private_only_and_the_other_way_round() -> None:
    edit = Edit(of=OF, text="Olá")
    secret = post(private=ANA)
    assert changed(secret, heard(edit)) == secret
    assert changed(post(), heard(edit, private=ANA)) == post()
    assert changed(secret, heard(edit, private=ANA)).text == "Olá"


def test_what_two_people_said_alone_is_changed_by_none_but_the_two() -> None:
    secret = post(private=ANA)
    for who in (ANA, BIA):
        liked = changed(secret, heard(Reaction(of=OF, emoji="👍"), who, private=ANA))
        assert liked.reactions == (Reactions("👍", (who,)),)
    assert changed(secret, heard(Reaction(of=OF, emoji="👍"), EVE, private=ANA)) == secret


def test_what_was_done_before_all_else_stands_first_and_undoes_nothing() -> None:
    now = changed(changed(post(), react("👍", BIA)), heard(Edit(of=OF, text="newest")))
    assert changed(now, heard(Edit(of=OF, text="older")), is_old=True) == now
    older = changed(now, react("👍", EVE), is_old=True)
    oldest = changed(older, react("🎉", EVE), is_old=True)
    assert oldest.reactions == (Reactions("🎉", (EVE,)), Reactions("👍", (EVE, BIA)))
    assert changed(oldest, heard(Delete(of=OF)), is_old=True).is_deleted


def test_a_files_name_is_not_edited() -> None:
    file = post(File(name="x.png", size=1, sha256=OF, parts=1, key=OF))
    assert changed(file, heard(Edit(of=OF, text="y.png"))) == file


def test_reactions_are_counted_once_for_each_person_and_taken_back() -> None:
    liked = changed(changed(changed(post(), react()), react()), react(who=EVE))
    assert liked.reactions == (Reactions("👍", (ANA, EVE)),)
    less = changed(liked, react(is_on=False))
    assert less.reactions == (Reactions("👍", (EVE,)),)
    assert changed(less, react(who=EVE, is_on=False)).reactions == ()


def test_a_message_has_only_so_many_reactions() -> None:
    after = post()
    for number in range(80):
        after = changed(after, react(chr(0x1F400 + number)))
    assert len(after.reactions) == 50
    again = changed(after, react(chr(0x1F400), BIA))
    assert len(again.reactions[0].people) == 2


def test_so_many_people_react_with_one_emoji() -> None:
    after = post()
    for number in range(1_002):
        after = changed(after, react(who=Person("x", number.to_bytes(32, "big"))))
    assert len(after.reactions[0].people) == 1_000
