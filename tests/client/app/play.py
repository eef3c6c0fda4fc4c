"""Run a test's scene: the pilot needs a loop, and there is one for each test."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from textual.pilot import Pilot

from sussurro_client.app.app import Outcome, SussurroApp
from sussurro_client.app.screens.room import RoomScreen
from sussurro_client.app.widgets.composer import Composer
from sussurro_client.app.widgets.conversation import Conversation
from sussurro_client.app.widgets.status import Status
from tests.client.app.fakes import Stage

Script = Callable[[Pilot[Outcome]], Awaitable[None]]


def play(scene: Stage, script: Script, size: tuple[int, int] = (100, 24)) -> None:
    """Run a scene's app headless and go through the script."""
    run(scene.app, script, size)


def run(app: SussurroApp, script: Script, size: tuple[int, int] = (100, 24)) -> None:
    """Run an app headless and go through the script."""

    async def go() -> None:
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await script(pilot)

    asyncio.run(go())


async def until(pilot: Pilot[Outcome], condition: Callable[[], bool]) -> None:
    """Let the app work until the condition holds; fail after ten seconds."""
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, "it did not come to that"
        await pilot.pause()


async def ends(pilot: Pilot[Outcome]) -> None:
    """Wait until the app has ended; the test's own timeout is the deadline."""
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


def room(scene: Stage) -> RoomScreen:
    """Return the screen of the room."""
    screen = scene.app.screen_stack[1]
    assert isinstance(screen, RoomScreen)
    return screen


def shown(scene: Stage) -> str:
    """Return what the conversation says."""
    return scene.app.screen_stack[1].query_one(Conversation).text


def drafted(scene: Stage) -> str:
    """Return what stands on the line that one writes on."""
    return scene.app.screen_stack[1].query_one(Composer).text


def status(scene: Stage) -> str:
    """Return what the line at the top says."""
    return scene.app.screen_stack[1].query_one(Status).render().plain


def painted(scene: Stage) -> str:
    """Return every character that is on the screen now."""
    return painted_app(scene.app)


def painted_app(app: SussurroApp) -> str:
    """Return every character that is on the screen of an app now."""
    width, height = app.size
    screen = app.screen
    strips = screen._compositor.render_strips()  # what the terminal would get
    assert (len(strips), width) == (height, screen.size.width)
    return "\n".join(strip.text for strip in strips)
