"""How ``sussurro send --file`` sends one file, and gives up when nothing moves any more."""

import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from sussurro_client.contents import Content
from sussurro_client.errors import ClientError
from sussurro_client.files import told
from sussurro_client.files.milestones import Milestones
from sussurro_client.files.ports import FileDoorway
from sussurro_client.files.progress import Progress, State
from sussurro_client.files.transfers import FileRules, Transfers
from sussurro_client.settings import SendSettings
from sussurro_client.talking import complain

_LEAST_PATIENCE = 1.0  # seconds
_PERCENT_BETWEEN_LINES = 25


class _Watch:
    """Takes note of how far a file is, told by its thread, and waits for more in another."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._progress: Progress | None = None
        self._milestones = Milestones(_PERCENT_BETWEEN_LINES)

    def __call__(self, progress: Progress) -> None:
        with self._changed:
            self._progress = progress
            self._changed.notify_all()
        if sys.stderr.isatty() and self._milestones.is_one(progress) and not progress.is_over:
            complain(told.progress(progress))

    def wait(self, seconds: float) -> Progress | None:
        """Wait until the file has ended, or ``seconds`` in which nothing moved; return how far it is."""
        with self._changed:
            while self._progress is None or not self._progress.is_over:
                before = self._progress
                is_news = self._changed.wait_for(
                    lambda before=before: self._progress != before,  # type: ignore[misc]
                    seconds,
                )
                if not is_news or (self._progress and self._progress.state is State.QUIET):
                    break
            return self._progress


def send_file(
    settings: SendSettings, doorway: FileDoorway, name: str, say: Callable[[Content], str]
) -> list[str]:
    """Send the file of the settings; return sentences of what went wrong, perhaps none.

    Raises ClientError for what is no file, or too large a one.
    """
    patience = max(settings.leave_seconds, _LEAST_PATIENCE)
    watch = _Watch()
    rules = FileRules(Path(), settings.file_limit_mib)
    transfers = Transfers(doorway, name, rules, watch, quiet_seconds=patience)
    transfers.send(str(settings.file), say)
    progress = watch.wait(patience)
    transfers.close(0)
    if progress is None or progress.state is State.DONE:
        return []
    if progress.state is State.FAILED and not progress.message_id:
        raise ClientError(progress.detail)
    # We gave up, and nobody else.
    failed = replace(progress, state=State.FAILED)
    return [told.progress(failed).rstrip()]
