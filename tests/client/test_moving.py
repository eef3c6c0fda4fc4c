from dataclasses import replace

import pytest

from sussurro_client.errors import ClientError
from sussurro_client.events import Moved, Person, Standing
from sussurro_client.moving import Offers
from sussurro_client.naming import room_words
from tests.client.scenes import KEY, OTHER_KEY

BIA = Person("Bia", b"b" * 32)
FIRST = Moved(BIA, Standing.KNOWN, KEY.room, b"share", 0, live=True)
SECOND = replace(FIRST, room=OTHER_KEY.room)


def test_the_last_offer_is_taken_unless_words_choose_another() -> None:
    offers = Offers()
    assert offers.hear(FIRST)
    assert offers.hear(SECOND)
    assert offers.choose("") == SECOND
    assert offers.choose(room_words(FIRST.room)) == FIRST
    assert offers.choose(room_words(FIRST.room).split("-")[0]) == FIRST


def test_without_an_offer_or_with_words_that_fit_none_it_is_a_sentence() -> None:
    offers = Offers()
    with pytest.raises(ClientError, match="No new key was offered to you"):
        offers.choose("")
    offers.hear(FIRST)
    with pytest.raises(ClientError, match="you stay where you are"):
        offers.choose(room_words(SECOND.room))


def test_being_left_out_is_news_and_no_offer() -> None:
    offers = Offers()
    assert offers.hear(replace(FIRST, share=None))
    with pytest.raises(ClientError, match="No new key was offered to you"):
        offers.choose("")


def test_an_offer_that_comes_again_is_no_news() -> None:
    offers = Offers()
    offers.hear(FIRST)
    assert not offers.hear(FIRST)
    assert offers.hear(replace(FIRST, who=Person("Eve", b"e" * 32)))


def test_what_is_no_room_is_never_chosen() -> None:
    offers = Offers()
    offers.hear(FIRST)
    offers.hear(replace(FIRST, room="x" * 43))
    assert offers.choose("") == FIRST


def test_no_flood_of_offers_takes_more_than_a_little_memory() -> None:
    offers = Offers()
    for number in range(1000):
        offers.hear(replace(FIRST, who=Person(str(number), b"e" * 32)))
    assert len(offers._offers) == 100
