import pytest

from sussurro_client.envelope import Sealer
from sussurro_client.errors import EnvelopeError, Flaw
from sussurro_client.events import Person
from sussurro_client.people import People
from tests.client.scenes import ANA, BIA, EVE, KEY, OTHER_KEY, Voice, member


@pytest.fixture
def people() -> People:
    return People(Sealer(KEY), ANA.person)


def test_whose_card_arrived_is_present_until_the_session_ends(people: People) -> None:
    assert people.arrive("s1", Voice(BIA).card()) == (BIA.person, True)
    assert people.present() == (BIA.person,)
    assert people.depart("s1") == BIA.person
    assert people.present() == ()


def test_a_card_that_comes_again_is_no_arrival(people: People) -> None:
    people.arrive("s1", Voice(BIA).card())
    assert people.arrive("s1", Voice(BIA).card()) == (BIA.person, False)


def test_a_departure_of_nobody_known_names_nobody(people: People) -> None:
    assert people.depart("s9") is None


def test_one_person_in_two_sessions_is_present_twice(people: People) -> None:
    people.arrive("s1", Voice(BIA).card())
    people.arrive("s2", Voice(BIA).card())
    people.depart("s1")
    assert people.present() == (BIA.person,)


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


def test_a_name_belongs_to_the_key_it_was_first_seen_with(people: People) -> None:
    impostor = Person(BIA.name, EVE.person.key)
    assert people.vouch(BIA.person) == (True, False)
    assert people.vouch(impostor) == (False, True)
    assert people.vouch(impostor) == (False, False)
    assert people.vouch(BIA.person) == (True, False)


def test_my_own_name_is_mine_from_the_beginning(people: People) -> None:
    assert people.vouch(Person(ANA.name, EVE.person.key)) == (False, True)


def test_who_people_are_is_remembered_when_who_is_here_is_forgotten(people: People) -> None:
    people.arrive("s1", Voice(BIA).card())
    people.vouch(BIA.person)
    people.clear()
    assert people.present() == ()
    assert people.vouch(Person(BIA.name, EVE.person.key)) == (False, True)


def test_names_without_end_take_no_memory_without_end_and_no_name_from_its_owner(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sussurro_client.people._MAX_NAMES", 10)
    people.vouch(BIA.person)
    flood = [people.vouch(Person(f"name {number}", EVE.person.key)) for number in range(50)]
    assert flood == [(True, False)] * 8 + [(False, False)] * 42, "Ana and Bia are two of the ten"
    assert people.vouch(BIA.person) == (True, False)
    changes = [people.vouch(Person(BIA.name, bytes([number]) * 32)) for number in range(50, 100)]
    assert changes == [(False, True)] * 10 + [(False, False)] * 40
