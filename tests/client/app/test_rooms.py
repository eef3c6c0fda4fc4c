from collections.abc import Callable
from dataclasses import dataclass

import pytest
from textual.pilot import Pilot

from sussurro_client.app.app import Outcome, SussurroApp
from sussurro_client.app.ports import Entrance, Invitation
from sussurro_client.app.screens.leave import LeaveScreen
from sussurro_client.app.screens.room import RoomScreen
from sussurro_client.app.widgets.composer import Composer
from sussurro_client.app.widgets.room_tabs import RoomTabs
from sussurro_client.events import Disconnected, Moved, Standing
from tests.client.app.fakes import (
    ANA,
    BIA,
    RELAY,
    ROOM_WORDS,
    FakeClock,
    FakeDoorway,
    FakeSession,
    said,
)
from tests.client.app.play import ends, run, until
from tests.client.scenes import OTHER_KEY


@dataclass
class House:
    """An app over several rooms, with a fake doorway for each."""

    app: SussurroApp
    doorways: list[FakeDoorway]

    def session(self, number: int) -> FakeSession:
        return self.doorways[number].sessions[-1]

    @property
    def room(self) -> RoomScreen:
        """The room that is shown."""
        screen = self.app.screen_stack[1]
        assert isinstance(screen, RoomScreen)
        return screen

    @property
    def tabs(self) -> str:
        return self.room.query_one(RoomTabs).render().plain

    @property
    def said(self) -> str:
        return self.room.conversation.text


def house(*labels: str, name: str = "Bia") -> House:
    clock = FakeClock().clock()
    doorways = [FakeDoorway(lambda _session: None) for _label in labels]
    invitation = Invitation(name, BIA.key, ROOM_WORDS, RELAY)
    entrances = [
        Entrance(doorway, invitation, label)
        for doorway, label in zip(doorways, labels, strict=True)
    ]
    return House(SussurroApp(entrances, clock), doorways)


def play(
    scene: House, script: Callable[[Pilot[Outcome]], object], size: tuple[int, int] = (100, 24)
) -> None:
    async def whole(pilot: Pilot[Outcome]) -> None:
        await until(pilot, lambda: all(each.sessions for each in scene.doorways))
        await until(pilot, lambda: all(each.sessions[-1].is_started for each in scene.doorways))
        await script(pilot)  # type: ignore[misc]  # a coroutine function

    run(scene.app, whole, size)


def test_every_room_goes_in_at_once_and_the_first_is_shown() -> None:
    scene = house("home", "", "work")

    async def script(pilot: Pilot[Outcome]) -> None:
        await until(pilot, lambda: scene.tabs.strip() == ">1 home  2 lusab-babad  3 work")
        scene.session(0).let_in(ANA, BIA)
        await until(pilot, lambda: "You are in, as Bia." in scene.said)

    play(scene, script)


def test_one_room_alone_has_no_tabs() -> None:
    scene = house("home")

    async def script(pilot: Pilot[Outcome]) -> None:
        await pilot.pause()
        assert not scene.room.query_one(RoomTabs).display
        await pilot.press("f6", "alt+1", "alt+2", "f7")
        assert scene.room.conversation.is_attached

    play(scene, script)


def test_what_is_said_elsewhere_is_counted_until_one_looks() -> None:
    scene = house("home", "work")

    async def script(pilot: Pilot[Outcome]) -> None:
        scene.session(1).tell(said(ANA, "Oi"))
        await until(pilot, lambda: "2 work:1" in scene.tabs)
        scene.session(1).tell(said(ANA, "Oi, bia!", 1))
        await until(pilot, lambda: "2 work:2!" in scene.tabs)
        scene.session(0).tell(said(ANA, "here", 2))
        await until(pilot, lambda: "here" in scene.said)
        assert ">1 home  2" in scene.tabs, "what is said where one looks is read"
        await pilot.press("alt+2")
        await until(pilot, lambda: "Oi, bia!" in scene.said)
        assert scene.tabs.strip() == "1 home >2 work"
        await pilot.press("f6")
        await until(pilot, lambda: "here" in scene.said)
        assert scene.tabs.strip() == ">1 home  2 work"

    play(scene, script)


def test_keys_go_round_and_each_room_keeps_its_draft() -> None:
    scene = house("a", "b", "c")

    async def script(pilot: Pilot[Outcome]) -> None:
        await pilot.press(*"one", "f7")
        await until(pilot, lambda: ">3 c" in scene.tabs)
        await pilot.press(*"three", "f6")
        await until(pilot, lambda: ">1 a" in scene.tabs)
        assert scene.room.query_one(Composer).text == "one"
        await pilot.press("enter")
        assert (scene.session(0).sent, scene.session(2).sent) == (["one"], [])
        await pilot.press("alt+3", "enter")
        assert scene.session(2).sent == ["three"]
        await pilot.press("alt+9")
        assert ">3 c" in scene.tabs

    play(scene, script)


def test_a_click_shows_a_room() -> None:
    scene = house("home", "work")

    async def script(pilot: Pilot[Outcome]) -> None:
        await until(pilot, lambda: "2 work" in scene.tabs)
        await pilot.click(RoomTabs, offset=(2 + scene.tabs.index("2 work"), 0))
        await until(pilot, lambda: ">2 work" in scene.tabs)

    play(scene, script)


def test_a_question_that_is_open_stays_with_its_room() -> None:
    scene = house("home", "work")

    async def script(pilot: Pilot[Outcome]) -> None:
        await pilot.press("ctrl+c", "f6", "alt+2")
        assert isinstance(scene.app.screen, LeaveScreen)
        assert ">1 home" in scene.tabs

    play(scene, script)


def test_tt_leaves_the_room_that_is_shown_and_the_last_one_ends_the_app() -> None:
    scene = house("a", "b", "c")
    lost = [("from b",), ("from c",), ("from a",)]

    async def script(pilot: Pilot[Outcome]) -> None:
        for doorway, texts in zip(scene.doorways, (lost[2], lost[0], lost[1]), strict=True):
            doorway.sessions[0].undelivered = texts
        await pilot.press("alt+2", *"TT", "enter")
        await until(pilot, lambda: scene.tabs.strip() == "1 a >2 c")
        assert [scene.session(each).closes for each in range(3)] == [0, 1, 0]
        await pilot.press(*"/quit", "enter")
        await until(pilot, lambda: scene.session(2).closes == 1)
        await until(pilot, lambda: not scene.room.query_one(RoomTabs).display)
        assert scene.app.is_running
        await pilot.press(*"TT", "enter")
        await ends(pilot)

    play(scene, script)
    texts = ("from b", "from c", "from a")
    assert scene.app.return_value == Outcome(undelivered=texts)


def test_ctrl_c_asks_about_all_rooms_and_leaves_them() -> None:
    scene = house("a", "b")

    async def script(pilot: Pilot[Outcome]) -> None:
        await pilot.press("ctrl+c")
        assert "Leave all 2 rooms?" in str(scene.app.screen.query_one(".title").render())
        await pilot.press("tab", "enter")
        await ends(pilot)

    play(scene, script)
    assert [scene.session(each).closes for each in range(2)] == [1, 1]
    assert scene.app.return_value == Outcome()


def refuse(session: FakeSession) -> None:
    session.tell(Disconnected(RELAY, "room-refused", "", None))


def test_a_room_that_refuses_says_so_in_its_own_tab_and_the_others_go_on() -> None:
    scene = house("home", "work")

    async def script(pilot: Pilot[Outcome]) -> None:
        refuse(scene.session(1))
        await until(pilot, lambda: "2 work ✗" in scene.tabs)
        assert "does not serve" not in scene.said
        await pilot.press("f6")
        await until(pilot, lambda: "does not serve this room" in scene.said)
        await pilot.press("f6", *"TT", "enter")  # the only one that was left to talk in
        await ends(pilot)

    play(scene, script)
    outcome = scene.app.return_value
    assert outcome is not None
    assert outcome.refusal == ""
    assert [notice.partition(":")[0] for notice in outcome.notices] == ["work"]


def test_a_refused_room_can_be_closed() -> None:
    scene = house("home", "work")

    async def script(pilot: Pilot[Outcome]) -> None:
        refuse(scene.session(1))
        await pilot.press("f6", *"TT", "enter")
        await until(pilot, lambda: not scene.room.query_one(RoomTabs).display)
        assert scene.app.is_running
        await pilot.press(*"TT", "enter")
        await ends(pilot)

    play(scene, script)
    assert scene.app.return_value == Outcome()


def test_where_every_room_refuses_the_app_ends_with_all_reasons() -> None:
    scene = house("home", "work")

    async def script(pilot: Pilot[Outcome]) -> None:
        refuse(scene.session(0))
        await until(pilot, lambda: "1 home ✗" in scene.tabs)
        refuse(scene.session(1))
        await ends(pilot)

    play(scene, script)
    outcome = scene.app.return_value
    assert outcome is not None
    assert [line.partition(":")[0] for line in outcome.refusal.splitlines()] == ["home", "work"]


@pytest.mark.parametrize("looks_away", [False, True])
def test_each_room_moves_to_its_own_new_key(*, looks_away: bool) -> None:
    scene = house("home", "work")

    async def script(pilot: Pilot[Outcome]) -> None:
        await pilot.press("f6")
        scene.session(1).tell(Moved(ANA, Standing.KNOWN, OTHER_KEY.room, b"s", 0, live=True))
        await until(pilot, lambda: "/move" in scene.said)
        await pilot.press(*"/move", "enter", *(["f6"] if looks_away else []))
        await until(pilot, lambda: len(scene.doorways[1].sessions) == 2)
        await until(pilot, lambda: scene.session(1).is_started)
        assert len(scene.doorways[0].sessions) == 1
        if looks_away:
            assert ">1 home" in scene.tabs
            scene.session(1).tell(said(ANA, "new"))
            await until(pilot, lambda: "2 work:1" in scene.tabs)
            await pilot.press("f6")
        await until(pilot, lambda: "You are in the new room now" in scene.said)
        await pilot.press(*"Oi", "enter")
        assert scene.session(1).sent == ["Oi"]
        await pilot.press("ctrl+c", "tab", "enter")
        await ends(pilot)

    play(scene, script)
    assert scene.app.return_value == Outcome()


@pytest.mark.parametrize(
    ("size", "line"),
    [
        ((100, 10), ">1 a-long-name  2 b-long-name:1  3 c"),
        ((30, 10), ">1 a-long-name  2:1  3"),
        ((20, 10), ">1 a-long… 2:1  3"),
        ((12, 10), ">1 a-…:"),
    ],
)
def test_a_narrow_terminal_sees_the_name_of_the_shown_room_first(
    size: tuple[int, int], line: str
) -> None:
    scene = house("a-long-name", "b-long-name", "c")

    async def script(pilot: Pilot[Outcome]) -> None:
        scene.session(1).tell(said(ANA, "Oi"))
        await until(pilot, lambda: scene.tabs.strip().startswith(line))
        assert len(scene.tabs) <= size[0]

    play(scene, script, size)


def test_a_name_of_a_file_is_made_safe() -> None:
    scene = house("a\x1b[2J\u202e", "b")

    async def script(pilot: Pilot[Outcome]) -> None:
        await until(pilot, lambda: "2 b" in scene.tabs)
        assert not set(scene.tabs) & set("\x1b\u202e")

    play(scene, script)
