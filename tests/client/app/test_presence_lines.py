"""How it is told who comes and goes, and who writes."""

from dataclasses import replace

from textual.pilot import Pilot

from sussurro_client.app.app import Outcome
from sussurro_client.contents import Typing
from sussurro_client.events import Arrived, Departed, Person
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
