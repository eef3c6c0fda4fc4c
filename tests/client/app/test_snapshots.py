"""What the screens look like; ``pytest --snapshot-update`` accepts another look."""

from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from sussurro_client.app.app import Outcome
from sussurro_client.events import (
    Alarm,
    Alert,
    Arrived,
    Departed,
    Moved,
    Person,
    Standing,
)
from tests.client.app.fakes import ANA, BIA, JOAO, NOON, Stage, said, stage
from tests.client.app.play import until
from tests.client.scenes import KEY

Compare = Callable[..., bool]


def _room(scene: Stage) -> Callable[[Pilot[Outcome]], object]:
    async def prepare(pilot: Pilot[Outcome]) -> None:
        scene.app.screen.query_one("Composer").cursor_blink = False  # type: ignore[attr-defined]  # a TextArea's
        twin = Person("Ana", b"t" * 32)
        scene.session.let_in(ANA, JOAO, BIA, twin)
        scene.session.trust(JOAO)
        scene.session.tell(said(ANA, "Oi, Bia!"))
        scene.session.tell(said(JOAO, "Duas linhas:\n  a segunda", 1, Standing.VERIFIED))
        scene.session.tell(said(twin, "Sou eu", 2, Standing.CHANGED))
        scene.session.tell(Arrived(JOAO))
        scene.session.tell(Departed(ANA, "lost"))
        at = int(NOON.timestamp() * 1000)
        scene.session.tell(Alert(Alarm.GAP, JOAO, 2, at))
        scene.session.tell(Moved(ANA, Standing.KNOWN, KEY.room, b"share", at, live=True))
        await pilot.press(*"Oi", "enter")
        await pilot.pause()

    return prepare


@pytest.mark.parametrize("size", [(100, 24), (56, 20)])
def test_the_room_looks_as_it_did(snap_compare: Compare, size: tuple[int, int]) -> None:
    scene = stage(notices=("A notice.",))
    assert snap_compare(scene.app, terminal_size=size, run_before=_room(scene))


def test_the_light_room_looks_as_it_did(snap_compare: Compare) -> None:
    scene = stage()
    prepare = _room(scene)

    async def light(pilot: Pilot[Outcome]) -> None:
        await prepare(pilot)  # type: ignore[misc]  # what _room returns is a coroutine function
        await pilot.press("f2")
        await pilot.pause()

    assert snap_compare(scene.app, run_before=light)


def test_the_question_for_a_name_looks_as_it_did(snap_compare: Compare) -> None:
    async def prepare(pilot: Pilot[Outcome]) -> None:
        pilot.app.screen.query_one("NameInput").cursor_blink = False  # type: ignore[attr-defined]  # an Input's
        await pilot.press("enter")

    assert snap_compare(stage("").app, run_before=prepare)


@pytest.mark.parametrize("attached", [False, True])
def test_help_looks_as_it_did(snap_compare: Compare, *, attached: bool) -> None:
    scene = stage(attached=attached)

    async def prepare(pilot: Pilot[Outcome]) -> None:
        scene.app.screen.query_one("Composer").cursor_blink = False  # type: ignore[attr-defined]  # a TextArea's
        await pilot.press("f1")
        await until(pilot, lambda: len(scene.app.screen_stack) == 3)

    assert snap_compare(scene.app, terminal_size=(100, 34), run_before=prepare)
