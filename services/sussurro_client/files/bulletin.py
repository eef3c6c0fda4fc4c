"""What is told of one transfer, in the order in which it happens."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from sussurro_client.files.progress import Progress, State


class Bulletin:
    """Tells each change once. Owned by the transfer's thread; ``now`` may be read by any."""

    def __init__(self, first: Progress, tell: Callable[[Progress], None]) -> None:
        self.now = first
        self._tell = tell

    def begin(self) -> None:
        """Tell that there is such a transfer."""
        self._tell(self.now)

    def describe(self, name: str, size: int) -> None:
        """Tell what the file is."""
        self._put(replace(self.now, name=name, total=size))

    def publish(self, message_id: str) -> None:
        """Tell which message offers it."""
        self._put(replace(self.now, message_id=message_id))

    def show(
        self, state: State, done: int | None = None, detail: str = "", path: Path | None = None
    ) -> None:
        """Tell how far it is; without ``done``, as far as before."""
        done = self.now.done if done is None else done
        self._put(replace(self.now, state=state, done=done, detail=detail, path=path))

    def _put(self, now: Progress) -> None:
        if now != self.now:
            self.now = now
            self._tell(now)
