"""Nothing that others write moves the terminal or is wider than it, wherever it is shown."""

from dataclasses import replace

import pytest
from textual.pilot import Pilot

from sussurro_client.app.app import Outcome
from sussurro_client.contents import Edit, File, Reaction, Text, Typing, Unknown
from sussurro_client.events import Alarm, Alert, Arrived, Departed, Earlier, Person, Standing
from tests.client.app.fakes import ANA, BIA, Stage, said, stage
from tests.client.app.play import painted, play, room, shown, until

EVIL = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202egnp.exe\u2066\u200b\r\x08\x00\u2028\U000e0041[red]"
HOSTILE = set("\x1b\x07\x9b\x00\x08\r\u202e\u2066\u200b\u2028\U000e0041")
EVE = Person(EVIL, b"e" * 32)
FILE = File(name=EVIL, size=1, sha256=b"s" * 32, parts=1, key=b"k" * 32, preview=EVIL.encode())


def check(scene: Stage) -> None:
    everything = painted(scene) + shown(scene)
    assert not set(everything) & HOSTILE
    width = scene.app.size.width
    strips = scene.app.screen._compositor.render_strips()
    assert all(strip.cell_length == width for strip in strips)


@pytest.mark.parametrize("size", [(300, 40), (100, 30), (56, 20), (20, 12), (8, 6), (1, 1)])
def test_nothing_hostile_reaches_the_screen(size: tuple[int, int]) -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        scene.session.let_in(ANA, BIA, EVE)
        first = replace(said(EVE, EVIL * 3), standing=Standing.CHANGED)
        of = bytes.fromhex(first.id)
        tell = scene.session.tell
        tell(first)
        tell(replace(said(EVE, "a"), content=Text(text=f"**{EVIL}** `{EVIL}`", reply_to=of)))
        tell(replace(said(EVE, "b"), content=Text(text=EVIL, is_action=True)))
        tell(replace(said(EVE, "c"), content=Edit(of=of, text=EVIL * 2)))
        for emoji in (EVIL[:32], "\x1b[2J", "\u202e", "\n\n"):
            tell(replace(said(EVE, emoji), content=Reaction(of=of, emoji=emoji)))
        tell(replace(said(EVE, "d"), content=FILE))
        tell(replace(said(EVE, "e"), content=Unknown(kind=EVIL[:32])))
        tell(replace(said(EVE, EVIL, 1), private=BIA))
        tell(replace(said(EVE, "f"), content=Typing()))
        for number in range(6):
            tell(Arrived(Person(f"{EVIL}{number}", bytes([number]) * 32)))
        tell(Departed(EVE, EVIL))
        tell(Alert(Alarm.SPLIT, EVE))
        tell(Earlier((said(EVE, EVIL, -1), Alert(Alarm.GAP, EVE, 2)), more=True))
        await pilot.pause()
        room(scene).conversation.show_progress(said(EVE, "d").id, 1, 2, EVIL)
        await pilot.pause()
        check(scene)
        room(scene).conversation.select(first.id)
        await pilot.pause()
        check(scene)
        await pilot.press("r")
        await pilot.pause()
        check(scene)
        await pilot.press("escape")
        room(scene).actions.search(f"owned {EVIL}")
        await pilot.pause()
        check(scene)
        await pilot.press("escape")
        room(scene).actions.search("owned")
        await pilot.pause()
        await until(pilot, lambda: scene.app.screen.query_one("#found").option_count > 0)  # type: ignore[attr-defined]  # an OptionList's
        check(scene)

    play(scene, script, size=size)


def test_ones_own_hostile_paste_is_shown_harmlessly_when_it_is_to_be_deleted() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        room(scene).actions.say(EVIL)
        await pilot.press("alt+up", "d")
        await until(pilot, lambda: "Delete this message?" in painted(scene))
        check(scene)

    play(scene, script)
