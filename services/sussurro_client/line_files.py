"""The files of the line mode: what transfers tell comes to its loop like all else."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from sussurro_client.events import Person
from sussurro_client.files.desk import FileDesk
from sussurro_client.files.errand import ERRAND_SECONDS, Errand
from sussurro_client.files.milestones import Milestones
from sussurro_client.files.ports import FileDoorway
from sussurro_client.files.progress import Progress
from sussurro_client.files.transfers import FileRules, Transfers
from sussurro_client.line_room import LineRoom

_PERCENT_BETWEEN_LINES = 25  # for people: who listens to a screen reader wants few


@dataclass(frozen=True, slots=True)
class FilesEnded:
    """All transfers of a room have ended; these were not done."""

    left: tuple[Progress, ...]


FileItem = Progress | Errand | FilesEnded


class LineFiles:
    """Opens the files of one room after the other. Owned by the thread of the loop."""

    def __init__(
        self, doorway: FileDoorway, me: Person, rules: FileRules, put: Callable[[FileItem], None]
    ) -> None:
        """``put`` brings something to the loop; it is called by any thread."""
        self._doorway = doorway
        self._me = me
        self._rules = rules
        self._put = put
        self._milestones = Milestones(_PERCENT_BETWEEN_LINES)
        self._is_over = False  # nobody does errands any more

    def open(self, room: LineRoom) -> FileDesk:
        """Return what commands do with the files of a room."""
        transfers = Transfers(self._doorway, self._me.name, self._rules, self._put)
        return FileDesk(transfers, room.timeline, room.speaker, self._me, self._in_loop)

    def is_milestone(self, progress: Progress) -> bool:
        """Return whether people should be told."""
        return self._milestones.is_one(progress)

    def end(self, desk: FileDesk, timeout: float) -> None:
        """End all transfers while the loop goes on, which they need; `FilesEnded` comes when it is done."""
        threading.Thread(
            target=lambda: self._put(FilesEnded(desk.close(timeout))), name="files-end", daemon=True
        ).start()

    def give_up(self, desk: FileDesk) -> None:
        """End all transfers at once; what was saved in part is removed."""
        self._is_over = True
        desk.close(0)

    def _in_loop(self, call: Callable[[], str]) -> str:
        """Let the loop do something for the thread of a transfer, which waits."""
        errand = Errand(call)
        self._put(errand)
        return errand.result(0.0 if self._is_over else ERRAND_SECONDS)
