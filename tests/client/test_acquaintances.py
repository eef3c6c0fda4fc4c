from collections.abc import Callable

import pytest

from sussurro_client.acquaintances import Acquaintance, Acquaintances
from sussurro_client.events import Person, Standing
from tests.client.scenes import ANA, BIA, EVE

IMPOSTOR = Person(BIA.name, EVE.person.key)
OTHER_ANA = Person(ANA.name, EVE.person.key)


@pytest.fixture
def known() -> Acquaintances:
    return Acquaintances(ANA.person)


def test_a_name_belongs_to_the_key_it_was_first_seen_with(known: Acquaintances) -> None:
    assert known.meet(BIA.person) == (Standing.KNOWN, False)
    assert known.meet(IMPOSTOR) == (Standing.CHANGED, True)
    assert known.meet(IMPOSTOR) == (Standing.CHANGED, False), "told once"
    assert known.meet(BIA.person) == (Standing.KNOWN, False)


def test_my_own_name_is_mine_from_the_beginning(known: Acquaintances) -> None:
    assert known.meet(OTHER_ANA) == (Standing.CHANGED, True)
    assert known.meet(ANA.person) == (Standing.VERIFIED, False)


def test_one_key_may_have_many_names(known: Acquaintances) -> None:
    assert known.meet(EVE.person) == (Standing.KNOWN, False)
    assert known.meet(Person("Evelyn", EVE.person.key)) == (Standing.KNOWN, False)


def test_somebody_never_met_does_not_have_the_name(known: Acquaintances) -> None:
    assert known.standing(BIA.person) is Standing.CHANGED


# When fingerprints were compared.


def test_whose_fingerprint_was_compared_is_verified(known: Acquaintances) -> None:
    known.meet(BIA.person)
    known.trust(BIA.person)
    assert known.standing(BIA.person) is Standing.VERIFIED


def test_a_name_passes_to_whom_it_was_found_to_belong(known: Acquaintances) -> None:
    known.meet(BIA.person)
    known.meet(IMPOSTOR)
    known.trust(IMPOSTOR)
    assert known.standing(IMPOSTOR) is Standing.VERIFIED
    assert known.standing(BIA.person) is Standing.CHANGED
    owners = {each.person: each.is_owner for each in known}
    assert owners == {BIA.person: False, IMPOSTOR: True}


def test_a_name_can_pass_back(known: Acquaintances) -> None:
    known.meet(BIA.person)
    known.meet(IMPOSTOR)
    for person in (IMPOSTOR, BIA.person):
        known.trust(person)
    assert known.standing(BIA.person) is Standing.VERIFIED
    assert known.standing(IMPOSTOR) is Standing.CHANGED


def test_my_own_name_stays_mine_whomever_i_trust(known: Acquaintances) -> None:
    known.meet(OTHER_ANA)
    known.trust(OTHER_ANA)
    assert known.standing(ANA.person) is Standing.VERIFIED
    assert known.standing(OTHER_ANA) is Standing.CHANGED


# What is kept between runs.


def test_a_later_run_knows_whom_an_earlier_one_met() -> None:
    earlier = Acquaintances(ANA.person)
    for person in (BIA.person, IMPOSTOR, EVE.person):
        earlier.meet(person)
    earlier.trust(IMPOSTOR)
    later = Acquaintances(ANA.person, earlier)
    assert later.standing(IMPOSTOR) is Standing.VERIFIED
    assert later.meet(BIA.person) == (Standing.CHANGED, False)
    assert later.meet(EVE.person) == (Standing.KNOWN, False)
    assert not later.is_changed


def test_who_i_am_now_is_not_taken_from_whom_i_met() -> None:
    """Whoever takes a friend's name for a while has that name, and the friend is another."""
    earlier = Acquaintances(ANA.person)
    earlier.meet(BIA.person)
    later = Acquaintances(Person(BIA.name, ANA.person.key), earlier)
    assert later.standing(BIA.person) is Standing.CHANGED
    again = Acquaintances(BIA.person, earlier)
    assert again.standing(BIA.person) is Standing.VERIFIED
    assert list(again) == []


@pytest.mark.parametrize("wrap_key", [b"w" * 32, b"w" * 1216], ids=["plain", "hybrid"])
def test_what_secrets_are_wrapped_with_is_kept_with_the_person(
    known: Acquaintances, wrap_key: bytes
) -> None:
    known.meet(BIA.person)
    known.note_wrap_key(BIA.person, wrap_key)
    known.trust(BIA.person)
    assert list(known) == [Acquaintance(BIA.person, True, True, wrap_key)]


def test_the_last_key_to_wrap_with_is_kept_and_none_takes_it_away(known: Acquaintances) -> None:
    known.meet(BIA.person)
    for wrap_key in (b"one", b"two", b""):
        known.note_wrap_key(BIA.person, wrap_key)
    assert [each.wrap_key for each in known] == [b"two"]


def test_nobody_unknown_is_met_by_a_key_to_wrap_with(known: Acquaintances) -> None:
    known.note_wrap_key(BIA.person, b"w" * 32)
    known.note_wrap_key(ANA.person, b"w" * 32)
    assert list(known) == []
    assert not known.is_changed


def test_there_is_something_to_keep_when_and_only_when_something_is_new(
    known: Acquaintances,
) -> None:
    def is_news(happens: Callable[[], object]) -> bool:
        happens()
        changed, known.is_changed = known.is_changed, False
        return changed

    assert is_news(lambda: known.meet(BIA.person))
    assert not is_news(lambda: known.meet(BIA.person))
    assert is_news(lambda: known.note_wrap_key(BIA.person, b"w"))
    assert not is_news(lambda: known.note_wrap_key(BIA.person, b"w"))
    assert is_news(lambda: known.trust(BIA.person))


def test_names_without_end_take_no_memory_without_end_and_no_name_from_its_owner(
    known: Acquaintances, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sussurro_client.acquaintances._MAX_PEOPLE", 10)
    known.meet(BIA.person)
    flood = [known.meet(Person(f"name {number}", EVE.person.key)) for number in range(50)]
    assert flood == [(Standing.KNOWN, False)] * 9 + [(Standing.CHANGED, False)] * 41
    assert known.meet(BIA.person) == (Standing.KNOWN, False)
    impostors = [known.meet(Person(BIA.name, bytes([number]) * 32)) for number in range(50, 100)]
    assert impostors == [(Standing.CHANGED, False)] * 50
    assert len(list(known)) == 10


@pytest.mark.parametrize("name", ["Bia\u200b", "Bia ", "Bia\u2800", "Bi\u202ea"])
def test_a_name_that_only_looks_the_same_is_the_same(name: str) -> None:
    met = Acquaintances(ANA.person)
    met.meet(BIA.person)
    assert met.meet(Person(name, EVE.person.key))[0] is Standing.CHANGED


def test_everybody_met_is_there_but_me_in_the_order_of_meeting(known: Acquaintances) -> None:
    for person in (EVE.person, ANA.person, BIA.person, IMPOSTOR):
        known.meet(person)
    assert [each.person for each in known] == [EVE.person, BIA.person, IMPOSTOR]
