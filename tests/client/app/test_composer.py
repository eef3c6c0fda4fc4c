import pytest
from textual.events import Paste
from textual.pilot import Pilot

from sussurro_client.app.app import Outcome
from sussurro_client.app.screens.room import RoomScreen
from sussurro_client.app.widgets.candidates import Candidates
from sussurro_client.app.widgets.composer import Composer
from sussurro_client.events import Connected, Disconnected, Person
from tests.client.app.fakes import ANA, BIA, JOAO, RELAY, FakeSession, Stage, stage
from tests.client.app.hostile import EVIL, FORBIDDEN, LONG
from tests.client.app.play import drafted, painted, play, until

SIZES = [(100, 24), (20, 10), (8, 4), (1, 1)]


def composer(scene: Stage) -> Composer:
    return scene.app.screen_stack[1].query_one(Composer)


def offered(scene: Stage) -> str:
    """Return what the popup says; empty: it is not there."""
    popup = scene.app.screen_stack[1].query_one(Candidates)
    return str(popup.render()) if popup.display else ""


# What was typed before.


def test_up_and_down_go_through_what_was_typed_and_the_draft_comes_back() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        await pilot.press(*"one", "enter", *"two", "alt+enter", "2", "enter", *"half")
        await pilot.press("up")
        assert drafted(scene) == "two\n2"
        await pilot.press("up")
        assert drafted(scene) == "two\n2", "the cursor goes up in the draft first"
        await pilot.press("up")
        assert drafted(scene) == "one"
        await pilot.press("up")
        assert drafted(scene) == "one"
        await pilot.press("down", "down", "down")
        assert drafted(scene) == "half"
        assert scene.session.sent == ["one", "two\n2"]

    play(scene, script)


def test_up_moves_within_a_line_that_is_wrapped_before_it_leaves_it() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        await pilot.press(*"one", "enter", *("x" * 30), "up")
        assert drafted(scene) == "x" * 30
        await pilot.press("up")
        assert drafted(scene) == "one"

    play(scene, script, size=(30, 12))


def test_what_was_refused_stays_the_draft_and_a_command_is_typed_text_too() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        scene.session.let_in(ANA, BIA)
        await pilot.press(*"/who", "enter", "up")
        assert drafted(scene) == "/who"
        assert offered(scene) == "", "what is taken up again is not begun"

    play(scene, script)


# Tab.


def test_tab_goes_through_the_names_shift_tab_back_and_escape_takes_it_back() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        scene.session.let_in(ANA, BIA, JOAO)
        scene.session.meet(Person("Joana", b"o" * 32))
        await pilot.pause()
        await pilot.press(*"jo", "tab")
        assert drafted(scene) == "João: "
        assert "▸ João" in offered(scene)
        await pilot.press("tab")
        assert drafted(scene) == "Joana: "
        await pilot.press("tab")
        assert drafted(scene) == "João: "
        await pilot.press("shift+tab")
        assert drafted(scene) == "Joana: "
        assert "▸ Joana" in offered(scene)
        await pilot.press("escape")
        assert (drafted(scene), offered(scene)) == ("jo", "")
        await pilot.press("tab", *"oi", "enter")
        assert scene.session.sent == ["João: oi"]

    play(scene, script)


def test_one_candidate_is_taken_without_a_popup_and_stays_however_often_tab_is_pressed() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        scene.session.let_in(ANA, BIA)
        await pilot.pause()
        await pilot.press(*"Oi a", "tab", "tab", "tab")
        assert (drafted(scene), offered(scene)) == ("Oi Ana ", "")

    play(scene, script)


def test_one_is_never_offered_oneself() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        scene.session.let_in(ANA, BIA)
        await pilot.pause()
        await pilot.press("tab")
        assert drafted(scene) == "Ana: "

    play(scene, script)


def test_tab_without_anything_to_complete_does_nothing_and_the_focus_stays() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        await pilot.press("tab", "shift+tab", *"xyz", "tab", "shift+tab")
        assert (drafted(scene), offered(scene)) == ("xyz", "")
        assert scene.app.focused is composer(scene)

    play(scene, script)


def test_a_command_is_suggested_while_it_is_typed_and_enter_still_sends_what_stands() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        await pilot.press(*"/t")
        await until(pilot, lambda: "/trust name [words]" in painted(scene))
        assert "▸" not in offered(scene)
        await pilot.press("escape")
        assert (drafted(scene), offered(scene)) == ("/t", "")
        await pilot.press(*"ru", "tab")
        assert drafted(scene) == "/trust "
        await pilot.press("ctrl+u", *"/sa", "enter")
        assert drafted(scene) == "/sa"
        await pilot.press(*"y hello")
        assert offered(scene) == ""
        await pilot.press("enter")
        assert scene.session.sent == ["hello"]

    play(scene, script)


def test_a_short_name_becomes_an_emoji_by_tab_and_when_it_is_sent() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        await pilot.press(*"Oi :smi")
        assert "😄 :smile:" in offered(scene)
        await pilot.press("tab")
        assert drafted(scene) == "Oi 😄"
        await pilot.press("tab")
        assert drafted(scene) == "Oi 😏"
        await pilot.press("enter")
        await pilot.press(*"`:smile:` :smile:", "enter", *"//:smile:", "enter")
        await pilot.press(*"/say :smile:", "enter")
        assert scene.session.sent == ["Oi 😏", "`:smile:` 😄", "/😄", ":smile:"]

    play(scene, script)


def test_moving_the_cursor_away_closes_the_popup() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        await pilot.press(*"a :smi")
        assert offered(scene)
        await pilot.press("home")
        assert not offered(scene)

    play(scene, script)


def test_tab_in_the_midst_of_a_draft_leaves_what_stands_after_it() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        scene.session.let_in(ANA, BIA, JOAO)
        await pilot.pause()
        scene.app.post_message(Paste("Oi\n😄 j e tchau"))
        await pilot.pause()
        await pilot.press(*["left"] * 8, "tab")
        assert drafted(scene) == "Oi\n😄 João e tchau"
        await pilot.press("escape")
        assert drafted(scene) == "Oi\n😄 j e tchau"

    play(scene, script)


@pytest.mark.parametrize("size", SIZES)
def test_hostile_names_do_nothing_in_the_popup_on_any_terminal(size: tuple[int, int]) -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        people = [Person(name, bytes([number]) * 32) for number, name in enumerate((EVIL, LONG))]
        scene.session.let_in(BIA, *people, Person("[red]x[/red] [/oops", b"x" * 32))
        await pilot.pause()
        seen = ""
        for _time in range(4):
            await pilot.press("tab")
            seen += painted(scene) + drafted(scene) + offered(scene)
        assert not set(seen) & FORBIDDEN
        assert "▸ [red]x[/red] [/oops" in seen
        await pilot.press("escape")
        assert drafted(scene) == ""
        for _time in range(6):
            await pilot.press("/", "tab", "escape", "backspace")

    play(scene, script, size=size)


def test_a_narrow_terminal_shows_the_candidates_cut_off() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        await pilot.press(*"/")
        await until(pilot, lambda: "/help" in painted(scene))
        assert all(len(line) == 20 for line in painted(scene).splitlines())

    play(scene, script, size=(20, 16))


# Drafts.


def test_a_paste_never_sends_not_even_with_line_feeds_and_tabs() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        scene.session.let_in(ANA, BIA)
        scene.app.post_message(Paste("TT\n/quit\n\tan\t\n:smi\n"))
        await pilot.pause()
        assert scene.session.sent == []
        assert scene.session.closes == 0
        assert drafted(scene) == "TT\n/quit\n    an    \n:smi\n"

    play(scene, script)


def test_the_draft_and_what_was_typed_stay_over_a_reconnect() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        scene.session.let_in(ANA, BIA)
        await pilot.press(*"before", "enter", *"half ", "alt+enter", "a")
        for _time in range(3):
            scene.session.tell(Disconnected(RELAY, "lost", "", 1.0))
            await pilot.pause()
            await pilot.press("b")
            scene.session.tell(Connected(RELAY, 2))
            await pilot.pause()
        assert drafted(scene) == "half \nabbb"
        assert composer(scene).has_focus
        await pilot.press("up", "up")
        assert drafted(scene) == "before"

    play(scene, script)


def test_each_room_has_its_own_draft_and_its_own_history() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        first = scene.app.screen
        assert isinstance(first, RoomScreen)
        second = RoomScreen(
            FakeSession(lambda _event: None, "Bia"),
            scene.app._entering._entrances[0].invitation,
            scene.clock.clock(),
        )
        await pilot.press(*"said", "enter", *"here")
        await scene.app.push_screen(second)
        await pilot.press("up", *"there")
        assert (first.draft, second.draft) == ("here", "there")
        await scene.app.pop_screen()
        await pilot.press("up")
        assert first.draft == "said"

    play(scene, script)
