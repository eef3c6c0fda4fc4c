"""Where somebody stopped reading."""

from functools import partial

from textual import events
from textual.pilot import Pilot
from textual.screen import Screen

from sussurro_client.app.app import Outcome
from tests.client.app.fakes import ANA, BIA, Stage, said, stage
from tests.client.app.play import painted, play, room, shown, until

MARK = "you stopped reading here"


def is_seen(scene: Stage, text: str) -> bool:
    return text in painted(scene)


async def look_away(scene: Stage, pilot: Pilot[Outcome]) -> None:
    """Say much, and scroll up."""
    scene.session.let_in(ANA, BIA)
    for number in range(60):
        scene.session.tell(said(ANA, f"line {number}"))
    await until(pilot, lambda: "line 59" in painted(scene))
    await pilot.press("pageup")
    await until(pilot, lambda: "line 59" not in painted(scene))


def test_what_comes_while_one_has_scrolled_up_stands_below_a_line() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        await look_away(scene, pilot)
        scene.session.tell(said(ANA, "news"))
        scene.session.tell(said(ANA, "more news"))
        await until(pilot, lambda: "2 new below" in painted(scene))
        text = shown(scene)
        assert text.count(MARK) == 1
        assert text.index("line 59") < text.index(MARK) < text.index("news")

    play(scene, script)


def test_the_line_goes_once_one_has_read_to_the_end_and_writes() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        await look_away(scene, pilot)
        scene.session.tell(said(ANA, "news"))
        await until(pilot, lambda: MARK in shown(scene))
        await pilot.press("a")
        await pilot.pause()
        assert MARK in shown(scene), "the end is not read yet"
        await pilot.press("ctrl+end")
        await pilot.pause()
        assert MARK in shown(scene)
        await pilot.press("b")
        await until(pilot, lambda: MARK not in shown(scene))

    play(scene, script)


def test_the_line_goes_with_what_one_sends() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        await look_away(scene, pilot)
        scene.session.tell(said(ANA, "news"))
        await until(pilot, lambda: MARK in shown(scene))
        await pilot.press("a", "enter")
        await until(pilot, lambda: MARK not in shown(scene))
        assert room(scene).conversation.follows

    play(scene, script)


def test_what_comes_while_the_terminal_is_not_looked_at_stands_below_a_line_of_its_own() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        scene.session.let_in(ANA, BIA)
        scene.session.tell(said(ANA, "before"))
        await until(pilot, lambda: "before" in painted(scene))
        for number in range(2):
            scene.app.post_message(events.AppBlur())
            await pilot.pause()
            scene.session.tell(said(ANA, f"news {number}"))
            await until(pilot, partial(is_seen, scene, f"news {number}"))
            lines = shown(scene).splitlines()
            assert MARK in lines[-2]
            assert shown(scene).count(MARK) == 1
            scene.app.post_message(events.AppFocus())
            await pilot.pause()

    play(scene, script)


def test_what_one_watches_come_has_no_line() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        for number in range(60):
            scene.session.tell(said(ANA, f"line {number}"))
        await until(pilot, lambda: "line 59" in painted(scene))
        assert MARK not in shown(scene)

    play(scene, script)


def test_what_comes_while_another_screen_is_shown_stands_below_a_line() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        scene.session.let_in(ANA, BIA)
        scene.session.tell(said(ANA, "before"))
        await until(pilot, lambda: "before" in painted(scene))
        await pilot.press("f1")
        scene.session.tell(said(ANA, "seen behind the help"))
        await until(pilot, lambda: "behind the help" in shown(scene))
        assert MARK not in shown(scene)
        await pilot.press("escape")
        await scene.app.push_screen(Screen())
        scene.session.tell(said(ANA, "news"))
        await until(pilot, lambda: MARK in shown(scene))
        await scene.app.pop_screen()
        await pilot.press("a")
        await until(pilot, lambda: MARK not in shown(scene))

    play(scene, script)
