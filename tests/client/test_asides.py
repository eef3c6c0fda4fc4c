import pytest

from sussurro_client.acquaintances import Acquaintance, Acquaintances
from sussurro_client.asides import Aside, addressee, asides_of, receiver
from sussurro_client.errors import ClientError
from sussurro_client.events import Person, Standing
from sussurro_client.fingerprint import words_of
from sussurro_client.vouching import Whom

BIA = Person("Bia", b"b" * 32)
ANA = Person("Ana", b"a" * 32)
ANA_LIMA = Person("Ana Lima", b"l" * 32)
TWIN = Person("Ana", b"t" * 32)


class Met:
    """Somebody who has met people, in that order."""

    def __init__(self, *people: Person) -> None:
        self._met = Acquaintances(BIA)
        for person in people:
            self._met.meet(person)

    @property
    def acquaintances(self) -> tuple[Acquaintance, ...]:
        return tuple(self._met)

    def standing(self, person: Person) -> Standing:
        return self._met.standing(person)

    def trust(self, person: Person) -> None:
        self._met.trust(person)


@pytest.mark.parametrize(
    ("argument", "asides"),
    [
        ("", []),
        ("Ana", [("Ana", "")]),
        (" Ana  one\n two", [("Ana", "one\n two"), ("Ana one", "two"), ("Ana one two", "")]),
        ('"Ana Lima" one "two"', [("Ana Lima", 'one "two"')]),
        ("“Ana Lima” one", [("Ana Lima", "one")]),
        ('"Ana one', [('"Ana', "one"), ('"Ana one', "")]),
    ],
)
def test_a_name_may_have_spaces_or_quotes_around_it(
    argument: str, asides: list[tuple[str, str]]
) -> None:
    assert list(asides_of(argument)) == [Aside(*each) for each in asides]


def test_a_line_of_many_words_is_read_quickly() -> None:
    assert len(asides_of("a " * 30_000)) < 1_000


@pytest.mark.parametrize(
    ("argument", "meant"),
    [
        ("Ana Oi, Ana", (ANA, "Oi, Ana")),
        ('"Ana Lima" Oi', (ANA_LIMA, "Oi")),
        ('"Ana" Lima says', (ANA, "Lima says")),
    ],
)
def test_the_one_who_is_meant_is_found(argument: str, meant: tuple[Person, str]) -> None:
    assert addressee(Met(ANA, ANA_LIMA), asides_of(argument)) == meant


@pytest.mark.parametrize(
    ("argument", "sentence"),
    [
        ("", "Say for whom, and what"),
        ("Ana", "Say for whom, and what"),
        ("Eve Oi", "Nobody called Eve was met here."),
        ("Ana Lima Oi", 'may be for any of these, and nothing was sent: "Ana", "Ana Lima"'),
    ],
)
def test_what_is_for_nobody_or_perhaps_for_another_is_refused(argument: str, sentence: str) -> None:
    with pytest.raises(ClientError, match=sentence):
        addressee(Met(ANA, ANA_LIMA), asides_of(argument))


@pytest.mark.parametrize(
    ("argument", "sentence"),
    [
        ("", "Say for whom, and which file: /sendto name path"),
        ("Ana", "Say for whom, and which file: /sendto name path"),
        ("Ana Lima a.png", 'in quotes: /sendto "name" path'),
    ],
)
def test_of_a_file_it_is_said_how_files_are_sent(argument: str, sentence: str) -> None:
    with pytest.raises(ClientError, match=sentence):
        addressee(Met(ANA, ANA_LIMA), asides_of(argument), is_file=True)


def test_of_two_with_one_name_it_goes_to_the_one_whose_name_it_is() -> None:
    met = Met(ANA, TWIN)
    assert addressee(met, asides_of("Ana Oi")) == (ANA, "Oi")
    met.trust(TWIN)
    assert addressee(met, asides_of("Ana Oi")) == (TWIN, "Oi")


def test_whoever_has_a_name_that_is_not_theirs_gets_nothing() -> None:
    with pytest.raises(
        ClientError, match=r"Nothing was sent: Bia has another identity.*/trust Bia"
    ):
        addressee(Met(Person("Bia", b"x" * 32)), asides_of("Bia Oi"))


def test_a_long_text_among_many_people_is_looked_up_and_not_compared_with_each(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked: list[str] = []

    def look(name: str) -> str:
        looked.append(name)
        return name

    monkeypatch.setattr("sussurro_client.vouching.safe_name", look)
    met = Met(*(Person(f"P{number}", number.to_bytes(32, "big")) for number in range(100)))
    assert addressee(met, asides_of("P7 " + "word " * 60))[0].name == "P7"
    assert len(looked) <= 100 + 64


def test_a_program_names_one_person_and_tells_namesakes_apart_by_the_fingerprint() -> None:
    met = Met(ANA, TWIN)
    first, second = words_of(ANA.key), words_of(TWIN.key)
    assert receiver(met, Whom("Ana")) == ANA
    assert receiver(met, Whom("Ana", first.split("-")[0])) == ANA
    assert receiver(met, Whom("Ana", second)) == TWIN
    with pytest.raises(ClientError, match="Nothing was sent: Ana has another identity"):
        receiver(met, Whom("Ana", second.split("-")[0]))
    with pytest.raises(ClientError, match="Nobody called Ana with this fingerprint was met here"):
        receiver(met, Whom("Ana", "babab"))
    with pytest.raises(ClientError, match="Nobody called Eve was met here"):
        receiver(met, Whom("Eve"))
