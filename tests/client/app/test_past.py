from dataclasses import replace

from textual.pilot import Pilot

from sussurro_client.app.app import Outcome
from sussurro_client.app.widgets.conversation import Conversation
from sussurro_client.events import Alarm, Alert, Connected, Disconnected, Earlier, Received
from tests.client.app.fakes import ANA, BIA, JOAO, RELAY, Stage, said, stage
from tests.client.app.play import painted, play, room, shown, until

DAYS = 24 * 60
LOST = Disconnected(RELAY, "lost", "", 3.0)


def page(begin: int, end: int, minute: int = 0) -> tuple[Received, ...]:
    """Return what Ana said before, numbered."""
    return tuple(
        replace(said(ANA, f"<{number}> " + "word " * (number % 30), minute + number), live=False)
        for number in range(begin, end)
    )


def seen(scene: Stage) -> list[str]:
    """Return the lines in sight, as drawn."""
    view = scene.app.screen.query_one(Conversation)
    return [view.render_line(row).text.rstrip() for row in range(view.size.height)]


async def fill(scene: Stage, pilot: Pilot[Outcome], count: int = 60) -> Conversation:
    """Let somebody in where so many messages are loaded, of which there are more."""
    scene.session.has_earlier = True
    scene.session.let_in(ANA, BIA)
    for number in range(count):
        scene.session.tell(said(JOAO, f"new {number}", number))
    await until(pilot, lambda: f"new {count - 1}" in painted(scene))
    return room(scene).conversation


def test_nothing_is_fetched_before_somebody_looks_for_it() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        await fill(scene, pilot, 100)
        await pilot.press("pageup")
        assert scene.session.pages_asked == []

    play(scene, script)


def test_near_the_top_one_page_is_asked_for_and_that_is_told() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        await fill(scene, pilot)
        await pilot.press("pageup", "pageup", "pageup", "pageup")
        await pilot.pause()
        assert scene.session.pages_asked == [100]
        assert shown(scene).count("fetching earlier messages…") == 1

    play(scene, script)


def test_a_page_of_the_past_moves_nothing_that_is_seen() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        view = await fill(scene, pilot, 130)
        await pilot.press("pageup")
        await until(pilot, lambda: scene.session.pages_asked == [100])
        before = seen(scene)
        assert not view.follows
        scene.session.tell(Earlier(page(0, 100, -2 * DAYS), more=True))
        await until(pilot, lambda: "<99>" in shown(scene))
        assert seen(scene) == before
        for _time in range(30):
            last = seen(scene)
            view.scroll_relative(y=-1, animate=False)
            assert seen(scene)[1:] == last[:-1]
        assert "<99>" in "\n".join(seen(scene)[:30])

    play(scene, script, size=(100, 60))


def test_where_it_begins_is_told_and_nothing_more_is_asked_for() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        view = await fill(scene, pilot)
        view.scroll_home(animate=False)
        await pilot.pause()
        scene.session.tell(Earlier(page(0, 3), more=False))
        await until(pilot, lambda: "this is where it begins" in shown(scene))
        await pilot.press("pageup", "pageup")
        await pilot.pause()
        assert scene.session.pages_asked == [100]

    play(scene, script)


def test_a_relay_that_has_nothing_older_is_told_at_once() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        await fill(scene, pilot)
        scene.session.has_earlier = False
        await pilot.press("pageup", "pageup", "pageup", "pageup")
        await until(pilot, lambda: "this is where it begins" in shown(scene))

    play(scene, script)


def test_what_was_asked_for_when_the_connection_went_is_asked_for_again() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        view = await fill(scene, pilot)
        view.scroll_home(animate=False)
        await pilot.pause()
        scene.session.tell(LOST)
        await pilot.pause()
        assert scene.session.pages_asked == [100]
        scene.session.tell(Connected(RELAY, 2))
        await until(pilot, lambda: scene.session.pages_asked == [100, 100])

    play(scene, script)


def test_looking_for_the_past_without_a_connection_asks_once_there_is_one() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        view = await fill(scene, pilot)
        scene.session.has_earlier = False
        scene.session.tell(LOST)
        await pilot.pause()
        view.scroll_home(animate=False)
        await pilot.pause()
        asked = len(scene.session.pages_asked)
        scene.session.has_earlier = True
        scene.session.tell(Connected(RELAY, 2))
        await until(pilot, lambda: len(scene.session.pages_asked) == asked + 1)
        assert "this is where it begins" not in shown(scene)

    play(scene, script)


def test_a_page_with_nothing_to_show_is_followed_by_the_next() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        view = await fill(scene, pilot)
        view.scroll_home(animate=False)
        await pilot.pause()
        scene.session.tell(Earlier((), more=True))
        await until(pilot, lambda: scene.session.pages_asked == [100, 100])

    play(scene, script)


def test_warnings_of_the_past_stand_where_they_belong_with_what_to_do() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        view = await fill(scene, pilot)
        view.scroll_home(animate=False)
        await pilot.pause()
        one, two = page(0, 2, -2 * DAYS)
        scene.session.tell(Earlier((one, Alert(Alarm.FORGED), two), more=False))
        await until(pilot, lambda: "<1>" in shown(scene))
        text = shown(scene)
        assert text.index("<0>") < text.index("A forged message came") < text.index("<1>")
        assert "→ Believe nothing by it" in text
        assert text.count("Saturday, 7 March 2026") == 1

    play(scene, script)


def test_where_there_is_no_place_for_more_nothing_is_fetched() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        view = await fill(scene, pilot)
        view._blocks.characters = 2**40
        view.scroll_home(animate=False)
        await until(pilot, lambda: "older messages find no place here" in shown(scene))
        assert scene.session.pages_asked == []

    play(scene, script)
