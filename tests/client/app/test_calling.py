from collections.abc import Callable
from dataclasses import replace

import pytest
from textual import events
from textual.pilot import Pilot

from sussurro_client import words
from sussurro_client.app.abilities import Abilities
from sussurro_client.app.app import Outcome
from sussurro_client.contents import Edit, Reaction, Text
from sussurro_client.events import Person
from sussurro_client.wishes import Notify, Way, Wishes
from tests.client.app.fakes import ANA, BIA, Stage, said, stage
from tests.client.app.hostile import EVIL, LONG
from tests.client.app.play import drafted, play, shown

Script = Callable[[Pilot[Outcome]], object]
ITERM = Abilities(way=Way.OSC9)


class Ears:
    """What the terminal is rung, and what it is written beside what it shows."""

    def __init__(self, scene: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
        self.bells = 0
        self.written: list[str] = []
        monkeypatch.setattr(scene.app._caller, "_ring", self._ring)
        driver = scene.app._driver
        assert driver is not None
        monkeypatch.setattr(driver, "write", self.written.append)

    def _ring(self) -> None:
        self.bells += 1

    @property
    def notifications(self) -> list[str]:
        return [data for data in self.written if "]9;" in data or "]777;" in data]


async def look_away(pilot: Pilot[Outcome]) -> None:
    pilot.app.post_message(events.AppBlur())
    await pilot.pause()


def test_a_mention_rings_and_notifies_whoever_looks_elsewhere_without_a_word_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scene = stage(abilities=ITERM)

    async def script(pilot: Pilot[Outcome]) -> None:
        ears = Ears(scene, monkeypatch)
        scene.session.tell(said(ANA, "bia?"))
        await pilot.pause()
        assert (ears.bells, ears.notifications) == (0, []), "the terminal has the focus"
        await look_away(pilot)
        scene.session.tell(said(ANA, "nothing of yours"))
        scene.session.tell(replace(said(ANA, "bia, long ago"), live=False))
        await pilot.pause()
        assert (ears.bells, ears.notifications) == (0, [])
        scene.session.tell(said(ANA, "bia!"))
        await pilot.pause()
        assert ears.bells == 1
        assert ears.notifications == ["\x1b]9;Sussurro: Your name was said.\x07"]
        scene.session.tell(said(ANA, "bia!!"))
        await pilot.pause()
        assert ears.bells == 1, "not without end"
        scene.clock.seconds += 10
        pilot.app.post_message(events.AppFocus())
        scene.session.tell(said(ANA, "bia!!!"))
        await pilot.pause()
        assert ears.bells == 1

    play(scene, script)


def test_it_speaks_the_language(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = stage(abilities=replace(ITERM, is_in_tmux=True))

    async def script(pilot: Pilot[Outcome]) -> None:
        ears = Ears(scene, monkeypatch)
        await look_away(pilot)
        scene.session.tell(said(ANA, "bia!"))
        await pilot.pause()
        assert ears.notifications == [
            "\x1bPtmux;\x1b\x1b]9;Sussurro: Disseram o seu nome.\x07\x1b\\"
        ]

    try:
        words.use_language("pt_BR")
        play(scene, script)
    finally:
        words.use_language("en")


@pytest.mark.parametrize(
    ("wishes", "bells", "notifications"),
    [
        (Wishes(), 1, 0),
        (Wishes(bell=False), 0, 0),
        (Wishes(bell=False, notify_by=Way.OSC777), 0, 1),
        (Wishes(notify=Notify.NEVER, notify_by=Way.OSC9), 0, 0),
        (Wishes(notify_by=Way.NONE), 1, 0),
    ],
)
def test_what_is_set_is_what_happens(
    wishes: Wishes, bells: int, notifications: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = stage(wishes=wishes)

    async def script(pilot: Pilot[Outcome]) -> None:
        ears = Ears(scene, monkeypatch)
        await look_away(pilot)
        scene.session.tell(said(ANA, "@bia"))
        await pilot.pause()
        assert (ears.bells, len(ears.notifications)) == (bells, notifications)

    play(scene, script)


def test_what_was_written_for_one_alone_is_told_and_what_changes_a_text_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scene = stage(abilities=ITERM)

    async def script(pilot: Pilot[Outcome]) -> None:
        ears = Ears(scene, monkeypatch)
        await look_away(pilot)
        plain = said(ANA, "between us")
        scene.session.tell(replace(plain, content=Edit(of=bytes(32), text="bia!")))
        scene.session.tell(replace(plain, content=Reaction(of=bytes(32), emoji="bia")))
        scene.session.tell(replace(plain, sender=BIA, content=Text(text="bia, says my other run")))
        await pilot.pause()
        assert ears.notifications == []
        scene.session.tell(replace(plain, private=BIA))
        await pilot.pause()
        assert ears.notifications == ["\x1b]9;Sussurro: A private message has come.\x07"]

    play(scene, script)


@pytest.mark.parametrize("name", [EVIL, LONG, "\x1b\\;[red]x"], ids=range(3))
def test_nothing_hostile_of_a_name_or_a_text_gets_out(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = stage(wishes=Wishes(notify=Notify.ALL, notify_content=True), abilities=ITERM)

    async def script(pilot: Pilot[Outcome]) -> None:
        ears = Ears(scene, monkeypatch)
        await look_away(pilot)
        scene.session.tell(said(Person(name, b"e" * 32), EVIL * 100))
        await pilot.pause()
        [written] = ears.notifications
        assert written.startswith("\x1b]9;Sussurro: ")
        inside = written.removeprefix("\x1b]9;").removesuffix("\x07")
        assert inside.isprintable()
        assert len(inside) < 250

    play(scene, script)


def test_a_terminal_that_says_nothing_of_its_focus_is_looked_at_while_one_types(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        ears = Ears(scene, monkeypatch)
        scene.clock.seconds += 50
        await pilot.press("a")
        scene.clock.seconds += 50
        scene.session.tell(said(ANA, "bia"))
        await pilot.pause()
        assert ears.bells == 0
        scene.clock.seconds += 50
        scene.session.tell(said(ANA, "bia"))
        await pilot.pause()
        assert ears.bells == 1

    play(scene, script)


def test_mute_makes_a_room_silent_and_is_kept_until_it_is_said_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        ears = Ears(scene, monkeypatch)
        await pilot.press(*"/mute", "enter")
        await pilot.pause()
        assert scene.doorway.muted
        assert "Nothing that is said here calls you any more" in shown(scene)
        await look_away(pilot)
        scene.session.tell(said(ANA, "bia"))
        await pilot.pause()
        assert ears.bells == 0
        pilot.app.post_message(events.AppFocus())
        await pilot.press(*"/mute", "enter")
        await pilot.pause()
        assert not scene.doorway.muted
        await look_away(pilot)
        scene.session.tell(said(ANA, "bia"))
        await pilot.pause()
        assert ears.bells == 1

    play(scene, script)


def test_a_room_that_was_muted_before_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = stage(muted=True)

    async def script(pilot: Pilot[Outcome]) -> None:
        ears = Ears(scene, monkeypatch)
        assert "This room is muted; /mute ends that." in shown(scene)
        scene.session.let_in(ANA, BIA)
        await look_away(pilot)
        scene.session.tell(said(ANA, "bia"))
        await pilot.pause()
        assert ears.bells == 0

    play(scene, script)


def test_what_cannot_be_kept_is_told_and_holds_for_this_run() -> None:
    scene = stage()
    scene.doorway.keeps = False

    async def script(pilot: Pilot[Outcome]) -> None:
        await pilot.press(*"/mute", "enter")
        await pilot.pause()
        assert "That cannot be kept" in shown(scene)
        assert drafted(scene) == ""

    play(scene, script)
