"""What the README promises to somebody who has never seen it: from nothing to a talk."""

import stat

from tests.journey.conftest import SitDown
from tests.support.people import Person
from tests.support.terminal import ENTER, TAB


def makes_a_room(person: Person, name: str) -> str:
    """Make a key in the assistant and go in; return the room's five words."""
    person.sees(
        "Make a new room",
        "A room is opened by its key: everybody in it has the same one, and nobody else.",
        "Paste a key",
        "Read a QR code",
    )
    person.presses(ENTER)
    words = told_words(person)
    person.sees("Give the key to your friends by a safe way, and to nobody else.")
    goes_in(person, name)
    return words


def pastes_the_key(person: Person, key: str, name: str) -> str:
    """Paste a key in the assistant and go in; return the room's five words."""
    person.sees("Paste a key")
    person.presses(TAB, ENTER)
    person.sees("Paste the key that you were given.")
    person.pastes(key)
    person.hears("••••")
    person.presses(ENTER)
    words = told_words(person)
    goes_in(person, name)
    return words


def told_words(person: Person) -> str:
    person.sees("You have a key")
    return person.five_words("Its fingerprint: {words}")


def goes_in(person: Person, name: str) -> None:
    person.presses(ENTER)
    answers_for_a_name(person, name)


def answers_for_a_name(person: Person, name: str) -> None:
    person.sees("What should the others call you?")
    person.types(name)


def test_a_room_is_made_a_friend_pastes_its_key_and_they_talk(sit_down: SitDown) -> None:
    ana = sit_down("first")
    words = makes_a_room(ana, "Ana")
    ana.is_in(1)
    key = ana.folder / "key.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600

    bia = sit_down("second")
    assert pastes_the_key(bia, key.read_text(), "Bia") == words
    bia.is_in(2)
    ana.is_in(2)
    ana.types("Oi! Você me ouve?")
    bia.hears("Ana Oi! Você me ouve?")
    bia.types("Ouço, sim 🙂")
    ana.hears("Bia Ouço, sim 🙂")

    assert bia.leaves() == 0
    ana.is_in(1)
    assert ana.leaves() == 0
    for person in (ana, bia):
        assert person.terminal.is_in_line_mode
        assert b"Traceback" not in person.terminal.written


def test_a_friend_who_has_the_key_as_a_file_is_asked_for_a_name_alone(sit_down: SitDown) -> None:
    ana = sit_down("third")
    makes_a_room(ana, "Ana")
    ana.is_in(1)
    bia = sit_down("fourth", key=(ana.folder / "key.key").read_text())
    answers_for_a_name(bia, "Bia")
    bia.is_in(2)
    bia.types("Cheguei")
    ana.hears("Bia Cheguei")
    assert bia.leaves() == 0
    assert ana.leaves() == 0
