import threading
from dataclasses import replace

from textual.events import Paste
from textual.pilot import Pilot

from sussurro_client.app.app import Outcome
from sussurro_client.app.screens.help import HelpScreen
from sussurro_client.app.widgets.composer import Composer
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
    Moved,
    Person,
    Present,
    Standing,
)
from sussurro_client.fingerprint import short_words_of, words_of
from sussurro_client.naming import room_words
from tests.client.app.fakes import ANA, BIA, JOAO, NOON, RELAY, own_id, said, stage
from tests.client.app.play import drafted, ends, painted, play, shown, status, until
from tests.client.scenes import KEY

LOST = Disconnected(RELAY, "lost", "", 3.0)


def test_a_message_stands_with_its_time_its_name_and_its_text() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        scene.session.tell(said(ANA, "Oi, gente", 7))
        await pilot.pause()
        assert "12:07   Ana           Oi, gente" in shown(scene)

    play(scene, script)


def test_what_is_typed_is_sent_and_marked_until_the_relay_keeps_it() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        await pilot.press(*"Oi", "enter")
        assert scene.session.sent == ["Oi"]
        assert drafted(scene) == ""
        assert "Oi  sending…" in shown(scene)
        scene.session.tell(Kept(own_id("sent 1"), 1))
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
        twin = Person("Ana", b"t" * 32)
        scene.session.let_in(BIA)
        scene.session.meet(ANA, JOAO, twin)
        scene.session.tell(Arrived(JOAO))
        scene.session.tell(Departed(JOAO, "lost"))
        scene.session.tell(Departed(ANA, "left"))
        scene.session.tell(Alert(Alarm.GAP, ANA, 3))
        scene.session.tell(Alert(Alarm.FORGED))
        scene.session.tell(said(twin, "really me", standing=Standing.CHANGED))
        await pilot.pause()
        for sentence in (
            "· João is here.",
            "· João lost the connection.",
            "· Ana has left.",
            "! 3 messages of Ana are missing before what they said at",
            "! A forged message came and was not shown.",
            f"! Ana ({short_words_of(twin.key)})",
            "another identity  really me",
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
        await until(pilot, lambda: "●  Bia (you)" in painted(scene))
        await until(pilot, lambda: "●  Ana " in painted(scene))
        await until(pilot, lambda: "●! Ana " in painted(scene))
        await until(pilot, lambda: f"   {short_words_of(twin.key)}" in painted(scene))
        await until(pilot, lambda: "and 2 more" in painted(scene))
        await pilot.resize_terminal(60, 20)
        await pilot.pause()
        assert not scene.app.screen.query_one(Here).display
        await until(pilot, lambda: "●  Bia" not in painted(scene))

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
        assert shown(scene).count("2 here:") == 1
        assert "known  Ana" in shown(scene)
        assert "you    Bia" in shown(scene)

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


# Whom one trusts, and where one goes.

OFFER = Moved(ANA, Standing.KNOWN, KEY.room, b"share", 0, live=True)


def test_trust_is_answered_and_shown_beside_the_name_from_then_on() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        scene.session.let_in(ANA, BIA)
        await until(pilot, lambda: "●  Ana" in painted(scene))
        await pilot.press(*f"/trust Ana {short_words_of(ANA.key)}", "enter")
        assert f"* You trust Ana, whose fingerprint is {words_of(ANA.key)}." in shown(scene)
        assert drafted(scene) == ""
        await until(pilot, lambda: "●✓ Ana" in painted(scene))
        scene.session.tell(said(ANA, "Oi", standing=scene.session.standing(ANA)))
        await pilot.pause()
        assert "12:00 ✓ Ana  " in shown(scene)

    play(scene, script, size=(140, 24))


def test_trust_changes_the_badges_of_what_was_said_before_too() -> None:
    scene = stage()
    other = Person("Ana", b"o" * 32)

    async def script(pilot: Pilot[Outcome]) -> None:
        scene.session.tell(said(other, "I was first", 1))
        scene.session.tell(said(ANA, "I am Ana", 2, standing=Standing.CHANGED))
        await pilot.pause()
        await until(pilot, lambda: "12:02 ! Ana (sukig-lobor)" in painted(scene))
        await pilot.press(*f"/trust Ana {short_words_of(ANA.key)}", "enter")
        await until(pilot, lambda: "12:02 ✓ Ana           I am Ana" in painted(scene))
        assert f"12:01 ! Ana ({short_words_of(other.key)})" in painted(scene)

    play(scene, script)


def test_trust_in_nobody_or_with_wrong_words_is_a_sentence_and_the_draft_stays() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        scene.session.let_in(ANA, BIA)
        await pilot.press(*"/trust Eve", "enter")
        assert "! Nobody called Eve was met here." in shown(scene)
        assert drafted(scene) == "/trust Eve"
        scene.app.screen.query_one(Composer).clear()
        await pilot.press(*"/trust Ana babab", "enter")
        assert "! These words are not how the fingerprint of Ana begins" in shown(scene)
        assert scene.session.standing(ANA) is Standing.KNOWN

    play(scene, script, size=(140, 24))


def test_fingerprints_are_shown_to_be_compared() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        scene.session.let_in(ANA, BIA)
        await pilot.press(*"/fingerprint", "enter", *"/fingerprint Ana", "enter")
        assert f"* Your fingerprint: {words_of(BIA.key)}" in shown(scene)
        assert f"* The fingerprint of Ana (known): {words_of(ANA.key)}" in shown(scene)

    play(scene, script)


def test_an_offered_key_is_told_and_move_goes_on_in_a_fresh_room() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        old = scene.session
        old.let_in(ANA, BIA)
        old.undelivered = ("never arrived",)
        old.tell(OFFER)
        await pilot.pause()
        assert "! Ana has made a new key for this room" in shown(scene)
        await pilot.press(*"/move", "enter")
        await until(pilot, lambda: len(scene.sessions) == 2 and scene.session.is_started)
        assert scene.doorway.followed == [OFFER]
        assert (old.closes, scene.session.name) == (1, "Bia")
        await until(pilot, lambda: "You are in the new room now" in shown(scene))
        assert room_words(KEY.room) in status(scene)
        assert "1 message was not delivered: never arrived" in shown(scene)
        old.tell(said(ANA, "from the old room"))
        old.tell(Disconnected(RELAY, "room-refused", "", None))
        scene.session.let_in(ANA, BIA)
        scene.session.tell(said(ANA, "Oi"))
        await until(pilot, lambda: shown(scene).endswith("Oi"))
        assert "old room" not in shown(scene)
        await pilot.press(*"TT", "enter")
        await ends(pilot)

    play(scene, script, size=(120, 24))
    assert scene.app.return_value == Outcome(undelivered=("never arrived",))


def test_a_key_that_cannot_be_taken_is_a_sentence_and_the_room_goes_on() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        await pilot.press(*"/move", "enter")
        assert "! No new key was offered to you." in shown(scene)
        scene.doorway.refusal = "The new key cannot be written."
        scene.session.tell(OFFER)
        await pilot.press("enter")
        await until(pilot, lambda: "! The new key cannot be written." in shown(scene))
        assert len(scene.sessions) == 1
        assert scene.session.closes == 0

    play(scene, script)


def test_a_move_takes_the_help_page_away_and_the_draft_along() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        closed = threading.Event()
        scene.session.on_close = closed.wait
        scene.session.tell(OFFER)
        await pilot.pause()
        await pilot.press(*"/move", "enter")
        await pilot.press(*"half a thought", "f1")
        assert isinstance(scene.app.screen, HelpScreen)
        scene.sessions[0].tell(Disconnected(RELAY, "room-refused", "", None))
        await pilot.pause()
        closed.set()
        await until(pilot, lambda: scene.session.is_started)
        assert drafted(scene) == "half a thought"
        assert len(scene.app.screen_stack) == 2

    play(scene, script)


def test_being_left_out_is_told_with_caution_where_it_is_due() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        scene.session.tell(replace(OFFER, share=None, standing=Standing.CHANGED))
        await pilot.pause()
        text = " ".join(shown(scene).split())
        assert "left you out: you will read nothing of what is said there." in text
        assert "CAUTION: Ana" in text

    play(scene, script)
