import pytest

from sussurro_client.envelope import Sealer
from sussurro_client.errors import EnvelopeError, Flaw
from sussurro_client.people import Arrival, People
from tests.client.scenes import BIA, EVE, KEY, OTHER_KEY, Voice, member


@pytest.fixture
def people() -> People:
    return People(Sealer(KEY))


def test_whose_card_arrived_is_present_until_the_session_ends(people: People) -> None:
    bia = Voice(BIA)
    assert people.arrive("s1", bia.card()) == (bia.card_letter(), Arrival.NEW)
    assert people.present() == (BIA.person,)
    assert people.depart("s1") == BIA.person
    assert people.present() == ()


def test_a_card_that_comes_again_is_no_arrival(people: People) -> None:
    bia = Voice(BIA)
    people.arrive("s1", bia.card())
    assert people.arrive("s1", bia.card()) == (bia.card_letter(), Arrival.KNOWN)


def test_a_departure_of_nobody_known_names_nobody(people: People) -> None:
    assert people.depart("s9") is None


def test_one_person_in_two_sessions_comes_with_the_first_and_leaves_with_the_last(
    people: People,
) -> None:
    bia = Voice(BIA)
    assert people.arrive("s1", bia.card())[1] is Arrival.NEW
    bia.reconnect()
    assert people.arrive("s2", bia.card())[1] is Arrival.KNOWN
    assert people.present() == (BIA.person,)
    assert people.depart("s1") is None
    assert people.present() == (BIA.person,)
    assert people.depart("s2") == BIA.person
    assert people.present() == ()


def test_the_card_of_another_session_is_a_replay_also_when_that_one_has_ended(
    people: People,
) -> None:
    card = Voice(BIA).card()
    people.arrive("s1", card)
    assert people.arrive("s2", card)[1] is Arrival.REPLAYED
    people.depart("s1")
    people.clear()
    assert people.arrive("s3", card)[1] is Arrival.REPLAYED
    assert people.present() == ()
    assert people.arrive("s1", card)[1] is Arrival.NEW


def test_a_message_is_no_card(people: People) -> None:
    with pytest.raises(EnvelopeError) as caught:
        people.arrive("s1", Voice(BIA).token("Oi").decode())
    assert caught.value.flaw is Flaw.FORGED
    assert people.present() == ()


def test_a_card_of_another_room_names_nobody(people: People) -> None:
    with pytest.raises(EnvelopeError) as caught:
        people.arrive("s1", Voice(member("Bia", 2, OTHER_KEY)).card())
    assert caught.value.flaw is Flaw.UNDECRYPTABLE


def test_those_not_on_the_roster_are_not_here(people: People) -> None:
    people.arrive("s1", Voice(BIA).card())
    people.arrive("s2", Voice(EVE).card())
    people.keep_only({"s2", "s3"})
    assert people.present() == (EVE.person,)


def test_an_altered_card_names_nobody(people: People) -> None:
    card = Voice(BIA).card()
    with pytest.raises(EnvelopeError) as caught:
        people.arrive("s1", card[:-9] + "AAAAAAAA" + card[-1:])
    assert caught.value.flaw is Flaw.UNDECRYPTABLE
    assert people.present() == ()


def test_who_is_here_can_be_forgotten(people: People) -> None:
    bia = Voice(BIA)
    people.arrive("s1", bia.card())
    people.clear()
    assert people.present() == ()
    assert people.arrive("s1", bia.card()) == (bia.card_letter(), Arrival.NEW)
