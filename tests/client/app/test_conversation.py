import re

from textual.pilot import Pilot

from sussurro_client.app.app import Outcome
from sussurro_client.app.widgets.conversation import MAX_ENTRIES, Conversation
from tests.client.app.fakes import ANA, said, stage
from tests.client.app.play import painted, play, shown, until


def test_the_oldest_entries_are_forgotten_and_what_is_in_sight_stays() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        for number in range(MAX_ENTRIES):
            scene.session.tell(said(ANA, f"<{number}>"))
        await until(pilot, lambda: f"<{MAX_ENTRIES - 1}>" in painted(scene))
        assert shown(scene).count("\n") + 1 == MAX_ENTRIES
        await pilot.press("pageup")
        await until(pilot, lambda: f"<{MAX_ENTRIES - 1}>" not in painted(scene))
        seen = re.findall(r"<\d+>", painted(scene))
        scene.session.tell(said(ANA, "news"))
        await until(pilot, lambda: "1 new below" in painted(scene))
        # The line that tells of news takes the place of the lowest.
        assert re.findall(r"<\d+>", painted(scene)) == seen[:-1]

    play(scene, script)


def test_another_width_wraps_anew_and_keeps_the_end_in_sight() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        for number in range(200):
            scene.session.tell(said(ANA, f"{number} " + "word " * 20))
        await until(pilot, lambda: "199 word" in painted(scene))
        view = scene.app.screen.query_one(Conversation)
        for width in (50, 140, 80):
            await pilot.resize_terminal(width, 24)
            await until(pilot, lambda: "199 word" in painted(scene))
            assert view.is_vertical_scroll_end
            assert max(map(len, shown(scene).splitlines())) < width

    play(scene, script)
