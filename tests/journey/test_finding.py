"""What was said long before one came, and how it is found."""

import re
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from tests.journey.conftest import SitDown
from tests.support.people import Person
from tests.support.programs import Chat, Relay
from tests.support.terminal import ENTER, ESCAPE, PAGE_UP, TO_END

SAID, LOADED = 300, 100
OLD, NEWER = 12, 250


def text(number: int) -> str:
    return f"Palavra-{number:03} do dia"


@pytest.fixture(scope="session")
def room(tmp_path_factory: pytest.TempPathFactory, relay: Relay) -> str:
    """Return the key of a room in which much has been said."""
    folder: Path = tmp_path_factory.mktemp("talkative")
    key = Fernet.generate_key().decode()
    chat = Chat(folder, key, "Caio", relay.address)
    try:
        chat.wait_event("connected")
        chat.say(*map(text, range(1, SAID + 1)))
        assert chat.leave() == 0
    finally:
        chat.close()
    return key


@pytest.fixture
def dora(sit_down: SitDown, room: str, request: pytest.FixtureRequest) -> Person:
    person = sit_down(request.node.name[:40], "--name", "Dora", key=room)
    person.hears(person.words("connected"), text(SAID))
    return person


def unselects(person: Person) -> None:
    """Go back to the draft; whatever comes at once after Escape would be taken for Alt and that."""
    person.sees("copy")
    person.presses(ESCAPE)
    person.hears(person.words("copy"), gone=True)


def test_an_old_message_is_found_and_gone_to(dora: Person) -> None:
    dora.types(f"/search palavra-{NEWER}")
    dora.sees("Search: {words}", words=f"palavra-{NEWER}")
    dora.hears(text(NEWER))
    assert text(NEWER - 1) not in dora.reads
    dora.presses(ENTER)
    dora.hears(text(NEWER), text(NEWER + 1))
    unselects(dora)
    assert dora.leaves() == 0


def test_what_is_not_loaded_is_found_when_everything_is_searched(dora: Person) -> None:
    dora.types(f"/search palavra-{OLD:03}")
    dora.sees("Search: {words}", words=f"palavra-{OLD:03}")
    told = re.compile(r" 0 [^(]*\((\d+) ")
    dora.terminal.wait_until(lambda: bool(told.search(dora.reads)), "how many are loaded")
    loaded = told.search(dora.reads)
    assert loaded
    assert LOADED <= int(loaded[1]) < SAID - OLD
    dora.presses(ESCAPE)
    dora.hears(dora.words("Search: {words}", words=""), gone=True)
    dora.types(f"/searchall palavra-{OLD:03}")
    found = dora.hears(text(OLD), f"{SAID}")
    assert text(OLD + 1) not in found
    dora.presses(ENTER)
    dora.hears(text(OLD), text(OLD + 1))
    unselects(dora)
    assert dora.leaves() == 0


def test_who_scrolls_up_is_given_what_was_said_before(dora: Person) -> None:
    pages = 0
    while text(1) not in dora.reads:
        dora.turns(PAGE_UP)
        pages += 1
        assert pages < SAID, dora.reads
    dora.sees("this is where it begins")
    dora.hears(text(1), text(2))
    assert dora.leaves() == 0


def test_who_reads_above_is_not_moved_when_something_arrives(
    sit_down: SitDown, relay: Relay, tmp_path: Path
) -> None:
    key = Fernet.generate_key().decode()
    caio = Chat(tmp_path, key, "Caio", relay.address)
    try:
        caio.wait_event("connected")
        caio.say(*map(text, range(1, 81)))
        caio.wait_event("acked")
        dora = sit_down("reader", "--name", "Dora", key=key)
        dora.is_in(2)
        dora.hears(text(80))
        dora.turns(PAGE_UP)
        dora.hears(text(80), gone=True)
        before = said(dora)
        caio.say("Isto é novo")
        dora.hears(dora.number("{count} new below", "{count} new below", 1))
        after = said(dora)  # the line that tells it takes one away below
        assert after == before[: len(after)]
        assert len(before) - len(after) <= 1
        dora.presses(TO_END)
        dora.hears(text(80), "Isto é novo")
        assert dora.leaves() == 0
        caio.leave()
    finally:
        caio.close()


def said(person: Person) -> list[str]:
    """Return the messages that are on the screen, in their order."""
    return re.findall(r"Palavra-\d\d\d do dia", person.reads)
