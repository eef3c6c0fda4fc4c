import pytest

from sussurro_client.asides import asides_of
from sussurro_client.contents import Delete, Edit, Reaction, Text
from sussurro_client.errors import ClientError
from sussurro_client.events import Person, Received, Standing
from sussurro_client.speaking import Speaker
from sussurro_client.timeline import Timeline
from tests.client.app.fakes import ANA, BIA, FakeSession, own_id, said


def scene() -> tuple[FakeSession, Timeline, Speaker]:
    """Return a room where Ana was met, what is said there, and a speaker for Bia."""
    session = FakeSession(lambda _event: None, BIA.name)
    session.meet(ANA)
    timeline = Timeline(BIA)
    return session, timeline, Speaker(session, timeline, BIA, lambda: 12.5, timeout=0)


def private(text: str) -> Received:
    """Return what Ana wrote to Bia alone."""
    heard = said(ANA, text)
    return Received(
        heard.sender, heard.content, heard.id, 1, heard.at, Standing.KNOWN, live=True, private=BIA
    )


def test_what_is_said_is_on_its_way_until_it_is_kept() -> None:
    session, timeline, speaker = scene()
    post = speaker.say("Oi").post
    assert session.sent == ["Oi"]
    assert (post.text, post.is_kept, post.at) == ("Oi", False, 12_500)
    assert timeline.keep(own_id("sent 1"), 7) is not None
    assert [(each.is_kept, each.seq) for each in timeline] == [(True, 7)]


def test_a_reply_names_what_it_answers_and_an_action_is_one() -> None:
    session, timeline, speaker = scene()
    heard = said(ANA, "Oi")
    timeline.hear(heard)
    assert speaker.reply("", "Oi, Ana").post.reply_to == heard.id
    speaker.act("waves")
    assert session.said == [
        Text(text="Oi, Ana", reply_to=bytes.fromhex(heard.id)),
        Text(text="waves", is_action=True),
    ]


def test_what_one_said_is_edited_and_deleted_at_once() -> None:
    session, timeline, speaker = scene()
    message = bytes.fromhex(speaker.say("Oy").id)
    assert speaker.edit("", "Oi").post.text == "Oi"
    assert speaker.delete("").post.is_deleted
    assert session.said == [Edit(of=message, text="Oi"), Delete(of=message)]
    with pytest.raises(ClientError, match="You have said nothing yet"):
        speaker.delete("")
    assert len(timeline) == 1


def test_reacting_again_takes_back() -> None:
    session, timeline, speaker = scene()
    timeline.hear(said(ANA, "Oi"))
    assert [each.emoji for each in speaker.react("", "👍").post.reactions] == ["👍"]
    assert speaker.react("", ":+1:").post.reactions == ()
    assert [each.is_on for each in session.said if isinstance(each, Reaction)] == [True, False]


def test_nothing_that_is_done_with_a_private_message_is_said_aloud() -> None:
    session, timeline, speaker = scene()
    heard = private("secret")
    timeline.hear(heard)
    speaker.reply("", "hush")
    speaker.edit("", "hush!")
    speaker.react(timeline.get(heard.id).tag, "👍")  # type: ignore[union-attr]  # it is there
    speaker.delete("")
    assert [person for person, _content in session.whispered] == [ANA] * 4
    assert len(session.said) == 4
    assert [post.private for post in timeline] == [BIA, ANA]


def test_a_whisper_is_for_one_alone_and_shown_so() -> None:
    session, _timeline, speaker = scene()
    assert speaker.whisper(asides_of("Ana psst")).post.private == ANA
    assert session.whispered == [(ANA, Text(text="psst"))]


def test_nothing_private_goes_to_somebody_who_has_lost_the_name_but_to_be_deleted() -> None:
    session, _timeline, speaker = scene()
    twin = Person("Ana", b"t" * 32)
    speaker.whisper(asides_of("Ana psst"))
    session.meet(twin)
    session.trust(twin)
    with pytest.raises(ClientError, match="Nothing was sent: Ana has another identity"):
        speaker.edit("", "password")
    speaker.delete("")
    assert [type(content) for _person, content in session.whispered] == [Text, Delete]


@pytest.mark.parametrize("text", ["", " \n"])
def test_nothing_is_not_said(text: str) -> None:
    session, timeline, speaker = scene()
    timeline.hear(said(ANA, "Oi"))
    speaker.say("Oi")
    for do in (speaker.act, lambda words: speaker.reply("", words), lambda w: speaker.edit("", w)):
        with pytest.raises(ClientError, match="There is no text"):
            do(text)
    assert session.said == []
