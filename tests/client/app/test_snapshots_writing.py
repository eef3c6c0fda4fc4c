"""What writing, finding and the themes look like; ``pytest --snapshot-update`` accepts another look."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from textual.pilot import Pilot

from sussurro_client import words
from sussurro_client.app.app import Outcome
from sussurro_client.events import Standing
from sussurro_client.wishes import Wishes
from tests.client.app.fakes import ANA, BIA, JOAO, Stage, said, stage
from tests.client.app.play import painted, until

Compare = Callable[..., bool]


@pytest.fixture(params=["en", "pt_BR"])
def _language(request: pytest.FixtureRequest) -> Iterator[None]:
    words.use_language(request.param)
    yield
    words.use_language("en")


def _prepared(scene: Stage, *keys: str, shows: str) -> Callable[[Pilot[Outcome]], Any]:
    async def prepare(pilot: Pilot[Outcome]) -> None:
        scene.app.screen.query_one("Composer").cursor_blink = False  # type: ignore[attr-defined]  # a TextArea's
        scene.session.let_in(ANA, JOAO, BIA)
        scene.session.trust(JOAO)
        scene.session.tell(said(ANA, "Oi, Bia!"))
        scene.session.tell(said(JOAO, "E eu?", 1, Standing.VERIFIED))
        await pilot.pause()
        await pilot.press(*keys)
        await until(pilot, lambda: shows in painted(scene))
        await scene.app.workers.wait_for_complete()
        if keys == ("f3",):
            scene.app.screen.query_one("CommandInput").cursor_blink = False  # type: ignore[attr-defined]  # an Input's
        await pilot.pause()

    return prepare


@pytest.mark.usefixtures("_language")
@pytest.mark.parametrize("size", [(80, 20), (24, 16)])
def test_the_commands_that_are_offered_look_as_they_did(
    snap_compare: Compare, size: tuple[int, int]
) -> None:
    scene = stage()
    prepare = _prepared(scene, "/", shows="/reply")
    assert snap_compare(scene.app, terminal_size=size, run_before=prepare)


def test_the_emoji_that_are_offered_look_as_they_did(snap_compare: Compare) -> None:
    scene = stage()
    prepare = _prepared(scene, *"Oi :smi", "tab", "tab", shows="▸")
    assert snap_compare(scene.app, terminal_size=(80, 20), run_before=prepare)


@pytest.mark.usefixtures("_language")
def test_what_can_be_found_looks_as_it_did(snap_compare: Compare) -> None:
    scene = stage()
    prepare = _prepared(scene, "f3", shows="/help")
    assert snap_compare(scene.app, terminal_size=(80, 24), run_before=prepare)


@pytest.mark.parametrize("theme", ["sussurro-contrast", "sussurro-plain", "solarized-light"])
def test_a_theme_looks_as_it_did(snap_compare: Compare, theme: str) -> None:
    scene = stage(wishes=Wishes(theme=theme))
    prepare = _prepared(scene, *"/t", "tab", shows="▸")
    assert snap_compare(scene.app, terminal_size=(90, 20), run_before=prepare)
