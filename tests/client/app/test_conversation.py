import re
from unittest.mock import patch

from textual.pilot import Pilot

from sussurro_client.app.app import Outcome
from sussurro_client.app.widgets.conversation import Conversation
from tests.client.app.fakes import ANA, Stage, said, stage
from tests.client.app.play import painted, play, room, shown, until


def test_the_oldest_entries_are_forgotten_and_what_is_in_sight_stays() -> None:
    scene = stage()
    most = 500

    async def script(pilot: Pilot[Outcome]) -> None:
        for number in range(most):
            scene.session.tell(said(ANA, f"<{number}>"))
        await until(pilot, lambda: f"<{most - 1}>" in painted(scene))
        assert shown(scene).count("\n") + 1 == most
        await pilot.press("pageup")
        await until(pilot, lambda: f"<{most - 1}>" not in painted(scene))
        seen = re.findall(r"<\d+>", painted(scene))
        scene.session.tell(said(ANA, "news"))
        await until(pilot, lambda: "1 new below" in painted(scene))
        # The line that tells of news takes the place of the lowest.
        assert re.findall(r"<\d+>", painted(scene)) == seen[:-1]
        assert len(room(scene).timeline) < most

    with patch("sussurro_client.app.widgets.conversation.MAX_ENTRIES", most):
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


def _odd(number: int) -> str:
    """Return a text of a height that is hard to guess."""
    words = ("word", "a-rather-long-word-that-does-not-fit", "世界", "e\u0301")[number % 4]
    return f"<{number}> " + f"{words} " * (number * 7 % 40) + "\n" * (number % 3)


def _seen(scene: Stage) -> list[str]:
    """Return the lines in sight, as drawn."""
    view = scene.app.screen.query_one(Conversation)
    return [view.render_line(row).text.rstrip() for row in range(view.size.height)]


def test_only_what_is_in_sight_is_drawn() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        view = scene.app.screen.query_one(Conversation)
        with patch.object(view._sight, "_draw", wraps=view._sight._draw) as draw:
            for number in range(2_000):
                scene.session.tell(said(ANA, _odd(number)))
            await until(pilot, lambda: "<1999>" in painted(scene))
            assert 0 < draw.call_count < 200
            draw.reset_mock()
            await pilot.resize_terminal(60, 24)
            await until(pilot, lambda: "<1999>" in painted(scene))
            assert 0 < draw.call_count < 100

    play(scene, script)


def test_page_by_page_everything_is_seen_once_and_nothing_jumps() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        for number in range(150):
            scene.session.tell(said(ANA, _odd(number)))
        await until(pilot, lambda: "<149>" in painted(scene))
        view = scene.app.screen.query_one(Conversation)
        pages = [_seen(scene)]
        while view.scroll_offset.y:
            view.page(-1)
            page = _seen(scene)
            if view.scroll_offset.y:
                assert page[-2:] == pages[-1][:2], "two lines of the page before stay in sight"
            pages.append(page)
        found = [re.findall(r"<(\d+)>", " ".join(page)) for page in reversed(pages)]
        order = list(dict.fromkeys(int(number) for page in found for number in page))
        assert order == list(range(150))
        while not view.is_vertical_scroll_end:
            view.page(1)
        assert _seen(scene) == pages[0]

    play(scene, script)


def test_line_by_line_what_is_in_sight_moves_by_one_line() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        for number in range(60):
            scene.session.tell(said(ANA, _odd(number)))
        await until(pilot, lambda: "<59>" in painted(scene))
        view = scene.app.screen.query_one(Conversation)
        before = _seen(scene)
        while view.scroll_offset.y > 1:
            view.scroll_relative(y=-1, animate=False)
            now = _seen(scene)
            assert now[1:] == before[:-1]
            before = now

    play(scene, script)


def test_another_width_keeps_what_is_at_the_top_of_the_sight_of_whoever_has_scrolled_up() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        for number in range(150):
            scene.session.tell(said(ANA, _odd(number)))
        await until(pilot, lambda: "<149>" in painted(scene))
        view = scene.app.screen.query_one(Conversation)
        view.scroll_to(y=view.max_scroll_y // 2, animate=False)
        top = view._blocks[view._blocks.column.at(view.scroll_offset.y)]
        for width in (50, 140, 100):
            await pilot.resize_terminal(width, 24)
            await pilot.pause()
            assert view._blocks[view._blocks.column.at(view.scroll_offset.y)] is top

    play(scene, script)


def test_lines_that_are_kept_no_more_are_drawn_again_when_they_come_into_sight() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        for number in range(150):
            scene.session.tell(said(ANA, _odd(number)))
        await until(pilot, lambda: "<149>" in painted(scene))
        view = scene.app.screen.query_one(Conversation)
        first = _seen(scene)
        with patch("sussurro_client.app.sight._MAX_DRAWN", 20):
            while view.scroll_offset.y:
                view.page(-1)
            assert sum(block.strips is not None for block in view._blocks) < 60
            view.to_end()
        assert _seen(scene) == first

    play(scene, script)


def test_of_texts_that_are_too_much_together_the_oldest_are_forgotten() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        with patch("sussurro_client.app.widgets.conversation._MAX_CHARACTERS", 1_000):
            for number in range(10):
                scene.session.tell(said(ANA, f"<{number}> " + "x" * 300))
            await until(pilot, lambda: "<9>" in painted(scene))
        assert re.findall(r"<\d+>", shown(scene)) == ["<7>", "<8>", "<9>"]

    play(scene, script)
