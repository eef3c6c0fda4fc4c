import base64

from hypothesis import given, settings
from hypothesis import strategies as st

from sussurro_relay.cards import Cards

steady = settings(derandomize=True, deadline=None, max_examples=300)
legal = st.from_regex(r"gAAAA[A-Za-z0-9_-]{0,40}={0,2}", fullmatch=True)


def test_a_card_takes_three_quarters_of_its_length_and_two_bytes() -> None:
    cards = Cards()
    card = base64.urlsafe_b64encode(b"\x80\0\0\0" + bytes(range(256)) * 6).decode()
    assert cards.get(cards.put(card)) == card
    assert len(cards._buffer) == len(card) // 4 * 3 + 2 - card.count("=")


@steady
@given(legal)
def test_whatever_stands_on_a_card_is_told_as_it_came(card: str) -> None:
    """Others than base64 writes it are legal on the wire, and nobody here may mend them."""
    cards = Cards()
    assert cards.get(cards.put(card)) == card


@steady
@given(st.lists(legal, min_size=1, max_size=10), st.data())
def test_cards_that_move_are_the_same(some: list[str], data: st.DataObject) -> None:
    cards, other = Cards(), Cards()
    places = [cards.put(card) for card in some]
    kept = data.draw(st.sets(st.sampled_from(range(len(some)))))
    moved = {index: cards.move_to(other, places[index]) for index in kept}
    assert {index: other.get(place) for index, place in moved.items()} == {
        index: some[index] for index in kept
    }


def test_they_should_move_together_once_more_lies_waste_than_is_kept() -> None:
    cards = Cards()
    places = [cards.put("gAAAA" + "A" * 1000 + "!") for _ in range(200)]
    for place in places[:100]:
        cards.drop(place)
        assert not cards.is_wasteful
    cards.drop(places[100])
    assert cards.is_wasteful
