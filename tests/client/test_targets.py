from collections.abc import Callable
from itertools import count

import pytest

from sussurro_client.contents import Delete, File, Text
from sussurro_client.errors import ClientError
from sussurro_client.events import Person, Received, Standing
from sussurro_client.posts import Post
from sussurro_client.targets import (
    answered,
    by_id,
    editable,
    editable_by_id,
    emoji_of,
    offered,
    own,
    own_by_id,
    partner_of,
    reaction_to,
    split_tag,
)
from sussurro_client.timeline import Timeline

ME = Person("Bia", b"b" * 32)
ANA = Person("Ana", b"a" * 32)
EVE = Person("Eve", b"e" * 32)
FILE = File(name="a.txt", size=1, sha256=b"s" * 32, parts=1, key=b"k" * 32)


def post(number: int, who: Person, private: Person | None = None, *, is_file: bool = False) -> Post:
    content = FILE if is_file else Text(text=f"text {number}")
    return Post(f"{number:064x}", who, None, content, 0, private=private)


def timeline(*posts: Post) -> Timeline:
    made = Timeline(ME)
    for each in posts:
        made.say(each)
    return made


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("#lusab Oi", ("#lusab", "Oi")),
        ("  #Lusab  Oi", ("#Lusab", " Oi")),
        ("#lusab", ("#lusab", "")),
        ("#lusabs Oi", ("", "#lusabs Oi")),
        ("#hello Oi", ("", "#hello Oi")),
        ("Oi #lusab", ("", "Oi #lusab")),
        ("#️⃣", ("", "#️⃣")),
    ],
)
def test_only_what_looks_like_a_tag_is_one(text: str, parts: tuple[str, str]) -> None:
    assert split_tag(text) == parts


def test_without_a_tag_the_newest_is_meant_and_with_one_what_has_it() -> None:
    said = timeline(post(1, ANA), post(2, ANA), post(3, ME), post(4, ME))
    assert answered(said, "").id == post(2, ANA).id
    assert answered(said, post(3, ME).tag).id == post(3, ME).id
    assert own(said, ME, "").id == post(4, ME).id
    assert own(said, ME, post(3, ME).tag.upper()).id == post(3, ME).id


def test_what_is_not_there_or_not_ones_own_is_a_sentence() -> None:
    with pytest.raises(ClientError, match="Nobody else has said anything yet"):
        answered(timeline(), "")
    with pytest.raises(ClientError, match="You have said nothing yet"):
        own(timeline(post(1, ANA)), ME, "")
    with pytest.raises(ClientError, match="somebody else's"):
        own(timeline(post(1, ANA)), ME, post(1, ANA).tag)
    with pytest.raises(ClientError, match="No message with the tag #lusab is loaded"):
        answered(timeline(post(1, ANA)), "#LUSAB")
    with pytest.raises(ClientError, match="Only a text can be edited"):
        editable(timeline(post(1, ME, is_file=True)), ME, "")


def test_a_program_names_a_message_by_its_whole_id() -> None:
    said = timeline(post(1, ANA), post(2, ME))
    assert by_id(said, post(1, ANA).id).who == ANA
    assert own_by_id(said, ME, post(2, ME).id).who == ME
    assert editable_by_id(said, ME, post(2, ME).id).text == "text 2"
    with pytest.raises(ClientError, match="No message with this id is loaded"):
        by_id(said, post(1, ANA).tag)
    with pytest.raises(ClientError, match="somebody else's"):
        editable_by_id(said, ME, post(1, ANA).id)
    with pytest.raises(ClientError, match="Only a text can be edited"):
        editable_by_id(timeline(post(1, ME, is_file=True)), ME, post(1, ME).id)


def test_nothing_is_done_with_what_is_deleted() -> None:
    said = timeline(post(1, ANA), post(2, ME))
    for number, who in ((1, ANA), (2, ME)):
        change = Delete(of=bytes.fromhex(post(number, who).id))
        said.hear(Received(who, change, "x", 9, 0, Standing.KNOWN, live=True))
    refused: tuple[Callable[[], Post], ...] = (
        lambda: answered(said, post(1, ANA).id),
        lambda: own(said, ME, post(2, ME).id),
        lambda: by_id(said, post(1, ANA).id),
        lambda: own_by_id(said, ME, post(2, ME).id),
    )
    for each in refused:
        with pytest.raises(ClientError, match="That message is deleted; choose another"):
            each()


def test_what_is_done_with_a_private_message_goes_to_its_two_people() -> None:
    assert partner_of(post(1, ANA), ME) is None
    assert partner_of(post(1, ANA, ME), ME) == ANA
    assert partner_of(post(1, ME, ANA), ME) == ANA


def test_the_same_emoji_again_takes_it_back() -> None:
    said = timeline(post(1, ANA))
    first = reaction_to(answered(said, ""), ME, "❤️")
    assert first.is_on
    assert first.of.hex() == post(1, ANA).id


@pytest.mark.parametrize(
    ("word", "emoji"),
    [("❤️", "❤️"), (" 👍🏽 ", "👍🏽"), (":heart:", "❤️"), (":+1:", "👍"), ("🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🏴󠁧󠁢󠁥󠁮󠁧󠁿")],
)
def test_an_emoji_is_itself_or_its_short_name(word: str, emoji: str) -> None:
    assert emoji_of(word) == emoji


@pytest.mark.parametrize("word", ["", "x", ":nope:", "❤️❤️", "❤️ x", "\x1b"])
def test_what_is_no_emoji_is_refused(word: str) -> None:
    with pytest.raises(ClientError, match="Write one emoji"):
        emoji_of(word)


def test_the_newest_file_of_somebody_else_is_meant_unless_a_tag_says_which() -> None:
    said = timeline(
        post(1, ANA, is_file=True),
        post(2, ANA, is_file=True),
        post(3, ANA),
        post(4, ME, is_file=True),
    )
    assert offered(said, ME, "").id == f"{2:064x}"
    of_mine = next(each for each in said if each.who == ME)
    assert offered(said, ME, of_mine.tag).content == FILE


def test_where_nobody_offered_a_file_that_is_said() -> None:
    with pytest.raises(ClientError, match="Nobody else has offered a file yet"):
        offered(timeline(post(1, ANA), post(2, ME, is_file=True)), ME, "")
    with pytest.raises(ClientError, match="No message with the tag"):
        offered(timeline(), ME, "#lusab")


def twin(of: Post, who: Person, private: Person | None = None, *, is_file: bool = False) -> Post:
    """Return another message with the tag of one, as whoever tries for long enough has it."""
    numbers = (post(number, who, private, is_file=is_file) for number in count(1_000))
    return next(each for each in numbers if each.tag == of.tag)


def test_no_message_with_the_same_tag_lets_a_private_answer_be_said_to_everybody() -> None:
    secret = post(1, ANA, ME)
    aloud = twin(secret, EVE)
    for said in (timeline(secret, aloud), timeline(aloud, secret)):
        with pytest.raises(ClientError, match=f"Several messages have the tag {secret.tag}"):
            answered(said, secret.tag)
        assert answered(said, secret.id) == said.get(secret.id), "an id is one message's"
    mine = twin(secret, ME, ANA)
    assert answered(timeline(secret, mine), secret.tag).id == mine.id, "the same two read it"


def test_no_file_with_the_same_tag_is_taken_for_anothers() -> None:
    file = post(1, ANA, is_file=True)
    with pytest.raises(ClientError, match="Several messages have the tag"):
        offered(timeline(file, twin(file, EVE, is_file=True)), ME, file.tag)
    text = twin(file, EVE)
    assert offered(timeline(file, text), ME, file.tag).id == file.id, "a text is in nobody's way"


def test_ones_own_is_found_behind_anothers_message_with_the_same_tag() -> None:
    mine = post(1, ME)
    assert own(timeline(mine, twin(mine, EVE)), ME, mine.tag).id == mine.id
