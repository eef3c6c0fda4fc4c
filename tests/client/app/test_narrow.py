"""Every screen in a terminal of 20 columns and 10 lines."""

import pytest
from textual.pilot import Pilot

from sussurro_client import words
from sussurro_client.app.app import Outcome
from sussurro_client.app.screens.help import HelpScreen
from sussurro_client.app.screens.leave import LeaveScreen
from sussurro_client.app.screens.name import NameScreen
from sussurro_client.app.widgets.status import Connection, Phase, Status
from sussurro_client.events import Disconnected
from sussurro_client.words import _
from tests.client.app.fakes import ANA, BIA, RELAY, said, stage
from tests.client.app.play import ends, painted, play, until

SIZE = (20, 10)
LANGUAGES = ["en", "pt_BR"]


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(words, "_translations", words._translations)
    words.use_language(request.param)
    return str(request.param)


@pytest.mark.usefixtures("language")
def test_the_room_serves_to_read_and_to_write() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        scene.session.let_in(ANA, BIA)
        scene.session.tell(said(ANA, "Oi!"))
        await pilot.press(*"Olá")
        await until(pilot, lambda: "Oi!" in painted(scene))
        assert "Olá" in painted(scene)
        first = painted(scene).splitlines()[0]
        assert first.startswith("● ")
        assert "2" in first
        await pilot.press("enter")
        await until(pilot, lambda: len(scene.session.sent) == 1)

    play(scene, script, SIZE)


@pytest.mark.usefixtures("language")
def test_the_question_for_a_name_serves() -> None:
    scene = stage("")

    async def script(pilot: Pilot[Outcome]) -> None:
        assert isinstance(scene.app.screen, NameScreen)
        await pilot.press("enter")
        flaw = scene.app.screen.query_one("#flaw")
        await until(pilot, lambda: bool(str(flaw.render())))
        await pilot.press(*"Zé")
        assert "Zé" in painted(scene)
        await pilot.press("enter")
        await until(pilot, lambda: bool(scene.sessions))

    play(scene, script, SIZE)


@pytest.mark.usefixtures("language")
def test_the_question_whether_to_leave_shows_both_answers() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        await pilot.press("ctrl+c")
        await until(pilot, lambda: isinstance(scene.app.screen, LeaveScreen))
        await pilot.pause()
        for button in scene.app.screen.query("Button"):
            assert str(button.label) in painted(scene)  # type: ignore[attr-defined]  # a Button's
        await pilot.press("tab", "enter")
        await ends(pilot)

    play(scene, script, SIZE)
    assert scene.app.return_value == Outcome()


@pytest.mark.usefixtures("language")
def test_the_help_page_is_read_to_its_end() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(scene.app.screen, HelpScreen))
        await pilot.pause()
        assert "Esc" in painted(scene)
        await pilot.press("end")
        last_word = _("Yours, and the relay keeps it").split()[-1]
        await until(pilot, lambda: last_word in painted(scene))
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(scene.app.screen, HelpScreen))

    play(scene, script, SIZE)


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("width", [1, 2, 8, 20, 34, 80, 300])
def test_the_line_at_the_top_is_never_longer_than_the_terminal(
    language: str, phase: Phase, width: int
) -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        line = scene.app.screen.query_one(Status)
        line.show(Connection(phase, 1234, 60.0))
        await pilot.pause()
        shown = line.render()
        assert shown.cell_length <= max(line.size.width, 1), language
        assert shown.plain

    play(scene, script, (width, 10))


def test_a_lost_connection_is_said_in_a_narrow_terminal_too() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        scene.session.tell(Disconnected(RELAY, "lost", "", 9.0))
        await until(pilot, lambda: "○" in painted(scene))

    play(scene, script, SIZE)
