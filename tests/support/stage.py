"""A stage for pictures: a real relay, real clients in pseudo-terminals, a clock to be set."""

import base64
import random
import re
import sys
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.dam import Dam
from tests.support.people import Person
from tests.support.programs import Relay, running_relay
from tests.support.relay import SERVICES

_ROOT = Path(__file__).parents[2]
_BEGIN = 1_772_914_440.0  # a Saturday evening, 2026-03-07 20:14 UTC
SIZE = (100, 28)
# It comes of all that was said before, and what is sealed is never sealed twice the same.
_TAG = re.compile("(?<=&#160;)#[a-z]{5}(?![a-z])")


class Stage:
    """Seats people, lets time pass, and takes pictures of what they see."""

    def __init__(self, folder: Path, pictures: Path) -> None:
        """Play in one folder, which is empty, and save pictures in the other."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._pictures = pictures
        self._clock = folder / "clock"
        self._seconds = _BEGIN
        self.wait(0)
        self._open = ExitStack()
        self._dams: dict[str, Dam] = {}
        self.relay: Relay = self._open.enter_context(running_relay(folder))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.close()

    def wait(self, seconds: float) -> None:
        """Let so much time pass for everybody."""
        self._seconds += seconds
        new = self._clock.with_suffix(".new")
        new.write_text(str(self._seconds))
        new.replace(self._clock)  # nobody reads half of it

    def home(self, who: str, **keys: str) -> Path:
        """Return somebody's folder, with an identity that is always the same, and keys."""
        folder = self._folder / who
        state = folder / "state"
        if not state.exists():
            state.mkdir(parents=True, mode=0o700)
            write_secret(state / "identity", random.Random(who).randbytes(32))
        for name, key in keys.items():
            write_secret(folder / f"{name}.key", key.encode())
        return folder

    def seat(
        self,
        who: str,
        language: str,
        *arguments: str,
        port: int = 0,
        size: tuple[int, int] = SIZE,
    ) -> Person:
        """Seat somebody at a terminal, in their folder; ``port``: where their relay is."""
        stage = (str(self._clock), str(port or self.relay.port), who)
        program = (sys.executable, "-m", "tests.support.staged", *stage, "chat")
        where = ("--relay", "chat.example", "--state", "state")
        person = Person(
            self.home(who),
            language,
            *where,
            *arguments,
            program=program,
            size=size,
            settings={"PYTHONPATH": f"{_ROOT}:{SERVICES}"},
        )
        self._open.callback(person.terminal.close)
        return person

    def dammed(self, who: str, each: int) -> int:
        """Return a port of the relay where so many bytes come through until somebody lifts it."""
        self._dams[who] = self._open.enter_context(Dam(self.relay.port, each))
        return self._dams[who].port

    def lift(self, who: str) -> None:
        """Let everything through."""
        self._dams[who].open()

    def take(self, person: Person, name: str, title: str = "sussurro") -> None:
        """Take a picture of what somebody sees, in which the one tag that may stand is a fixed one."""
        self._pictures.mkdir(parents=True, exist_ok=True)
        picture = _TAG.sub("#lusab", person.terminal.picture(title).rstrip()) + "\n"
        (self._pictures / f"{name}.svg").write_text(picture, encoding="utf-8")


def write_secret(path: Path, data: bytes) -> None:
    """Write a file as a key is kept."""
    path.write_bytes(data)
    path.chmod(0o600)


def key_for(name: str) -> str:
    """Return the key of a room, always the same for a name."""
    return base64.urlsafe_b64encode(random.Random(name).randbytes(32)).decode()
