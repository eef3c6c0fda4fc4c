"""A file on its way from one terminal to another."""

import random
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from PIL import Image

from tests.journey.conftest import SitDown
from tests.support.dam import Dam
from tests.support.programs import Relay

NAME = "Férias na praia.png"
SIDE = 700  # pixels of a picture that no compression makes small
SOME_BYTES = 500_000  # that come through before a dam opens: of a file of three times as much


@pytest.fixture
def dams(relay: Relay) -> Iterator[tuple[Dam, Dam]]:
    """Return two ways to the relay on which a file does not come through at once."""
    with ExitStack() as opened:
        first, second = (opened.enter_context(Dam(relay.port, SOME_BYTES)) for _each in range(2))
        yield first, second


def take_photograph(path: Path) -> bytes:
    noise = random.Random(7).randbytes(SIDE * SIDE * 3)
    Image.frombytes("RGB", (SIDE, SIDE), noise).save(path)
    return path.read_bytes()


def test_a_file_shows_a_bar_at_both_ends_and_is_the_same_when_saved(
    sit_down: SitDown, dams: tuple[Dam, Dam]
) -> None:
    key = Fernet.generate_key().decode()
    sending, saving = dams
    ana = sit_down("ana", "--name", "Ana", key=key, at=sending.address)
    ana.is_in(1)
    bia = sit_down("bia", "--name", "Bia", key=key, at=saving.address)
    for person in (ana, bia):
        person.is_in(2)
    photograph = take_photograph(ana.folder / NAME)

    ana.types(f"/send {NAME}")
    assert 0 < ana.bar("sending") < 100
    bia.hears(NAME, "/save #")
    assert "▀" in bia.terminal.shown, "a picture of it"
    assert not [*bia.folder.rglob("*.png")], "nothing is kept unasked"
    sending.open()
    ana.sees("{name} is sent: {size}.", name=NAME, size="1.5 MB" if ana.is_english else "1,5 MB")

    bia.types("/save photo.png")
    assert 0 < bia.bar("saving") < 100
    assert not (bia.folder / "photo.png").exists(), "what is not whole has not its name"
    saving.open()
    bia.sees("{name} is saved as {path}", name=NAME, path="photo.png")
    assert (bia.folder / "photo.png").read_bytes() == photograph
    for person in (ana, bia):
        assert person.leaves() == 0
        assert b"Traceback" not in person.terminal.written
