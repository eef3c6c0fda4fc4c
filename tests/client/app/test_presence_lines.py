"""How it is told who comes and goes, and who writes."""

from dataclasses import replace

import pytest
from textual.pilot import Pilot

from sussurro_client.app.app import Outcome
from sussurro_client.app.widgets.below import Below
from sussurro_client.app.widgets.here import Here
from sussurro_client.contents import Typing
from sussurro_client.events import Alarm, Alert, Arrived, Departed, Person
from tests.client.app.fakes import ANA, BIA, JOAO, Stage, said, stage
from tests.client.app.play import painted, play, room, shown, until


def crowd(count: int) -> list[Person]:
    return [Person(f"P{number}", bytes([number]) * 32) for number in range(count)]


def let_come(scene: Stage, people: list[Person]) -> None:
    scene.session.meet(*people)
    for person in people:
        scene.session.tell(Arrived(person))


def test_many_arrivals_become_one_line_that_goes_on_until_something_else_happens() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        scene.session.let_in(BIA)
        people = crowd(20)
        let_come(scene, people[:3])
        await until(pilot, lambda: "P2 is here." in shown(scene))
        let_come(scene, people[3:14])
        scene.session.tell(Departed(people[0], "left"))
        await until(pilot, lambda: "P0, P1 and 12 more came; P0 left." in shown(scene))
        assert "is here." not in shown(scene)
        scene.session.tell(said(ANA, "Oi"))
        let_come(scene, people[14:15])
        await until(pilot, lambda: "P14 is here." in shown(scene))
        assert "P0, P1 and 12 more came; P0 left." in shown(scene)

    play(scene, script)


def test_whoever_one_talks_with_has_a_line_of_their_own() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        scene.session.let_in(BIA, ANA, JOAO)
        scene.session.tell(said(ANA, "Oi"))
        scene.session.tell(replace(said(JOAO, "old"), live=False))
        await pilot.pause()
        await pilot.press(*"/msg João psst", "enter")
        people = crowd(8)
        let_come(scene, people[:4])
        scene.session.tell(Departed(ANA, "lost"))
        scene.session.tell(Departed(JOAO, "lost"))
        let_come(scene, people[4:])
        await until(pilot, lambda: shown(scene).count(" more came.") == 2)
        assert "Ana lost the connection." in shown(scene)
        assert "João lost the connection." in shown(scene)
        scene.clock.seconds += 301  # Ana has not said anything for a while
        scene.session.tell(Arrived(ANA))
        let_come(scene, people[:3])
        await until(pilot, lambda: "P4, P5 and 6 more came." in shown(scene))

    play(scene, script)


def test_who_is_writing_is_told_until_they_have_said_it() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        scene.session.let_in(BIA, ANA)
        typing = replace(said(ANA, "x"), content=Typing())
        scene.session.tell(typing)
        await until(pilot, lambda: "Ana is writing…" in painted(scene))
        await until(pilot, lambda: "●  Ana ✎" in painted(scene))
        scene.session.tell(said(ANA, "Oi"))
        await until(pilot, lambda: "Ana is writing…" not in painted(scene))
        await until(pilot, lambda: "✎" not in painted(scene))
        scene.session.tell(typing)
        await until(pilot, lambda: "Ana is writing…" in painted(scene))
        scene.clock.seconds += 6
        room(scene)._below.tell()
        await until(pilot, lambda: "Ana is writing…" not in painted(scene))
        scene.session.tell(replace(typing, live=False))
        await pilot.pause()
        assert "Ana is writing…" not in painted(scene)

    play(scene, script)


def test_nobody_is_told_that_one_writes_unless_that_is_wanted() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        scene.session.let_in(BIA, ANA)
        await pilot.pause()
        await pilot.press(*"abc")
        assert scene.session.said == []

    play(scene, script)


def test_where_it_is_wanted_it_is_told_once_in_a_while_and_not_for_commands() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        screen = room(scene)
        screen._invitation = replace(screen._invitation, typing=True)
        await pilot.press("a")
        assert scene.session.said == [], "there is no connection yet"
        await pilot.press("backspace")
        scene.session.let_in(BIA, ANA)
        await pilot.pause()
        await pilot.press(*"/who")
        assert scene.session.said == []
        await pilot.press(*["backspace"] * 4, *"abc")
        assert scene.session.said == [Typing()]
        scene.clock.seconds += 5
        await pilot.press("d", "e")
        assert scene.session.said == [Typing(), Typing()]

    play(scene, script)


def test_who_is_here_is_drawn_once_for_all_that_comes_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn: list[None] = []
    draw = Here.redraw

    def count(here: Here) -> None:
        drawn.append(None)
        draw(here)

    monkeypatch.setattr(Here, "redraw", count)
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        scene.session.let_in(BIA, ANA)
        await until(pilot, lambda: "Ana" in painted(scene))
        drawn.clear()
        room(scene).hear([Alert(Alarm.FORGED, seq=number) for number in range(100)])
        assert not drawn, "whatever is wrong with a message, nobody comes or goes"
        room(scene).hear([Arrived(person) for person in crowd(50)])
        assert len(drawn) == 1
        drawn.clear()
        room(scene).hear([Alert(Alarm.IDENTITY_CHANGED, ANA)])
        assert len(drawn) == 1, "a badge is another"

    play(scene, script)


def test_much_talk_leaves_no_more_clocks_running_than_one(monkeypatch: pytest.MonkeyPatch) -> None:
    timers: list[float] = []
    monkeypatch.setattr(Below, "set_timer", lambda _self, delay, _call: timers.append(delay))
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        scene.session.let_in(BIA, ANA)
        await until(pilot, lambda: "Ana" in painted(scene))
        for number in range(50):
            room(scene).hear([said(ANA, f"{number}", number)])
        assert not timers, "who says something is not writing any more"
        for number in range(50):
            room(scene).hear([replace(said(ANA, "x", number), content=Typing())])
        assert len(timers) == 1

    play(scene, script)


def test_who_stops_writing_without_a_word_is_not_shown_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sussurro_client.app.widgets.below._LOOK_SECONDS", 0.01)
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        scene.session.let_in(BIA, ANA)
        scene.session.tell(replace(said(ANA, "x"), content=Typing()))
        await until(pilot, lambda: "Ana is writing…" in painted(scene))
        scene.clock.seconds += 6
        await until(pilot, lambda: "Ana is writing…" not in painted(scene))
        assert not room(scene)._below._is_due

    play(scene, script)
