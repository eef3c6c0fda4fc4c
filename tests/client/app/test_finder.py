import pytest
from textual.command import CommandPalette
from textual.pilot import Pilot

from sussurro_client import words
from sussurro_client.app.app import Outcome
from sussurro_client.commands import COMMANDS
from sussurro_client.events import Person
from tests.client.app.fakes import ANA, BIA, Stage, stage
from tests.client.app.hostile import EVIL, FORBIDDEN, LONG
from tests.client.app.play import drafted, painted, play, until


def is_open(scene: Stage) -> bool:
    return isinstance(scene.app.screen, CommandPalette)


async def find(pilot: Pilot[Outcome], scene: Stage, words: str) -> None:
    """Open the palette, write, and take what is found first."""
    await pilot.press("f3")
    await until(pilot, lambda: is_open(scene))
    await pilot.press(*words)
    await until(pilot, lambda: words in painted(scene))
    palette = scene.app.screen
    await until(pilot, lambda: palette.query_one("CommandList").option_count > 0)  # type: ignore[attr-defined]  # an OptionList's
    await scene.app.workers.wait_for_complete()
    await pilot.press("enter")
    await until(pilot, lambda: scene.app.screen is not palette)
    await pilot.pause()


def test_a_command_is_done_at_once_and_one_with_an_argument_is_begun() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        scene.session.let_in(ANA, BIA)
        await pilot.press(*"half a thought")
        await find(pilot, scene, "who")
        assert scene.session.whos == 1
        assert drafted(scene) == "half a thought"
        await find(pilot, scene, "trust")
        assert drafted(scene) == "/trust "
        await pilot.press("up")
        assert drafted(scene) == "half a thought", "what was written before is not lost"

    play(scene, script)


def test_themes_are_found_too() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        await find(pilot, scene, "gruvbox")
        assert scene.app.theme == "gruvbox"

    play(scene, script)


@pytest.mark.parametrize("language", ["en", "pt_BR"])
def test_the_palette_speaks_the_language_and_shows_brackets_as_they_are(language: str) -> None:
    try:
        words.use_language(language)
        scene = stage()

        async def script(pilot: Pilot[Outcome]) -> None:
            await pilot.press("f3", *"trust")
            command = next(each for each in COMMANDS if each.name == "trust")
            await until(pilot, lambda: command.usage in painted(scene))
            assert command.help() in painted(scene)
            await pilot.press(*["backspace"] * 5, *"zzzz")
            nothing = {"en": "Nothing is called so.", "pt_BR": "Nada tem esse nome."}[language]
            await until(pilot, lambda: nothing in painted(scene))
            await pilot.press("enter")
            await until(pilot, lambda: not is_open(scene))
            assert drafted(scene) == ""

        play(scene, script, size=(100, 40))
    finally:
        words.use_language("en")


@pytest.mark.parametrize("size", [(100, 24), (20, 10), (4, 3)])
def test_the_palette_is_harmless_among_hostile_people_on_any_terminal(
    size: tuple[int, int],
) -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        people = [Person(name, bytes([number]) * 32) for number, name in enumerate((EVIL, LONG))]
        scene.session.let_in(BIA, *people)
        await pilot.press("f3", "[", "r", "]", "[", "/")
        await pilot.pause()
        assert not set(painted(scene)) & FORBIDDEN
        await pilot.press("escape", "escape")
        await until(pilot, lambda: not is_open(scene))

    play(scene, script, size=size)


def test_before_one_is_in_a_room_there_is_nothing_to_find() -> None:
    scene = stage("")

    async def script(pilot: Pilot[Outcome]) -> None:
        await pilot.press("f3")
        assert not is_open(scene)

    play(scene, script)
