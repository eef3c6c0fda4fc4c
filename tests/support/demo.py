"""Take the pictures of the documentation: a real relay, real clients, a scripted evening.

    python -m tests.support.demo docs/images

Run twice, it draws the same: the clock, the keys and the dice are the stage's.
"""

import sys
import tempfile
from pathlib import Path

from tests.support.people import ENGLISH, PORTUGUESE, Person
from tests.support.stage import Stage, key_for
from tests.support.terminal import ENTER


def first_run(stage: Stage) -> None:
    """Show what somebody sees who has no key yet."""
    bia = stage.seat("novata", ENGLISH)
    bia.sees("Make a new room")
    stage.take(bia, "first-run")
    bia.presses(ENTER)
    bia.sees("You have a key")
    stage.take(bia, "new-key")
    bia.terminal.close()


def evening(stage: Stage) -> None:
    """Let three people talk, each with another language or theme."""
    key = key_for("sala")
    for who in ("ana", "bia", "joao"):
        stage.home(who, key=key)
    ana = stage.seat("ana", PORTUGUESE, "--name", "Ana")
    ana.is_in(1)
    bia = stage.seat("bia", ENGLISH, "--name", "Bia")
    bia.is_in(2)
    say(stage, ana, "Oi, Bia! Chegou bem em casa?", bia)
    say(stage, bia, "Cheguei, sim 🙂 E você, já jantou?", ana)
    joao = stage.seat("joao", ENGLISH, "--name", "João")
    joao.is_in(3)
    for person in (ana, bia):
        person.is_in(3)
    everybody = (ana, bia, joao)
    say(stage, joao, "Boa noite, gente. O que eu perdi?", *everybody)
    say(stage, ana, "Nada ainda! Estamos combinando o almoço de domingo.", *everybody)
    stage.take(bia, "room", "Bia")
    stage.take(ana, "room-pt-BR", "Ana")


def say(stage: Stage, who: Person, text: str, *others: Person, shown: str = "") -> None:
    """Let somebody say something, and everybody read it."""
    stage.wait(20)
    who.types(text)
    for person in (who, *others):
        person.hears(shown or text)


def main() -> None:
    """Play every scene, and save the pictures into the directory given."""
    pictures = Path(sys.argv[1]).absolute()
    with tempfile.TemporaryDirectory() as folder, Stage(Path(folder), pictures) as stage:
        for scene in (first_run, evening):
            scene(stage)


if __name__ == "__main__":
    main()
