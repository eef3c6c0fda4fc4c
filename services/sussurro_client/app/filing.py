"""Files in the app: what their transfers want is done in the app's thread."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol

from sussurro_client.errors import NotSentError
from sussurro_client.events import Person
from sussurro_client.files.desk import FileDesk
from sussurro_client.files.errand import Errand
from sussurro_client.files.ports import FileDoorway
from sussurro_client.files.progress import Progress
from sussurro_client.files.transfers import FileRules, Transfers
from sussurro_client.posts import Post
from sussurro_client.speaking import Speaker
from sussurro_client.timeline import Timeline
from sussurro_client.words import _


class Shower(Protocol):
    """Where files are shown; the screen of a room is one."""

    def call_later(self, callback: Callable[..., Any], *arguments: Any) -> bool:  # noqa: ANN401
        """Call something in the app's thread; may be called from any."""

    def show_transfer(self, progress: Progress) -> None:
        """Show how far a file is."""

    def show_said(self, post: Post) -> None:
        """Show what we just said."""


def open_desk(
    shower: Shower,
    doorway: FileDoorway,
    me: Person,
    rules: FileRules,
    timeline: Timeline,
    speaker: Speaker,
) -> FileDesk:
    """Return what commands of a room do with files."""

    def in_app(call: Callable[[], str]) -> str:
        errand = Errand(call)
        if not shower.call_later(errand.run):
            raise NotSentError(_("The session has ended; this was not sent."))
        return errand.result()

    def tell(progress: Progress) -> None:
        with suppress(RuntimeError):  # after the end there is nobody to tell
            shower.call_later(shower.show_transfer, progress)

    transfers = Transfers(doorway, me.name, rules, tell)
    return FileDesk(transfers, timeline, speaker, me, in_app, shower.show_said)
