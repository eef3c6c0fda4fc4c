"""A key that goes from one terminal to another by a photograph of the screen."""

import sys
from pathlib import Path

from cryptography.fernet import Fernet
from PIL import Image

from tests.journey.conftest import SitDown
from tests.support.people import Person
from tests.support.screen import Screen
from tests.support.terminal import ENTER, TAB

INVITE = (sys.executable, "-m", "sussurro_client", "invite")
# What of a cell is drawn in the colour of the text: its upper half, its lower half.
HALVES = {" ": (False, False), "▀": (True, False), "▄": (False, True), "█": (True, True)}
DARK, LIGHT = 0, 255
DOT = 6  # pixels


def photograph(screen: Screen, path: Path) -> None:
    """Save what is on a screen, as a camera sees it: light on dark."""
    picture = Image.new("L", (screen.columns, 2 * screen.lines), DARK)
    for row in range(screen.lines):
        for column in range(screen.columns):
            cell = screen.buffer[row][column]
            for half, is_text in enumerate(HALVES.get(cell.data, (False, False))):
                if is_text != cell.reverse:
                    picture.putpixel((column, 2 * row + half), LIGHT)
    picture.resize((DOT * picture.width, DOT * picture.height), Image.Resampling.NEAREST).save(path)


def test_a_friend_photographs_the_invitation_and_comes_into_the_room(
    sit_down: SitDown, language: str
) -> None:
    ana = sit_down("ana", "--name", "Ana", key=Fernet.generate_key().decode())
    ana.is_in(1)
    settings = {"SUSSURRO_LANG": language}
    other = Person(ana.folder, language, program=INVITE, size=(90, 48), settings=settings)
    try:
        words = other.five_words("This shows the key of the room {words}.")
        other.sees("If nobody looks who should not, write '{yes}': ", yes=other.words("yes"))
        other.types(other.words("yes"))
        other.sees("Now clear this screen, and what one can scroll back to.")
        assert other.terminal.end() == 0
        photograph(other.terminal.screen, ana.folder / "photograph.png")
    finally:
        other.terminal.close()

    bia = sit_down("bia")
    bia.sees("Read a QR code")
    bia.presses(TAB, TAB, ENTER)
    bia.sees("Where is the picture of the QR code?")
    bia.types(str(ana.folder / "photograph.png"))
    bia.sees("You have a key")
    assert bia.five_words("Its fingerprint: {words}") == words
    bia.presses(ENTER)
    bia.sees("What should the others call you?")
    bia.types("Bia")
    for person in (ana, bia):
        person.is_in(2)
    for person in (bia, ana):
        assert person.leaves() == 0
