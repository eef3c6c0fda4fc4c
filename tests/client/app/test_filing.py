from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from sussurro_client.app.app import Outcome
from sussurro_client.app.screens.room import RoomScreen
from sussurro_client.contents import Delete, File
from sussurro_client.files.transfers import FileRules
from tests.client.app.fakes import Stage, stage
from tests.client.app.play import ends, play, shown, until
from tests.client.files.play import names_in, some_bytes

DATA = some_bytes(100_000)


@pytest.fixture
def scene(tmp_path: Path) -> Stage:
    (tmp_path / "a.bin").write_bytes(DATA)
    return stage(rules=FileRules(tmp_path / "saved", 1))


def room(scene: Stage) -> RoomScreen:
    screen = scene.app.screen
    assert isinstance(screen, RoomScreen)
    return screen


async def write(pilot: Pilot[Outcome], line: str) -> None:
    for character in line:
        await pilot.press({" ": "space", "/": "slash"}.get(character, character))
    await pilot.press("enter")


def test_a_file_is_offered_in_the_room_and_sent(scene: Stage, tmp_path: Path) -> None:
    async def script(pilot: Pilot[Outcome]) -> None:
        room(scene).actions.send_file(str(tmp_path / "a.bin"))
        await until(pilot, lambda: bool(scene.doorway.files.sessions))
        session = scene.doorway.files.session()
        session.let_in()
        await until(pilot, lambda: len(session.parts) == 3)
        (said,) = scene.session.said
        assert isinstance(said, File)
        assert "a.bin" in shown(scene)
        session.keep(1, 2, 3)
        await until(pilot, lambda: "a.bin is sent: 100 kB." in shown(scene))

    play(scene, script)


def test_deleting_an_offer_stops_the_file(scene: Stage, tmp_path: Path) -> None:
    async def script(pilot: Pilot[Outcome]) -> None:
        room(scene).actions.send_file(str(tmp_path / "a.bin"))
        await until(pilot, lambda: bool(scene.doorway.files.sessions))
        session = scene.doorway.files.session()
        session.let_in()
        await until(pilot, lambda: bool(session.parts))
        await write(pilot, "/delete")
        await until(pilot, lambda: "a.bin was not sent: you cancelled it." in shown(scene))
        offer, deletion = scene.session.said
        assert isinstance(offer, File)
        assert isinstance(deletion, Delete)

    play(scene, script)


def test_a_file_that_cannot_be_read_is_said(scene: Stage) -> None:
    async def script(pilot: Pilot[Outcome]) -> None:
        await write(pilot, "/send nothing")
        await until(pilot, lambda: "There is no file nothing." in shown(scene))

    play(scene, script)


def test_leaving_ends_what_is_sent_and_takes_the_offer_back(scene: Stage, tmp_path: Path) -> None:
    async def script(pilot: Pilot[Outcome]) -> None:
        room(scene).actions.send_file(str(tmp_path / "a.bin"))
        await until(pilot, lambda: bool(scene.doorway.files.sessions))
        scene.doorway.files.session().let_in()
        await until(pilot, lambda: len(scene.session.said) == 1)
        (stay,) = scene.app._rooms._stays
        stay.invitation = replace(stay.invitation, leave_seconds=0.01)
        await write(pilot, "/quit")
        await ends(pilot)

    play(scene, script)
    assert isinstance(scene.session.said[-1], Delete)
    assert scene.app.return_value == Outcome(unfinished="These files were not finished: a.bin")


def test_without_rules_no_files_are_carried() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        await write(pilot, "/cancel")
        assert "No files can be sent or saved here." in shown(scene)

    play(scene, script)


def test_where_nothing_was_offered_nothing_is_saved(scene: Stage, tmp_path: Path) -> None:
    async def script(pilot: Pilot[Outcome]) -> None:
        await write(pilot, "/save")
        assert "Nobody else has offered a file yet." in shown(scene)

    play(scene, script)
    assert names_in(tmp_path) == ["a.bin"]
