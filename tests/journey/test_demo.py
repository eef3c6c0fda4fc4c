"""The pictures of the documentation: what they show, and that they come out the same again."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.support import demo_scenes as scenes
from tests.support.demo import play
from tests.support.stage import Stage

IMAGES = Path(__file__).parents[2] / "docs" / "images"
SHOWN = {
    "first-run": ("Make a new room", "Paste a key", "Read a QR code"),
    "new-key": ("You have a key", "Its fingerprint:"),
    "room": ("connected · 3 here", "↪", "❤️", "(edited)", "private", "✓", "Bia", "(you)"),
    "room-pt-BR": ("conectado · 3 aqui", "em particular", "(editado)", "(você)"),
    "room-light": ("João", "Said before you came:", "From here on it is new."),
    "search": ("Search: café", "1 found"),
    "help": ("What you can do", "/send path", "/search words"),
    "narrow": ("connected · 3 here", "Combinado"),
    "tiny": ("3 here", "Combinado"),
    "sending": ("praia.png", "/save #", "▀", "█", "enviando"),
    "saving": ("praia.png", "/save #", "▀", "█", "saving"),
    "warning": ("João has another identity than before", "another identity"),
    "rooms": ("família", "trabalho", ":2!", "Até domingo!"),
}


def words_of(svg: str) -> str:
    """Return what a picture says, with single spaces."""
    lines: dict[str, list[tuple[float, str]]] = {}
    for element in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text"):  # noqa: S314 - our own
        place = float(element.get("x", "0")), element.text or ""
        lines.setdefault(element.get("y", ""), []).append(place)
    parts = (text for line in lines.values() for _x, text in sorted(line))
    return " ".join(" ".join(parts).split())


def assert_shows(folder: Path) -> None:
    for name, texts in SHOWN.items():
        said = words_of((folder / f"{name}.svg").read_text(encoding="utf-8"))
        assert [text for text in texts if text not in said] == [], f"{name}: {said}"


def test_the_pictures_of_the_documentation_show_what_it_speaks_of() -> None:
    assert_shows(IMAGES)


@pytest.mark.timeout(240)
def test_the_evening_is_played_by_real_clients_and_looks_the_same_again(tmp_path: Path) -> None:
    with Stage(tmp_path / "first", tmp_path / "pictures") as stage:
        play(stage)
    assert_shows(tmp_path / "pictures")
    assert {path.stem for path in (tmp_path / "pictures").iterdir()} == set(SHOWN)

    with Stage(tmp_path / "second", tmp_path / "again") as stage:
        scenes.first_run(stage)
        scenes.send_a_file(stage)
        scenes.talk(stage, scenes.come_in(stage))
    again = [*(tmp_path / "again").iterdir()]
    assert len(again) > 3
    for picture in again:
        assert picture.read_bytes() == (tmp_path / "pictures" / picture.name).read_bytes()
