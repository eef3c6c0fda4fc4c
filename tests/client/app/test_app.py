import pytest
from textual.pilot import Pilot

from sussurro_client.app.app import Outcome
from sussurro_client.app.main import report
from sussurro_client.app.palette import LIGHT
from sussurro_client.app.screens.leave import LeaveScreen
from sussurro_client.app.screens.name import NameScreen
from sussurro_client.errors import ClientError
from sussurro_client.events import Disconnected, Person
from tests.client.app.fakes import ANA, RELAY, FakeSession, said, stage
from tests.client.app.play import drafted, ends, painted, play, shown, until


@pytest.mark.parametrize("key", ["ctrl+c", "ctrl+q"])
def test_a_key_that_ends_programs_only_asks_and_escape_stays(key: str) -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        await pilot.press("a", key, key)
        assert isinstance(scene.app.screen, LeaveScreen)
        await pilot.press("escape")
        assert not isinstance(scene.app.screen, LeaveScreen)
        assert drafted(scene) == "a"
        await pilot.press(key, "enter")  # the answer that is offered first is to stay
        assert scene.session.closes == 0
        assert scene.app.is_running

    play(scene, script)


def test_leaving_after_the_question_hands_back_what_was_not_delivered() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        scene.session.undelivered = ("never arrived",)
        await pilot.press("ctrl+c", "tab", "enter")
        await ends(pilot)

    play(scene, script)
    assert scene.session.closes == 1
    assert scene.app.return_value == Outcome(undelivered=("never arrived",))


def test_ctrl_p_does_nothing() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        await pilot.press("ctrl+p")
        assert len(scene.app.screen_stack) == 2
        assert drafted(scene) == ""

    play(scene, script)


def test_without_a_name_the_app_asks_for_one_and_goes_in_with_it() -> None:
    scene = stage("")

    async def script(pilot: Pilot[Outcome]) -> None:
        assert isinstance(scene.app.screen, NameScreen)
        await pilot.press("enter")
        await until(pilot, lambda: "Please write a name." in painted(scene))
        await pilot.press(*" Zé ", "enter")
        await until(pilot, lambda: bool(scene.sessions) and scene.session.is_started)
        assert scene.session.name == "Zé"

    play(scene, script)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("x" * 33, "A name has at most 32 characters."),
        ("A\u202ena", "This name has characters that cannot be shown."),
        ("A\x1b[2J", "This name has characters that cannot be shown."),
    ],
)
def test_a_name_that_will_not_do_is_asked_for_again(name: str, sentence: str) -> None:
    scene = stage(name)

    async def script(pilot: Pilot[Outcome]) -> None:
        assert isinstance(scene.app.screen, NameScreen)
        await until(pilot, lambda: sentence in painted(scene))
        assert scene.sessions == []

    play(scene, script)


def test_the_question_for_a_name_can_be_left() -> None:
    scene = stage("")

    async def script(pilot: Pilot[Outcome]) -> None:
        await pilot.press("ctrl+c", "tab", "enter")
        await ends(pilot)

    play(scene, script)
    assert scene.app.return_value == Outcome()


def test_a_session_that_cannot_be_opened_ends_the_app_with_its_sentence() -> None:
    def refuse(_session: FakeSession) -> None:
        raise ClientError("The key is gone.")

    scene = stage(on_open=refuse)

    async def script(pilot: Pilot[Outcome]) -> None:
        await ends(pilot)

    play(scene, script)
    assert scene.app.return_value == Outcome(refusal="The key is gone.")


def test_a_refusal_for_good_ends_the_app_with_its_sentence() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        scene.session.tell(Disconnected(RELAY, "room-refused", "", None))
        await ends(pilot)

    play(scene, script)
    assert scene.app.return_value is not None
    assert scene.app.return_value.refusal.startswith(f"{RELAY} does not serve this room.")


def test_f2_changes_the_colours_and_nothing_that_is_said() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        scene.session.tell(said(ANA, "Oi"))
        await pilot.pause()
        before = shown(scene)
        await pilot.press("f2")
        await pilot.pause()
        assert scene.app.theme == LIGHT.name
        assert shown(scene) == before

    play(scene, script)


@pytest.mark.parametrize("size", [(120, 30), (40, 12), (8, 4), (1, 1)])
def test_nothing_hostile_in_a_name_or_a_text_reaches_the_screen(size: tuple[int, int]) -> None:
    scene = stage()
    evil = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202egnp.exe\u2066\u200b\r\x08\x00"

    async def script(pilot: Pilot[Outcome]) -> None:
        eve = Person(evil, b"e" * 32)
        scene.session.let_in(ANA, eve)
        scene.session.tell(said(eve, evil * 3 + "\u2028" * 3))
        scene.session.tell(Disconnected(evil, evil, evil, 1.0))
        await pilot.pause()
        await pilot.pause()
        everything = painted(scene) + shown(scene)
        assert not set(everything) & set("\x1b\x07\x9b\x00\x08\r\u202e\u2066\u200b\u2028")

    play(scene, script, size=size)


def test_the_exit_code_says_how_it_ended(capsys: pytest.CaptureFixture[str]) -> None:
    assert report(Outcome()) == 0
    assert report(Outcome(undelivered=("one", "two\x1b[2J"))) == 1
    assert report(Outcome(refusal="No.")) == 2
    written = capsys.readouterr()
    assert written.out == "2 texts were not delivered:\none\ntwo\ufffd[2J\n"
    assert written.err == "No.\n"
