"""Two people at two terminals: all that one does with words is seen by the other."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from tests.journey.conftest import SitDown
from tests.support.people import Person
from tests.support.programs import Chat, Relay


@pytest.fixture(scope="module")
def key(language: str) -> str:  # noqa: ARG001 - a room for each
    return Fernet.generate_key().decode()


@pytest.fixture(scope="module")
def ana(sit_down: SitDown, key: str) -> Person:
    return sit_down("ana", "--name", "Ana", key=key)


@pytest.fixture(scope="module")
def bia(sit_down: SitDown, key: str, ana: Person) -> Person:
    ana.is_in(1)
    bia = sit_down("bia", "--name", "Bia", key=key)
    for person in (ana, bia):
        person.is_in(2)
    return bia


@pytest.fixture
def caio(tmp_path: Path, key: str, relay: Relay) -> Iterator[Chat]:
    """Let a third member in, who sees all that the relay gives to holders of the key."""
    chat = Chat(tmp_path / "caio", key, "Caio", relay.address)
    chat.wait_event("connected")
    yield chat
    chat.close()


def test_an_answer_stands_below_what_it_answers_at_both_ends(ana: Person, bia: Person) -> None:
    ana.types("Vamos ao cinema no sábado?")
    bia.hears("Vamos ao cinema no sábado?")
    bia.types("/reply Vamos! Às oito?")
    for person in (ana, bia):
        person.hears("↪ Ana: Vamos ao cinema no sábado? Vamos! Às oito?")


def test_a_text_is_put_right_and_says_so(ana: Person, bia: Person) -> None:
    ana.types("Comprei quatro entardas")
    bia.hears("Comprei quatro entardas")
    ana.types("/edit Comprei quatro entradas")
    for person in (ana, bia):
        person.hears(f"Comprei quatro entradas {person.words('(edited)')}")
        assert "entardas" not in person.reads


def test_a_text_is_taken_back(ana: Person, bia: Person) -> None:
    ana.types("Isto não devia estar aqui")
    bia.hears("Isto não devia estar aqui")
    ana.types("/delete")
    for person in (ana, bia):
        person.hears("Isto não devia estar aqui", gone=True)
        person.sees("deleted")


def test_an_emoji_stands_beside_a_text_until_it_is_taken_back(ana: Person, bia: Person) -> None:
    ana.types("Quem leva a pipoca?")
    bia.hears("Quem leva a pipoca?")
    bia.types("/react 🍿")
    ana.hears("🍿 1")
    bia.hears(f"🍿 1 {bia.words('(you)')}")
    bia.types("/react 🍿")
    ana.hears("🍿", gone=True)


def test_what_one_does_is_told_with_the_name(ana: Person, bia: Person) -> None:
    bia.types("/me procura as chaves")
    for person in (ana, bia):
        person.hears("* Bia procura as chaves")


def test_a_private_text_reaches_one_person_alone(ana: Person, bia: Person, caio: Chat) -> None:
    for person in (ana, bia):
        person.is_in(3)
    ana.types("/msg Bia O presente está no armário")
    bia.hears(f"◆ {bia.words('private')} O presente está no armário")
    told = ana.words("private · for {name}", name="Bia")
    ana.hears(f"◆ {told} O presente está no armário")
    ana.types("Isto é para todos")
    caio.wait_event("message", text="Isto é para todos")
    assert "armário" not in repr(caio.events)
    caio.leave()
    ana.is_in(2)


def test_friends_compare_five_words_and_one_is_marked_from_then_on(
    ana: Person, bia: Person
) -> None:
    bia.types("/fingerprint")
    words = bia.five_words("Your fingerprint: {words}")
    ana.types("/fingerprint Bia")
    ana.hears(words)
    assert "✓" not in ana.reads
    ana.types(f"/trust Bia {words}")
    ana.hears("✓ Bia")
    bia.types("Agora você sabe que sou eu")
    ana.hears("✓ Bia Agora você sabe que sou eu")


def test_tt_leaves_and_the_terminal_is_as_it_was(ana: Person, bia: Person) -> None:
    """The last of this file, as it ends the talk."""
    assert bia.leaves() == 0
    ana.is_in(1)
    assert ana.leaves() == 0
    for person in (ana, bia):
        assert person.terminal.is_in_line_mode
        assert b"Traceback" not in person.terminal.written
