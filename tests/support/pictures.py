"""Take the pictures that the README shows: the real app, headless, with a scripted room.

python -m tests.support.pictures docs/images
"""

import asyncio
import sys
from pathlib import Path

from sussurro_client.app.screens.room import RoomScreen
from sussurro_client.events import Arrived, Kept, Person
from tests.client.app.fakes import ANA, JOAO, Stage, own_id, said, stage

_SIZE = (100, 26)
_ME = Person("Bia", b"me" * 16)


async def take_room(scene: Stage, directory: Path) -> None:
    """Save the room after a small conversation as ``room.svg``."""
    async with scene.app.run_test(size=_SIZE) as pilot:
        session = scene.session
        await pilot.pause()
        session.let_in(ANA, _ME)
        session.tell(said(ANA, "Oi, Bia! Chegou bem em casa?"))
        await pilot.pause()
        await _write(scene, "Cheguei, sim 🙂 E você, já jantou?")
        scene.clock.seconds += 60
        session.people = (ANA, JOAO, _ME)
        session.tell(Arrived(JOAO))
        await pilot.pause()
        session.tell(said(JOAO, "Boa noite, gente. O que eu perdi?", 1))
        session.tell(said(ANA, "Nada ainda! Estamos combinando o almoço de domingo.", 1))
        session.tell(
            said(
                JOAO,
                "Eu levo o pão de queijo e a sobremesa. Precisa de mais alguma coisa? "
                "Posso passar na feira de manhã.",
                2,
            )
        )
        scene.clock.seconds += 60
        await pilot.pause()
        await _write(scene, "Só café, que o meu acabou ☕")
        session.tell(said(ANA, "Eu faço a lista:\n  · café\n  · limão\n  · hortelã", 3))
        session.tell(said(JOAO, "Fechado. Meio-dia na casa da Ana?", 4))
        scene.clock.seconds += 120
        await pilot.pause()
        await _write(scene, "Combinado 💜", is_kept=False)
        await pilot.pause()
        scene.app.save_screenshot("room.svg", path=str(directory))


async def _write(scene: Stage, text: str, *, is_kept: bool = True) -> None:
    room = scene.app.screen
    assert isinstance(room, RoomScreen)
    room.say(text)
    if is_kept:
        scene.session.tell(Kept(own_id(f"sent {len(scene.session.sent)}"), 1))


def main() -> None:
    """Save the pictures into the directory given."""
    directory = Path(sys.argv[1])
    directory.mkdir(parents=True, exist_ok=True)
    asyncio.run(take_room(stage("Bia"), directory))


if __name__ == "__main__":
    main()
