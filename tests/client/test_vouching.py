import pytest

from sussurro_client.acquaintances import Acquaintance, Acquaintances
from sussurro_client.errors import ClientError
from sussurro_client.events import Person, Standing
from sussurro_client.fingerprint import words_of
from sussurro_client.vouching import Whom, called, fits, readings_of, trust

ME = Person("Ana", b"a" * 32)
BIA = Person("Bia", b"b" * 32)
TWIN = Person("Bia", b"t" * 32)
MARIA = Person("Maria da Luz", b"m" * 32)


class Acquainted:
    """Has met people, and nothing else."""

    def __init__(self, *people: Person) -> None:
        self.met = Acquaintances(ME)
        for person in people:
            self.met.meet(person)

    @property
    def acquaintances(self) -> tuple[Acquaintance, ...]:
        return tuple(self.met)

    def trust(self, person: Person) -> None:
        self.met.trust(person)

    @property
    def verified(self) -> set[Person]:
        return {each.person for each in self.met if each.is_verified}


def first_words(person: Person, count: int = 2) -> str:
    return "-".join(words_of(person.key).split("-")[:count])


@pytest.mark.parametrize("count", range(6))
def test_any_beginning_of_the_five_words_will_do(count: int) -> None:
    session = Acquainted(BIA)
    words = first_words(BIA, count)
    assert trust(session, readings_of(f"Bia {words}")) == BIA
    assert session.met.standing(BIA) is Standing.VERIFIED


def test_words_may_be_parted_by_spaces_and_written_large() -> None:
    words = words_of(BIA.key)
    assert fits(words.upper().replace("-", "  "), BIA.key)
    assert fits("", BIA.key)


def test_half_a_word_a_wrong_one_or_one_too_many_does_not_fit() -> None:
    words = words_of(BIA.key)
    assert not fits(words[:3], BIA.key)
    assert not fits(words_of(TWIN.key), BIA.key)
    assert not fits(f"{words}-babab", BIA.key)


def test_words_that_do_not_fit_are_a_sentence_and_nothing_is_done() -> None:
    session = Acquainted(BIA)
    with pytest.raises(ClientError, match=r"not how the fingerprint of Bia begins"):
        trust(session, readings_of(f"Bia {first_words(TWIN)}"))
    assert session.verified == set()


@pytest.mark.parametrize("typed", ["Caio", "Caio fabip-tufus", "bia", "Ana", "\x1b[2J"])
def test_nobody_of_that_name_is_a_sentence(typed: str) -> None:
    session = Acquainted(BIA)
    with pytest.raises(ClientError, match=r"Nobody called .* was met here\.") as raised:
        trust(session, readings_of(typed))
    assert str(raised.value).isprintable()
    assert session.verified == set()


def test_without_a_name_it_is_said_how_to_write_it() -> None:
    with pytest.raises(ClientError, match="/trust name"):
        trust(Acquainted(BIA), readings_of("  "))


def test_of_two_with_one_name_none_is_trusted_and_each_is_listed() -> None:
    session = Acquainted(BIA, TWIN)
    with pytest.raises(ClientError) as raised:
        trust(session, readings_of("Bia"))
    assert words_of(BIA.key) in str(raised.value)
    assert words_of(TWIN.key) in str(raised.value)
    assert session.verified == set()


def test_of_two_with_one_name_the_words_choose_and_the_name_becomes_theirs() -> None:
    session = Acquainted(BIA, TWIN)
    assert trust(session, readings_of(f"Bia {first_words(TWIN)}")) == TWIN
    assert session.met.standing(TWIN) is Standing.VERIFIED
    assert session.met.standing(BIA) is Standing.CHANGED


def test_names_that_only_look_the_same_are_the_same() -> None:
    unseen = Person("Bia\u200b", b"u" * 32)
    session = Acquainted(BIA, unseen)
    with pytest.raises(ClientError, match="may be any of these"):
        trust(session, readings_of("Bia"))


def test_a_name_with_spaces_is_found_with_words_and_without() -> None:
    for typed in ("Maria da Luz", f"Maria  da Luz {first_words(MARIA)}"):
        assert trust(Acquainted(MARIA), readings_of(typed)) == MARIA


def test_a_name_that_ends_in_the_words_of_another_cannot_catch_the_trust() -> None:
    thief = Person(f"Bia {first_words(BIA)}", b"e" * 32)
    session = Acquainted(thief, BIA)
    with pytest.raises(ClientError, match="may be any of these"):
        trust(session, readings_of(f"Bia {first_words(BIA)}"))
    assert session.verified == set()
    assert trust(session, readings_of(f"Bia {words_of(BIA.key)}")) == BIA


def test_fingerprints_are_shown_of_oneself_of_one_and_of_all_namesakes() -> None:
    session = Acquainted(BIA, TWIN, MARIA)
    assert called(session, ME, "") == (ME,)
    assert called(session, ME, " Ana ") == (ME,)
    assert called(session, ME, "Maria da Luz") == (MARIA,)
    assert called(session, ME, "Bia") == (BIA, TWIN)
    with pytest.raises(ClientError, match="Nobody called Caio"):
        called(session, ME, "Caio")


def test_a_name_given_apart_is_only_a_name() -> None:
    session = Acquainted(BIA)
    with pytest.raises(ClientError, match="Nobody called"):
        trust(session, (Whom(f"Bia {first_words(BIA)}"),))


def test_many_words_among_many_people_are_looked_up_and_not_compared_with_each(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked: list[str] = []

    def look(name: str) -> str:
        looked.append(name)
        return name

    monkeypatch.setattr("sussurro_client.vouching.safe_name", look)
    session = Acquainted(
        *(Person(f"P{number}", number.to_bytes(32, "big")) for number in range(100))
    )
    with pytest.raises(ClientError):
        trust(session, readings_of("P7 " + "word " * 60))
    assert len(looked) <= 100 + 64 + 1
