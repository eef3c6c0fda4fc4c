from textual.events import Paste
from textual.pilot import Pilot

from sussurro_client.app.app import Outcome
from sussurro_client.app.screens.help import HelpScreen
from sussurro_client.app.widgets.conversation import Conversation
from sussurro_client.app.widgets.here import Here
from sussurro_client.events import (
    Alarm,
    Alert,
    Arrived,
    Connected,
    Departed,
    Disconnected,
    Kept,
    Person,
    Present,
)
from tests.client.app.fakes import ANA, BIA, JOAO, NOON, RELAY, said, stage
from tests.client.app.play import drafted, ends, painted, play, shown, status, until

LOST = Disconnected(RELAY, "lost", "", 3.0)


def test_a_message_stands_with_its_time_its_name_and_its_text() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        scene.session.tell(said(ANA, "Oi, gente", 7))
        await pilot.pause()
        assert "12:07  Ana           Oi, gente" in shown(scene)

    play(scene, script)


def test_what_is_typed_is_sent_and_marked_until_the_relay_keeps_it() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        await pilot.press(*"Oi", "enter")
        assert scene.session.sent == ["Oi"]
        assert drafted(scene) == ""
        assert "Oi  sending…" in shown(scene)
        scene.session.tell(Kept("own-1", 1))
        await pilot.pause()
        assert "Oi" in shown(scene)
        assert "sending" not in shown(scene)

    play(scene, script)


def test_a_text_is_never_read_as_markup() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        scene.session.tell(said(Person("[b]x[/b]", b"x" * 32), "[red]not red[/red] [/oops"))
        await pilot.pause()
        assert "[red]not red[/red] [/oops" in shown(scene)
        assert "[b]x[/b]" in shown(scene)

    play(scene, script)


def test_what_arrives_does_not_disturb_what_is_being_typed() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        await pilot.press(*"Bom ")
        for number in range(50):
            scene.session.tell(said(ANA, f"line {number}"))
        await pilot.press(*"dia")
        assert drafted(scene) == "Bom dia"

    play(scene, script)


def test_the_draft_and_the_room_stay_when_the_connection_goes_and_comes() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        scene.session.let_in(ANA, BIA)
        await pilot.press(*"half a thought")
        scene.session.tell(LOST)
        await pilot.pause()
        assert "reconnecting in 3 s" in status(scene)
        assert shown(scene).count(f"The connection to {RELAY} is lost.") == 1
        scene.clock.seconds += 3
        assert "connecting…" in status(scene)
        scene.session.tell(LOST)
        scene.session.tell(Connected(RELAY, 2))
        await pilot.pause()
        assert "connected · 2 here" in status(scene)
        assert shown(scene).count(f"The connection to {RELAY} is lost.") == 1
        assert "Connected again." in shown(scene)
        assert drafted(scene) == "half a thought"

    play(scene, script)


def test_arrivals_departures_and_alarms_are_told() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        scene.session.let_in(BIA)
        scene.session.tell(Arrived(JOAO))
        scene.session.tell(Departed(JOAO, "lost"))
        scene.session.tell(Departed(ANA, "left"))
        scene.session.tell(Alert(Alarm.GAP, ANA, 3))
        scene.session.tell(Alert(Alarm.FORGED))
        scene.session.tell(said(ANA, "really me", verified=False))
        await pilot.pause()
        for sentence in (
            "· João is here.",
            "· João lost the connection.",
            "· Ana has left.",
            "! 3 messages of Ana are missing.",
            "! A forged message came and was not shown.",
            "not verified  really me",
        ):
            assert sentence in shown(scene)

    play(scene, script)


def test_the_panel_says_who_is_here_and_hides_on_a_narrow_terminal() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        twin = Person("Ana", b"t" * 32)
        scene.session.let_in(ANA, BIA, twin)
        scene.session.tell(Present((ANA, BIA, twin), 5))
        await pilot.pause()
        await until(pilot, lambda: "● Bia (you)" in painted(scene))
        await until(pilot, lambda: painted(scene).count("● Ana ") == 2)
        await until(pilot, lambda: "and 2 more" in painted(scene))
        await pilot.resize_terminal(60, 20)
        await pilot.pause()
        assert not scene.app.screen.query_one(Here).display
        await until(pilot, lambda: "● Bia" not in painted(scene))

    play(scene, script)


def test_who_asks_the_relay_and_shows_its_answer_once() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        await pilot.press(*"/who", "enter")
        assert "nobody can say who is here" in shown(scene)
        scene.session.let_in(ANA, BIA)
        await pilot.press(*"/who", "enter")
        assert scene.session.whos == 1
        for _time in range(2):
            scene.session.tell(Present((ANA, BIA), 2))
        await pilot.pause()
        assert shown(scene).count("Here are 2: Ana, Bia.") == 1

    play(scene, script)


def test_tt_alone_leaves_with_everything_delivered() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        await pilot.press(*"TT", "enter")
        await ends(pilot)

    play(scene, script)
    assert scene.session.closes == 1
    assert scene.app.return_value == Outcome()


def test_a_paste_of_lines_is_one_message_even_with_a_line_tt() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        pilot.app.post_message(Paste("one\r\nTT\rthree\x1b[2J"))
        await pilot.pause()
        assert scene.session.sent == []
        await pilot.press("enter")
        assert scene.session.sent == ["one\nTT\nthree\ufffd[2J"]
        assert scene.session.closes == 0

    play(scene, script)


def test_alt_enter_and_ctrl_j_begin_a_new_line() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        await pilot.press("a", "alt+enter", "b", "ctrl+j", "c", "enter")
        assert scene.session.sent == ["a\nb\nc"]

    play(scene, script)


def test_an_unknown_command_gets_a_sentence_and_is_not_sent() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        await pilot.press(*"/nope", "enter")
        assert "There is no such command." in shown(scene)
        assert scene.session.sent == []
        assert drafted(scene) == "/nope"

    play(scene, script)


def test_a_text_that_cannot_be_sent_says_why_and_stays() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        scene.session.refusal = "Too much is waiting."
        await pilot.press(*"Oi", "enter")
        assert "! Too much is waiting." in shown(scene)
        assert drafted(scene) == "Oi"

    play(scene, script)


def test_whoever_has_scrolled_up_stays_there_and_is_told_of_news() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        for number in range(100):
            scene.session.tell(said(ANA, f"line {number}"))
        await pilot.pause()
        await until(pilot, lambda: "line 99" in painted(scene))
        await pilot.press("pageup")
        await until(pilot, lambda: "line 99" not in painted(scene))
        before = scene.app.screen.query_one(Conversation).scroll_offset
        scene.session.tell(said(ANA, "news"))
        await until(pilot, lambda: "1 new below" in painted(scene))
        assert scene.app.screen.query_one(Conversation).scroll_offset == before
        await pilot.press("ctrl+end")
        await pilot.pause()
        await until(pilot, lambda: "news" in painted(scene))
        await until(pilot, lambda: "new below" not in painted(scene))

    play(scene, script)


def test_f1_and_help_show_the_same_page() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        await pilot.press("f1")
        assert isinstance(scene.app.screen, HelpScreen)
        await pilot.press("escape")
        assert not isinstance(scene.app.screen, HelpScreen)
        await pilot.press(*"/help", "enter")
        assert isinstance(scene.app.screen, HelpScreen)

    play(scene, script)


def test_notices_stand_at_the_top_of_the_room() -> None:
    scene = stage(notices=("Your key can be read by others.",))

    async def script(_pilot: Pilot[Outcome]) -> None:
        lines = shown(scene).splitlines()
        assert "Monday, 9 March 2026" in lines[0]
        assert lines[1].endswith("* Your key can be read by others.")
        assert lines[2].endswith(f"* Connecting to {RELAY}…")

    play(scene, script)


def test_a_day_begins_with_its_date() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        assert NOON.day == 9
        scene.session.tell(said(ANA, "late", 24 * 60))
        await pilot.pause()
        assert "Tuesday, 10 March 2026" in shown(scene)

    play(scene, script)
