"""What is played for the pictures. Each scene goes on where the one before has ended."""

import random
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from tests.support.people import ENGLISH, PORTUGUESE, Person
from tests.support.stage import SIZE, Stage, key_for
from tests.support.terminal import ENTER, ESCAPE

F2 = "\x1bOQ"
NARROW, TINY = (56, 28), (20, 28)
PHOTOGRAPH = "praia.png"
_WIDTH, _HEIGHT = 960, 540
_HORIZON = 0.62
_SOME_BYTES = 600_000  # of the photograph, and then a picture is taken of how far it came


@dataclass(slots=True)
class Cast:
    """Who plays: Ana in Portuguese, Bia in English, João in English on a light screen."""

    ana: Person
    bia: Person
    joao: Person

    @property
    def everybody(self) -> tuple[Person, ...]:
        """All three."""
        return self.ana, self.bia, self.joao


def first_run(stage: Stage) -> None:
    """Show what somebody sees who has no key yet."""
    bia = stage.seat("somebody new", ENGLISH)
    bia.sees("Make a new room")
    stage.take(bia, "first-run")
    bia.presses(ENTER)
    bia.sees("You have a key")
    stage.take(bia, "new-key")
    bia.terminal.close()


def send_a_file(stage: Stage) -> None:
    """Show a file at both ends, when it is half there, in a room of its own."""
    for who in ("ana", "bia"):
        stage.home(who, praia=key_for("the beach"))
    where = ("--key", "praia.key")
    there = stage.dammed("ana", _SOME_BYTES), stage.dammed("bia", _SOME_BYTES)
    ana = stage.seat("ana", PORTUGUESE, "--name", "Ana", *where, port=there[0])
    ana.is_in(1)
    bia = stage.seat("bia", ENGLISH, "--name", "Bia", *where, port=there[1])
    for person in (ana, bia):
        person.is_in(2)
    say(stage, bia, "E aí, como foi a viagem?", ana)
    say(stage, ana, "Linda! Esta é a praia ontem à tarde:", bia)
    take_photograph(ana.folder / PHOTOGRAPH)
    stage.wait(20)
    ana.types(f"/send {PHOTOGRAPH}")
    ana.bar("sending")
    bia.hears(PHOTOGRAPH)
    stage.take(ana, "sending", "Ana")
    stage.lift("ana")
    ana.hears(PHOTOGRAPH, "100%")
    stage.wait(20)
    bia.types("/save photo.png")
    bia.bar("saving")
    stage.take(bia, "saving", "Bia")
    stage.lift("bia")
    bia.sees("{name} is saved as {path}", name=PHOTOGRAPH, path="photo.png")
    for person in (bia, ana):
        person.leaves()


def come_in(stage: Stage) -> Cast:
    """Let three people come in, one after the other."""
    for who in ("ana", "bia", "joao"):
        stage.home(who, key=key_for("the room"))
    ana = stage.seat("ana", PORTUGUESE, "--name", "Ana")
    ana.is_in(1)
    bia = stage.seat("bia", ENGLISH, "--name", "Bia")
    for person in (ana, bia):
        person.is_in(2)
    say(stage, ana, "Oi, Bia! Chegou bem em casa?", bia)
    say(stage, bia, "Cheguei, sim 🙂 E você, já jantou?", ana)
    joao = stage.seat("joao", ENGLISH, "--name", "João")
    joao.presses(F2)
    cast = Cast(ana, bia, joao)
    for person in cast.everybody:
        person.is_in(3)
    return cast


def talk(stage: Stage, cast: Cast) -> None:
    """Let them say, answer, put right and laugh."""
    ana, bia, joao = cast.everybody
    say(stage, joao, "Boa noite, gente. O que eu perdi?", ana, bia)
    say(stage, ana, "Nada ainda! Estamos combinando o almoço de *domingo*.", bia, joao,
        shown="Estamos combinando o almoço de")  # fmt: skip
    do(stage, joao, "/reply Eu levo o pão de queijo e a sobremesa.", "↪ Ana: Nada ainda!", ana, bia)
    do(stage, bia, "/react ❤️", "❤️ 1", ana, joao)
    do(stage, ana, "/react ❤️", "❤️ 2", bia, joao)
    say(stage, bia, "Só falta o café, que o meu acabol ☕", ana, joao)
    do(stage, bia, "/edit Só falta o café, que o meu acabou ☕", "o meu acabou ☕", ana, joao)
    do(stage, ana, "/me corre para o mercado", "corre para o mercado", bia, joao)
    do(stage, ana, "/msg Bia O João ainda não sabe da festa!", "O João ainda não sabe", bia)
    say(stage, joao, "Fechado. Meio-dia na casa da Ana?", ana, bia)
    do(stage, bia, "/trust Ana", "✓ Ana")
    say(stage, bia, "Combinado 💜", ana, joao)
    stage.take(bia, "room", "Bia")
    stage.take(ana, "room-pt-BR", "Ana")
    stage.take(joao, "room-light", "João")


def look_around(stage: Stage, cast: Cast) -> None:
    """Show what one person does at one terminal: search, help, and windows of other sizes."""
    bia = cast.bia
    bia.types("/search café")
    bia.sees("Search: {words}", words="café")
    stage.take(bia, "search", "Bia")
    close(bia, bia.words("Search: {words}", words="café"))
    bia.types("/help")
    bia.sees("What you can do")
    stage.take(bia, "help", "Bia")
    close(bia, bia.words("What you can do"))
    for size, name in ((NARROW, "narrow"), (TINY, "tiny")):
        bia.terminal.resize(*size)
        bia.hears("3 here", "Combinado 💜")  # what is cut off is not drawn anew yet
        stage.take(bia, name, "Bia")
    bia.terminal.resize(*SIZE)
    bia.is_in(3)


def be_somebody_else(stage: Stage, cast: Cast) -> None:
    """Show what is told when somebody comes by the name of another."""
    ana, bia, joao = cast.everybody
    stage.wait(300)
    joao.leaves()
    for person in (ana, bia):
        person.is_in(2)
    stage.home("somebody else", key=key_for("the room"))
    stage.wait(60)
    other = stage.seat("somebody else", ENGLISH, "--name", "João")
    other.is_in(3)
    say(stage, other, "Oi, sou eu de novo, de um computador emprestado", ana, bia)
    bia.hears("João has another identity than before")
    stage.take(bia, "warning", "Bia")
    other.leaves()
    bia.is_in(2)


def be_in_two_rooms(stage: Stage, cast: Cast) -> None:
    """Show two rooms of one person, with what waits in the other one."""
    ana, bia, _joao = cast.everybody
    bia.leaves()
    ana.is_in(1)
    stage.home("bia", família=key_for("the room"), trabalho=key_for("another room"))
    stage.home("davi", key=key_for("another room"))
    davi = stage.seat("davi", ENGLISH, "--name", "Davi")
    davi.is_in(1)
    both = ("--key", "família.key", "--key", "trabalho.key")
    bia = stage.seat("bia", ENGLISH, "--name", "Bia", *both)
    bia.is_in(2)
    davi.is_in(2)
    say(stage, davi, "Bia, a reunião passou para as nove")
    say(stage, davi, "Você pode mandar a planta hoje?")
    bia.hears("trabalho:2")
    say(stage, ana, "Até domingo!", bia)
    stage.take(bia, "rooms", "Bia")


# What happens in many scenes.


def say(stage: Stage, who: Person, text: str, *others: Person, shown: str = "") -> None:
    """Let somebody say something, and everybody read it."""
    do(stage, who, text, shown or text, *others)


def do(stage: Stage, who: Person, line: str, shown: str, *others: Person) -> None:
    """Let somebody write a line, and everybody see what comes of it."""
    stage.wait(20)
    who.types(line)
    for person in (who, *others):
        person.hears(shown)
    who.sees_nothing_underway()


def close(who: Person, title: str) -> None:
    """Go back to the room from a page."""
    who.presses(ESCAPE)
    who.hears(title, gone=True)


def take_photograph(path: Path) -> None:
    """Draw a sunset over the sea, with the grain of a film, the same each time."""
    dice = random.Random("photograph")
    picture = Image.new("RGB", (_WIDTH, _HEIGHT))
    pixels = [_colour(x / _WIDTH, y / _HEIGHT, dice) for y in range(_HEIGHT) for x in range(_WIDTH)]
    picture.putdata(pixels)
    picture.save(path)


def _colour(x: float, y: float, dice: random.Random) -> tuple[int, int, int]:
    grain = dice.randrange(-9, 10)
    if ((x - 0.5) * _WIDTH / _HEIGHT) ** 2 + (y - 0.5) ** 2 < 0.03 and y < _HORIZON:
        colour = (255, 221, 120)
    elif y < _HORIZON:
        share = y / _HORIZON
        colour = (int(70 + 180 * share), int(60 + 70 * share), int(130 - 40 * share))
    elif abs(x - 0.5) < 0.02 + (y - _HORIZON) * 0.35:
        colour = (235, 150, 90)
    else:
        share = (y - _HORIZON) / (1 - _HORIZON)
        colour = (int(60 - 30 * share), int(50 + 10 * share), int(110 - 30 * share))
    red, green, blue = (min(max(each + grain, 0), 255) for each in colour)
    return red, green, blue
