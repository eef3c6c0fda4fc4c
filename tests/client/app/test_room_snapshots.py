"""What the room looks like, in both languages; ``pytest --snapshot-update`` accepts another look."""

import struct
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from sussurro_client import words
from sussurro_client.app.app import Outcome
from sussurro_client.contents import Edit, File, Reaction, Text
from sussurro_client.events import Alarm, Alert, Arrived, Earlier, Kept, Person, Standing
from tests.client.app.fakes import ANA, BIA, JOAO, NOON, Stage, own_id, said, stage
from tests.client.app.play import room, until

Compare = Callable[..., bool]
Prepare = Callable[[Pilot[Outcome]], Awaitable[None]]

SIZES = [(100, 40), (56, 40), (20, 40), (300, 40)]
TWIN = Person("Ana", b"t" * 32)


@pytest.fixture(params=["en", "pt_BR"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    """Speak a language, and the one of before afterwards."""
    before = words._translations
    words.use_language(request.param)
    yield request.param
    words._translations = before


def _picture() -> bytes:
    pixels = bytes(value for y in range(12) for x in range(24) for value in (x * 10, 120, y * 20))
    return struct.pack(">II", 24, 12) + pixels


def _tell_all(scene: Stage) -> None:
    """Let everything be said that can be."""
    tell = scene.session.tell
    scene.session.let_in(ANA, JOAO, BIA, TWIN)
    scene.session.trust(JOAO)
    first = said(ANA, "Oi, Bia! **Vamos** ver https://example.org/um_lugar?")
    tell(first)
    tell(said(ANA, "Na `segunda`, _talvez_", 1))
    answer = replace(said(JOAO, "answer", 2), standing=Standing.VERIFIED)
    tell(replace(answer, content=Text(text="Vou também", reply_to=bytes.fromhex(first.id))))
    action = replace(said(JOAO, "waves", 3), standing=Standing.VERIFIED)
    tell(replace(action, content=Text(text="acena", is_action=True)))
    tell(replace(said(ANA, "Só para você", 4), private=BIA))
    tell(said(TWIN, "Sou eu", 5, Standing.CHANGED))
    of = bytes.fromhex(first.id)
    for who, emoji in ((JOAO, "👍"), (BIA, "👍"), (ANA, "🎉")):
        tell(replace(said(who, emoji, 6), content=Reaction(of=of, emoji=emoji)))
    edit = Edit(of=bytes.fromhex(said(ANA, "Na `segunda`, _talvez_", 1).id), text="Na terça")
    tell(replace(said(ANA, "edit", 7), content=edit))
    offer = File(
        name="foto.png",
        size=123_456,
        sha256=b"s" * 32,
        parts=3,
        key=b"k" * 32,
        preview=_picture(),
    )
    tell(replace(said(ANA, "file", 8), content=offer))
    people = [Person(f"P{number}", bytes([number]) * 32) for number in range(6)]
    scene.session.meet(*people)
    for person in people:
        tell(Arrived(person))
    tell(Alert(Alarm.GAP, JOAO, 2, int(NOON.timestamp() * 1000)))
    tell(Earlier((said(JOAO, "Bom dia", -24 * 60),), more=False))


def _room(scene: Stage) -> Prepare:
    async def prepare(pilot: Pilot[Outcome]) -> None:
        scene.app.screen.query_one("Composer").cursor_blink = False  # type: ignore[attr-defined]  # a TextArea's
        _tell_all(scene)
        await pilot.pause()
        await pilot.press(*"/msg João psst", "enter", *"Oi", "enter")
        scene.session.tell(Kept(own_id("said 1"), 1))
        room(scene).conversation.show_progress(said(ANA, "file", 8).id, 60_000, 123_456, "…")
        await until(pilot, lambda: room(scene).timeline.get(own_id("said 1")).is_kept)  # type: ignore[union-attr]  # it is there
        await pilot.pause()

    return prepare


def _after(scene: Stage, *keys: str) -> Prepare:
    prepare = _room(scene)

    async def press(pilot: Pilot[Outcome]) -> None:
        await prepare(pilot)
        await pilot.press(*keys)
        for field in scene.app.screen.query(Input):
            field.cursor_blink = False
        await pilot.pause()
        await pilot.pause()

    return press


@pytest.mark.usefixtures("language")
@pytest.mark.parametrize("size", SIZES, ids=lambda size: str(size[0]))
def test_the_room_looks_as_it_did(snap_compare: Compare, size: tuple[int, int]) -> None:
    scene = stage()
    assert snap_compare(scene.app, terminal_size=size, run_before=_room(scene))


@pytest.mark.usefixtures("language")
@pytest.mark.parametrize(
    "keys",
    [
        pytest.param(("f2",), id="light"),
        pytest.param(("alt+up", "up", "up"), id="selection"),
        pytest.param(("alt+up", "up", "up", "r"), id="reply"),
        pytest.param(("alt+up", "d"), id="delete"),
        pytest.param(("alt+up", "x"), id="react"),
        pytest.param((*"/search vamos", "enter"), id="search"),
        pytest.param(("f1",), id="help"),
    ],
)
def test_what_the_keys_show_looks_as_it_did(snap_compare: Compare, keys: tuple[str, ...]) -> None:
    scene = stage()
    assert snap_compare(scene.app, terminal_size=(100, 48), run_before=_after(scene, *keys))
