import stat
from pathlib import Path

import pytest
import segno
from textual.pilot import Pilot
from textual.widgets import Input

from sussurro_client import words
from sussurro_client.app.app import Outcome, SussurroApp
from sussurro_client.app.ports import Entrance, Invitation
from sussurro_client.app.screens.key_answer import KeyAnswerScreen
from sussurro_client.app.screens.key_choice import KeyChoiceScreen
from sussurro_client.app.screens.key_found import KeyFoundScreen
from sussurro_client.app.screens.leave import LeaveScreen
from sussurro_client.app.screens.name import NameScreen
from sussurro_client.first_key import FirstKey
from sussurro_client.key import read_key
from sussurro_client.naming import room_words
from tests.client.app.fakes import BIA, RELAY, FakeClock, FakeDoorway, FakeSession, Stage
from tests.client.app.play import ends, painted, run, until
from tests.client.scenes import KEY, KEY_TEXT

SIZES = [(100, 24), (20, 10)]


def first_run(path: Path, name: str = "") -> Stage:
    """Make an app of somebody who has no key yet."""
    clock = FakeClock()
    doorway = FakeDoorway(lambda _session: None)
    invitation = Invitation(name, BIA.key, "", RELAY)
    entrance = Entrance(doorway, invitation, key_place=FirstKey(path))
    return Stage(SussurroApp([entrance], clock.clock()), doorway, clock)


async def reaches(pilot: Pilot[Outcome], kind: type) -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen, kind) and pilot.app.screen.is_mounted)
    await pilot.pause()


def flaw(scene: Stage) -> str:
    return str(scene.app.screen.query_one("#flaw").render())


async def enters(pilot: Pilot[Outcome], scene: Stage) -> FakeSession:
    """Answer the question for a name, and go in."""
    await reaches(pilot, NameScreen)
    await pilot.press(*"Bia", "enter")
    await until(pilot, lambda: bool(scene.sessions) and scene.session.is_started)
    return scene.session


@pytest.mark.parametrize("size", SIZES)
def test_a_new_key_is_made_and_said_what_to_do_with(tmp_path: Path, size: tuple[int, int]) -> None:
    path = tmp_path / "key.key"
    scene = first_run(path)

    async def script(pilot: Pilot[Outcome]) -> None:
        await reaches(pilot, KeyChoiceScreen)
        assert "Make a new room" in painted(scene)
        await pilot.press("enter")
        await reaches(pilot, KeyFoundScreen)
        told = str(list(scene.app.screen.query("Static"))[1].render())
        for part in (str(path), room_words(read_key(path).room), "sussurro invite", "five words"):
            assert part in told
        await pilot.press("enter")
        session = await enters(pilot, scene)
        assert session.name == "Bia"

    run(scene.app, script, size)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("size", SIZES)
def test_a_key_that_one_was_given_is_pasted_unseen(tmp_path: Path, size: tuple[int, int]) -> None:
    path = tmp_path / "key.key"
    scene = first_run(path)

    async def script(pilot: Pilot[Outcome]) -> None:
        await reaches(pilot, KeyChoiceScreen)
        await pilot.press("tab", "enter")
        await reaches(pilot, KeyAnswerScreen)
        await pilot.press(*"nonsense", "enter")
        await until(pilot, lambda: "not a Sussurro key" in flaw(scene))
        assert not path.exists()
        scene.app.screen.query_one(Input).value = KEY_TEXT
        await pilot.pause()
        assert KEY_TEXT[:8] not in painted(scene)
        await pilot.press("enter")
        await reaches(pilot, KeyFoundScreen)
        await pilot.press("enter")
        await enters(pilot, scene)

    run(scene.app, script, size)
    assert read_key(path).room == KEY.room
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("size", SIZES)
def test_a_key_is_read_from_a_picture_of_its_code(tmp_path: Path, size: tuple[int, int]) -> None:
    path, picture = tmp_path / "key.key", tmp_path / "code.png"
    segno.make(KEY_TEXT).save(str(picture), scale=4)
    scene = first_run(path)

    async def script(pilot: Pilot[Outcome]) -> None:
        await reaches(pilot, KeyChoiceScreen)
        await pilot.press("tab", "tab", "enter")
        await reaches(pilot, KeyAnswerScreen)
        await pilot.press(*"nowhere", "enter")
        await until(pilot, lambda: "cannot be read" in flaw(scene))
        scene.app.screen.query_one(Input).value = str(picture)
        await pilot.press("enter")
        await reaches(pilot, KeyFoundScreen)
        await pilot.press("escape")
        await enters(pilot, scene)

    run(scene.app, script, size)
    assert read_key(path).room == KEY.room


def test_where_nothing_can_be_written_it_is_asked_again(tmp_path: Path) -> None:
    scene = first_run(tmp_path / "no" / "key.key")

    async def script(pilot: Pilot[Outcome]) -> None:
        await reaches(pilot, KeyChoiceScreen)
        await pilot.press("enter")
        await until(pilot, lambda: "cannot be written" in painted(scene))
        (tmp_path / "no").mkdir()
        await pilot.press("enter")
        await reaches(pilot, KeyFoundScreen)

    run(scene.app, script)


def test_escape_goes_back_to_the_choice(tmp_path: Path) -> None:
    scene = first_run(tmp_path / "key.key")

    async def script(pilot: Pilot[Outcome]) -> None:
        await reaches(pilot, KeyChoiceScreen)
        await pilot.press("down", "enter")
        await reaches(pilot, KeyAnswerScreen)
        await pilot.press("enter", "escape")
        await reaches(pilot, KeyChoiceScreen)

    run(scene.app, script)


def test_the_assistant_can_be_left(tmp_path: Path) -> None:
    scene = first_run(tmp_path / "key.key")

    async def script(pilot: Pilot[Outcome]) -> None:
        await reaches(pilot, KeyChoiceScreen)
        await pilot.press("ctrl+c")
        await reaches(pilot, LeaveScreen)
        await pilot.press("tab", "enter")
        await until(pilot, lambda: scene.app.return_value is not None)

    run(scene.app, script)
    assert scene.app.return_value == Outcome()
    assert not (tmp_path / "key.key").exists()


def test_whoever_has_said_a_name_is_not_asked_for_one(tmp_path: Path) -> None:
    scene = first_run(tmp_path / "key.key", "Bia")

    async def script(pilot: Pilot[Outcome]) -> None:
        await reaches(pilot, KeyChoiceScreen)
        await pilot.press("enter")
        await reaches(pilot, KeyFoundScreen)
        await pilot.press("enter")
        await until(pilot, lambda: bool(scene.sessions) and scene.session.is_started)
        await pilot.press(*"TT", "enter")
        await ends(pilot)

    run(scene.app, script)
    assert scene.app.return_value == Outcome()


@pytest.mark.parametrize("language", ["en", "pt_BR"])
def test_each_page_is_whole_at_twenty_columns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setattr(words, "_translations", words._translations)
    words.use_language(language)
    scene = first_run(tmp_path / "key.key")

    async def script(pilot: Pilot[Outcome]) -> None:
        await reaches(pilot, KeyChoiceScreen)
        for _answer in range(3):
            assert scene.app.focused is not None
            label = str(scene.app.focused.label)  # type: ignore[attr-defined]  # a Button's
            assert set(label.split()) <= set(painted(scene).split())
            await pilot.press("tab")
            await pilot.pause()
        await pilot.press("enter")
        await reaches(pilot, KeyFoundScreen)
        await pilot.press("end")
        await until(pilot, lambda: "Enter" in painted(scene))
        await pilot.press("enter")
        await reaches(pilot, NameScreen)
        await pilot.press(*"Zoé")
        assert "Zoé" in painted(scene)

    run(scene.app, script, (20, 10))
