import pytest

from sussurro_client.author import Author
from sussurro_client.authorship import Authorship
from sussurro_client.contents import Card, Rekey, Share, Text
from sussurro_client.envelope import Sealer
from sussurro_client.heads import Heads
from sussurro_client.letter import NONE_BEFORE, Head, Letter
from sussurro_client.recollection import Mark, Recollection
from sussurro_wire.messages import Ack
from tests.client.scenes import ANA, BIA, EVE, KEY, NOW

RUN = b"my-run-1"
BIAS = (BIA.person.key, b"run-0001")


class Stage:
    """Ana as an author, on her first connection, which begins at chunk 5."""

    def __init__(self) -> None:
        self.sealer = Sealer(KEY)
        self.heads = Heads()
        self.recollection = Recollection()
        self.ana = Author(ANA, RUN, self.sealer, self.heads, self.recollection, Authorship())
        self.connect(5)

    def connect(self, next_seq: int) -> None:
        self.ana.begin()
        self.ana.enter(next_seq)

    def say(self, *texts: str) -> list[str]:
        return [self.ana.say(Text(text=text), NOW) for text in texts]

    def sent(self) -> list[Letter]:
        """Return what is sent now, all of it."""
        return [self.sealer.open(token) for token in iter(lambda: self.ana.next_token(NOW), None)]

    def places(self, letter: Letter) -> list[int]:
        """Return the chunks below 20 in which somebody may have seen a message of ours."""
        heads = (Head(seq, letter.digest) for seq in range(20))
        return [head.seq for head in heads if not self.heads.differs([head])]


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_what_we_say_is_signed_numbered_and_dated(stage: Stage) -> None:
    identities = stage.say("one", "two")
    letters = stage.sent()
    envelopes = [letter.envelope for letter in letters]
    assert [letter.id for letter in letters] == identities
    assert [each.counter for each in envelopes] == [1, 2]
    assert [each.content for each in envelopes] == [Text(text="one"), Text(text="two")]
    assert {(each.name, each.key, each.run) for each in envelopes} == {("Ana", ANA.person.key, RUN)}
    assert {each.at for each in envelopes} == {NOW * 1000}


def test_a_token_says_which_of_our_connections_it_is_on_and_in_which_place(stage: Stage) -> None:
    stage.say("one", "two")
    assert [(letter.link, letter.index) for letter in stage.sent()] == [(1, 1), (1, 2)]
    stage.connect(9)
    stage.say("three")
    places = [(each.envelope.counter, each.link, each.index) for each in stage.sent()]
    assert places == [(1, 2, 1), (2, 2, 2), (3, 2, 3)]
    assert stage.sent() == []


def test_each_token_names_the_imprint_of_the_one_before_it_on_its_connection(stage: Stage) -> None:
    stage.say("one", "two", "three")
    tokens = list(iter(lambda: stage.ana.next_token(NOW), None))
    first, second, third = map(stage.sealer.unlock, tokens)
    assert first.letter.before == NONE_BEFORE
    assert (second.letter.before, third.letter.before) == (first.imprint, second.imprint)


def test_what_is_sent_again_names_what_stands_before_it_on_the_new_connection(
    stage: Stage,
) -> None:
    stage.say("one", "two")
    old = list(map(stage.sealer.unlock, iter(lambda: stage.ana.next_token(NOW), None)))
    stage.connect(9)
    stage.ana.card(NOW)
    stage.say("three")
    new = list(map(stage.sealer.unlock, iter(lambda: stage.ana.next_token(NOW), None)))
    befores = [each.letter.before for each in new]
    assert befores == [NONE_BEFORE, new[0].imprint, new[1].imprint]
    assert old[0].imprint != new[0].imprint


def test_what_is_sent_again_is_the_same_message(stage: Stage) -> None:
    stage.say("one")
    (first,) = stage.sent()
    stage.heads.lead(BIAS, Head(5, b"d" * 32))
    stage.connect(9)
    (again,) = stage.sent()
    assert again.envelope == first.envelope
    assert again.digest == first.digest


def test_each_message_names_the_one_before_it(stage: Stage) -> None:
    stage.say("one", "two")
    one, two = stage.sent()
    stage.connect(9)
    stage.say("three")
    assert [letter.envelope.after for letter in (one, two, stage.sent()[-1])] == [
        b"",
        one.digest,
        two.digest,
    ]


def test_each_message_names_what_was_new_when_it_was_said(stage: Stage) -> None:
    stage.heads.since = 5
    heads = [Head(seq, bytes([seq]) * 32) for seq in (6, 7)]
    stage.heads.lead(BIAS, heads[0])
    stage.say("one")
    stage.heads.lead(BIAS, heads[1])
    stage.say("two", "three")
    assert [each.envelope.heads for each in stage.sent()] == [(heads[0],), (heads[1],), ()]


def test_each_message_says_from_where_on_we_were_shown_everything(stage: Stage) -> None:
    stage.heads.since = 5
    stage.say("one")
    stage.heads.since = 9
    stage.say("two")
    assert [each.envelope.since for each in stage.sent()] == [5, 9]


def test_a_card_is_in_place_zero_and_names_nothing(stage: Stage) -> None:
    stage.heads.since = 5
    stage.heads.lead(BIAS, Head(6, b"d" * 32))
    stage.say("one")
    stage.heads.lead(BIAS, Head(7, b"e" * 32))
    card = stage.sealer.open(stage.ana.card(NOW).encode())
    assert (card.link, card.index, card.envelope.counter) == (1, 0, 0)
    assert (card.envelope.after, card.envelope.seen, card.envelope.since) == (b"", (), 0)
    assert card.envelope.content == Card(wrap_key=ANA.wrap_key)
    assert stage.heads.take() == (Head(7, b"e" * 32),), "the card took none of them"


# What is known to be kept.


def test_what_is_acknowledged_is_told_once(stage: Stage) -> None:
    identities = stage.say("one", "two", "three")
    stage.sent()
    assert stage.ana.acknowledged(Ack(2, 6)) == identities[:2]
    assert stage.ana.acknowledged(Ack(2, 6)) == []
    assert stage.ana.acknowledged(Ack(3, 7)) == identities[2:]
    assert len(stage.ana.outbox) == 0


def test_an_ack_of_what_was_never_sent_acknowledges_nothing(stage: Stage) -> None:
    stage.say("one")
    assert stage.ana.acknowledged(Ack(1, 6)) == []
    stage.sent()
    assert stage.ana.acknowledged(Ack(2, 6)) == []
    assert len(stage.ana.outbox) == 1


def test_before_its_ack_a_message_may_be_anywhere(stage: Stage) -> None:
    stage.say("one")
    (one,) = stage.sent()
    assert stage.places(one) == list(range(20))


def test_an_ack_says_where_the_last_message_is_and_between_what_the_others_are(
    stage: Stage,
) -> None:
    stage.say("one", "two", "three", "four")
    one, two, three, four = stage.sent()
    stage.ana.acknowledged(Ack(2, 8))
    stage.ana.acknowledged(Ack(4, 11))
    assert stage.places(one) == [5, 6, 7, 8]
    assert stage.places(two) == [8]
    assert stage.places(three) == [9, 10, 11]
    assert stage.places(four) == [11]


def test_what_was_sent_before_a_cut_may_have_been_kept_then(stage: Stage) -> None:
    stage.say("one")
    (one,) = stage.sent()
    stage.connect(9)
    stage.sent()
    stage.ana.acknowledged(Ack(1, 9))
    assert stage.places(one) == [5, 6, 7, 8, 9]


def test_what_comes_back_from_the_log_is_kept_and_told_once(stage: Stage) -> None:
    stage.say("one", "two")
    one, two = stage.sent()
    stage.connect(9)
    assert stage.ana.found(one, 6)
    assert not stage.ana.found(one, 6)
    assert [letter.envelope.counter for letter in stage.sent()] == [2], "one is not sent again"
    assert [draft.digest for draft in stage.ana.outbox] == [two.digest]


def test_what_came_back_from_the_log_is_no_news_to_an_ack(stage: Stage) -> None:
    stage.say("one")
    (one,) = stage.sent()
    stage.connect(9)
    stage.sent()
    assert stage.ana.found(one, 6)
    assert stage.ana.acknowledged(Ack(1, 9)) == []
    assert stage.ana.outbox.take() is None


def test_our_own_last_message_is_named_like_anybodys(stage: Stage) -> None:
    stage.say("one", "two")
    _one, two = stage.sent()
    stage.ana.acknowledged(Ack(2, 6))
    stage.say("three", "four")
    assert [each.envelope.heads for each in stage.sent()] == [(Head(6, two.digest),), ()]


def test_what_we_said_is_remembered_for_a_later_run(stage: Stage) -> None:
    stage.say("one", "two")
    one, _two = stage.sent()
    stage.ana.acknowledged(Ack(2, 6))
    assert stage.recollection.marks() == (Mark(ANA.person.key, RUN, 1, 2),)
    assert stage.recollection.position == 6
    stage.ana.found(one, 7)
    assert stage.recollection.position == 7


def test_who_does_not_name_what_we_said_and_is_further_on_was_not_shown_it(stage: Stage) -> None:
    stage.say("one")
    stage.sent()
    later = [Head(9, b"d" * 32)]
    assert not stage.ana.witness.misses(later, since=1), "it is not acknowledged yet"
    stage.ana.acknowledged(Ack(1, 6))
    assert stage.ana.witness.misses(later, since=1)


# A new key for the room.


def test_our_share_of_a_new_key_is_found_among_the_others(stage: Stage) -> None:
    shares = (Share(to=EVE.person.key, wrapped=b"hers"), Share(to=ANA.person.key, wrapped=b"mine"))
    assert stage.ana.share_in(Rekey(room=KEY.room, shares=shares, is_last=True)) == b"mine"


def test_who_is_left_out_has_no_share(stage: Stage) -> None:
    shares = (Share(to=EVE.person.key, wrapped=b"hers"),)
    assert stage.ana.share_in(Rekey(room=KEY.room, shares=shares, is_last=True)) is None
