"""Those who send and save files at a relay, and a board on which progress is put."""

import hashlib
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from sussurro_client.address import Address
from sussurro_client.contents import Content, File
from sussurro_client.doorway import Doorway
from sussurro_client.events import Received
from sussurro_client.files.downloading import Wanted
from sussurro_client.files.progress import Progress, State
from sussurro_client.files.shape import parts_of
from sussurro_client.files.transfers import FileRules, Transfers
from sussurro_client.session import Session
from tests.client.scenes import KEY, PATIENCE, Ears, identity


def some_bytes(size: int, seed: int = 1) -> bytes:
    """Return bytes that no two places of share."""
    return random.Random(seed).randbytes(size)


def file_of(data: bytes, name: str = "a.bin", key: bytes = bytes(32)) -> File:
    """Return what an honest sender offers."""
    digest = hashlib.sha256(data).digest()
    return File(name=name, size=len(data), sha256=digest, parts=parts_of(len(data)), key=key)


def names_in(folder: Path | str) -> list[str]:
    """Return what stands in a folder."""
    return sorted(path.name for path in Path(folder).iterdir())


class Board:
    """Hears of every progress; does something the first time that so many bytes are done."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.told: list[Progress] = []
        self._plan: tuple[int, Callable[[], None]] | None = None

    def when(self, done: int, action: Callable[[], None]) -> None:
        """Let ``action`` be done, in the transfer's thread, once ``done`` bytes are."""
        self._plan = done, action

    def __call__(self, progress: Progress) -> None:
        if self._plan is not None and self._plan[0] <= progress.done < progress.total:
            action, self._plan = self._plan[1], None
            action()
        with self._changed:
            self.told.append(progress)
            self._changed.notify_all()

    def wait(self, *states: State, number: int = 1) -> Progress:
        """Return the first progress in one of these states of a transfer."""

        def found() -> Progress | None:
            return next(
                (each for each in self.told if each.state in states and each.number == number), None
            )

        with self._changed:
            progress = self._changed.wait_for(found, PATIENCE)
            assert progress is not None, f"no {states} in {self.told[-3:]}"
            return progress

    def of(self, number: int) -> list[Progress]:
        return [each for each in self.told if each.number == number]

    def assert_rose(self, number: int = 1) -> None:
        """Check that what is done never fell, and is all in the end."""
        told = self.of(number)
        done = [each.done for each in told]
        assert done == sorted(done)
        assert told[-1].state is State.DONE
        assert told[-1].done == told[-1].total


@dataclass
class Friend:
    """Somebody in the room who can send and save files."""

    doorway: Doorway
    session: Session
    ears: Ears
    board: Board
    transfers: Transfers
    folder: Path
    said: list[Content] = field(default_factory=list)

    def say(self, content: Content) -> str:
        self.said.append(content)
        return self.session.say(content)

    def offer_of(self) -> Wanted:
        """Return the first message that was heard, an offer."""
        return wanted_of(self.ears.wait(Received))


def wanted_of(received: Received) -> Wanted:
    assert isinstance(received.content, File)
    return Wanted(received.id, received.sender.key, received.content)


def friend(name: str, number: int, port: int, folder: Path) -> Friend:
    doorway = Doorway(
        Address("127.0.0.1", port), key_file(folder), folder / name, identity(number), None, 20.0, 0
    )
    ears, board = Ears(), Board()
    downloads = folder / name / "downloads"
    session = doorway.open(name, ears)
    rules = FileRules(downloads, 64)
    transfers = Transfers(doorway, name, rules, board)
    return Friend(doorway, session, ears, board, transfers, downloads)


def key_file(folder: Path) -> Path:
    path = folder / "key.key"
    if not path.exists():
        path.write_text(KEY.text)
        path.chmod(0o600)
    return path
