from dataclasses import replace

from textual.pilot import Pilot
from textual.widgets import OptionList

from sussurro_client.app.app import Outcome
from sussurro_client.app.screens.search import SearchScreen
from sussurro_client.events import Disconnected, Earlier
from tests.client.app.fakes import ANA, BIA, JOAO, RELAY, Stage, said, stage
from tests.client.app.play import drafted, painted, play, room, shown, until


async def search(scene: Stage, pilot: Pilot[Outcome], line: str = "/search cake") -> OptionList:
    """Let some talk of cake, and search."""
    scene.session.let_in(ANA, JOAO, BIA)
    for number in range(60):
        scene.session.tell(said(ANA, f"Cake number {number}" if number % 20 == 0 else "Oi", number))
    scene.session.tell(replace(said(JOAO, "no more CAKE", 61), private=BIA))
    await until(pilot, lambda: "no more CAKE" in painted(scene))
    await pilot.press(*line, "enter")
    await until(pilot, lambda: isinstance(scene.app.screen, SearchScreen))
    return scene.app.screen.query_one(OptionList)


def test_what_is_loaded_is_searched_and_that_is_said() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        await search(scene, pilot)
        await until(pilot, lambda: "4 found in what is loaded (61 messages)." in painted(scene))
        lines = [line.strip("│ ") for line in painted(scene).splitlines() if "2026-03-09" in line]
        assert lines == [
            "2026-03-09 13:01   João  private  no more CAKE",
            "2026-03-09 12:40   Ana  Cake number 40",
            "2026-03-09 12:20   Ana  Cake number 20",
            "2026-03-09 12:00   Ana  Cake number 0",
        ]
        assert scene.session.pages_asked == []

    play(scene, script)


def test_enter_goes_to_the_message_and_chooses_it() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        await search(scene, pilot)
        await pilot.press("down", "down", "down", "enter")
        await until(pilot, lambda: "Cake number 0" in painted(scene))
        post = room(scene).conversation.selected
        assert post is not None
        assert post.text == "Cake number 0"
        await pilot.press("escape", "a")
        assert drafted(scene) == "a"

    play(scene, script)


def test_a_key_goes_on_through_everything_that_is_kept_page_by_page() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        scene.session.has_earlier = True
        await search(scene, pilot)
        await pilot.press("a", "a")
        await until(pilot, lambda: "back to 2026-03-09 12:00 by now" in painted(scene))
        assert scene.session.pages_asked == [1_000]
        scene.session.tell(Earlier((said(ANA, "cake in the past", -60),), more=True))
        await until(pilot, lambda: "back to 2026-03-09 11:00 by now" in painted(scene))
        assert scene.session.pages_asked == [1_000, 1_000]
        scene.session.tell(Earlier((said(ANA, "the first cake", -120),), more=False))
        sentence = "6 found in everything that is kept (63 messages)."
        await until(pilot, lambda: sentence in painted(scene))
        assert "2026-03-09 10:00   Ana  the first cake" in painted(scene)
        assert scene.session.pages_asked == [1_000, 1_000]

    play(scene, script)


def test_escape_ends_the_search_and_nothing_more_is_fetched() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        scene.session.has_earlier = True
        await search(scene, pilot, "/searchall cake")
        await until(pilot, lambda: scene.session.pages_asked == [1_000])
        await pilot.press("escape")
        scene.session.tell(Earlier((said(ANA, "cake in the past", -60),), more=True))
        await until(pilot, lambda: "cake in the past" in shown(scene))
        assert scene.session.pages_asked == [1_000]

    play(scene, script)


def test_a_search_of_everything_waits_for_a_connection() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        await search(scene, pilot)
        scene.session.tell(Disconnected(RELAY, "lost", "", 3.0))
        await pilot.pause()
        await pilot.press("a")
        await until(pilot, lambda: "Searching on" in painted(scene))
        scene.session.has_earlier = True
        scene.session.let_in(ANA, BIA)
        await until(pilot, lambda: scene.session.pages_asked == [1_000, 1_000])

    play(scene, script)


def test_everything_may_be_more_than_finds_place() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        await search(scene, pilot)
        room(scene).conversation._blocks.characters = 2**40
        await pilot.press("a")
        await until(pilot, lambda: "Older messages find no place here." in painted(scene))
        assert "in what is loaded" in painted(scene)

    play(scene, script)


def test_without_words_nothing_is_searched() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        await pilot.press(*"/search ", "enter")
        assert "Say what to search for: /search words" in shown(scene)

    play(scene, script)
