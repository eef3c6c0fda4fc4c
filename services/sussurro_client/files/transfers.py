"""All files of a room that are on their way, each in a thread of its own."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from sussurro_client.contents import Content
from sussurro_client.errors import ClientError
from sussurro_client.files import told
from sussurro_client.files.bulletin import Bulletin
from sussurro_client.files.downloading import Downloading, Wanted
from sussurro_client.files.ports import FileDoorway
from sussurro_client.files.progress import Direction, Progress, State
from sussurro_client.files.safe_file_name import safe_file_name
from sussurro_client.files.uploading import Uploading
from sussurro_client.words import _

QUIET_SECONDS = 30.0
_MOST = 8  # each is a thread and a connection
_END_SECONDS = 3.0


class _Transfer(Protocol):
    """One file on its way."""

    def run(self) -> None:
        """Carry it to its end."""

    def cancel(self) -> None:
        """End it."""


@dataclass(frozen=True, slots=True)
class _Running:
    transfer: _Transfer
    bulletin: Bulletin
    thread: threading.Thread

    def is_of(self, message_id: str, direction: Direction) -> bool:
        """Return whether it carries the file of an offer, in this direction."""
        now = self.bulletin.now
        return (now.message_id, now.direction) == (message_id, direction)


@dataclass(frozen=True, slots=True)
class FileRules:
    """Where files are saved unless somebody says where, and how large they may be."""

    downloads: Path
    limit_mib: int


class Transfers:
    """Sends and saves the files of one room. All methods may be called from any thread."""

    def __init__(
        self,
        doorway: FileDoorway,
        name: str,
        rules: FileRules,
        tell: Callable[[Progress], None],
        quiet_seconds: float = QUIET_SECONDS,
    ) -> None:
        """``tell`` is called in the threads of the transfers and must return soon.

        ``name`` is ours in the files' rooms. After ``quiet_seconds`` in which nothing
        moves, that is told.
        """
        self._doorway = doorway
        self._name = name
        self._rules = rules
        self._tell = tell
        self._quiet_seconds = quiet_seconds
        self._lock = threading.Lock()  # guards the two below
        self._running: dict[int, _Running] = {}
        self._number = 0

    @property
    def running(self) -> tuple[Progress, ...]:
        """How far everything is that has not ended, oldest first."""
        with self._lock:
            return tuple(each.bulletin.now for each in self._alive())

    def send(self, path: str, say: Callable[[Content], str]) -> int:
        """Send a file; return its transfer's number. Raises ClientError where too many run.

        ``say`` is called once, in another thread, with the offer, as soon as the relay
        has let us into the file's room: it says the offer to whom it is for, and returns its
        id. It is called once more, with its deletion, where the file is not whole in the end.
        """
        first = Progress(0, "", safe_file_name(path), Direction.UP, State.PREPARING, 0, 0)
        return self._begin(
            first,
            lambda bulletin: Uploading(
                path,
                say,
                doorway=self._doorway,
                name=self._name,
                limit_mib=self._rules.limit_mib,
                bulletin=bulletin,
                quiet_seconds=self._quiet_seconds,
            ),
        )

    def save(self, wanted: Wanted, path: str = "") -> int:
        """Save a file that was offered; return its transfer's number. Raises ClientError.

        ``path`` is what the receiver wrote: a folder, a file, or nothing.
        """
        if any(each.message_id == wanted.message_id and each.direction is Direction.DOWN
               for each in self.running):  # fmt: skip
            raise ClientError(_("This file is being saved already."))
        file = wanted.file
        name = safe_file_name(file.name)
        first = Progress(0, wanted.message_id, name, Direction.DOWN, State.PREPARING, 0, file.size)
        return self._begin(
            first,
            lambda bulletin: Downloading(
                wanted,
                path,
                doorway=self._doorway,
                name=self._name,
                limit_mib=self._rules.limit_mib,
                downloads=self._rules.downloads,
                bulletin=bulletin,
                quiet_seconds=self._quiet_seconds,
            ),
        )

    def cancel(self, message_id: str = "") -> None:
        """End the newest transfer, or that of one offer; raises ClientError where there is none."""
        with self._lock:
            meant = [
                each
                for each in self._alive()
                if not message_id or each.bulletin.now.message_id == message_id
            ]
        if not meant:
            raise ClientError(_("No such file is on its way."))
        meant[-1].transfer.cancel()

    def retract(self, message_id: str) -> None:
        """End the sending of the file that an offer was for, if it is on its way."""
        with self._lock:
            meant = [each for each in self._alive() if each.is_of(message_id, Direction.UP)]
        for each in meant:
            each.transfer.cancel()

    def close(self, timeout: float) -> tuple[Progress, ...]:
        """End all; return how far those were that are not done.

        What we send gets ``timeout`` seconds to become whole. The room's own session must
        still be open, so that offers can be taken back.
        """
        with self._lock:
            running = self._alive()
        deadline = time.monotonic() + timeout
        for each in running:
            if each.bulletin.now.direction is Direction.DOWN:
                each.transfer.cancel()
            else:
                each.thread.join(max(0.0, deadline - time.monotonic()))
                each.transfer.cancel()
        deadline = time.monotonic() + _END_SECONDS
        for each in running:
            each.thread.join(max(0.0, deadline - time.monotonic()))
        return tuple(
            each.bulletin.now for each in running if each.bulletin.now.state is not State.DONE
        )

    def _begin(self, first: Progress, make: Callable[[Bulletin], _Transfer]) -> int:
        with self._lock:
            self._running = {
                number: each for number, each in self._running.items() if each.thread.is_alive()
            }
            if len(self._running) >= _MOST:
                raise ClientError(told.too_many(_MOST))
            self._number += 1
            number = self._number
            bulletin = Bulletin(replace(first, number=number), self._tell)
            transfer = make(bulletin)
            # A daemon: a program that is to end does not wait for a disk or a name server.
            thread = threading.Thread(
                target=_run, args=(transfer, bulletin), name="sussurro-file", daemon=True
            )
            self._running[number] = _Running(transfer, bulletin, thread)
            thread.start()
        return number

    def _alive(self) -> list[_Running]:
        return [each for each in self._running.values() if not each.bulletin.now.is_over]


def _run(transfer: _Transfer, bulletin: Bulletin) -> None:
    bulletin.begin()
    transfer.run()
