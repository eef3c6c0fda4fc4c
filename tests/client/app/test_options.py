import pytest
from textual.command import CommandPalette
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import OptionList

from sussurro_client.app.app import Outcome
from sussurro_client.app.screens.search import SearchScreen
from tests.client.app.fakes import ANA, BIA, Stage, said, stage
from tests.client.app.play import play, room, until


def options(scene: Stage) -> list[OptionList]:
    """Return the list on the screen, once there is one."""
    return list(scene.app.screen.query(OptionList))


@pytest.mark.parametrize("kind", [SearchScreen, CommandPalette])
@pytest.mark.parametrize("size", [(1, 1), (40, 3), (40, 30)])
def test_the_keys_for_a_page_are_harmless_where_there_is_no_line(
    kind: type[Screen[object]], size: tuple[int, int]
) -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        scene.session.let_in(ANA, BIA)
        for number in range(60):
            scene.session.tell(said(ANA, "cake", number))
        await until(pilot, lambda: len(room(scene).timeline) == 60)
        if kind is SearchScreen:
            room(scene).perform("/search cake")
        else:
            await pilot.press("f3")
        await until(pilot, lambda: isinstance(scene.app.screen, kind))
        await until(pilot, lambda: any(each.option_count for each in options(scene)))
        await pilot.press("pagedown", "pageup", "pagedown")
        is_high = size[1] > 3
        assert bool(options(scene)[0].highlighted) is is_high

    play(scene, script, size)
