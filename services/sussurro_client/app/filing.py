"""Files in the app: what their transfers want is done, and shown, in the app's thread."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Protocol

from sussurro_client.app.entries import Kind
from sussurro_client.app.widgets.conversation import Conversation
from sussurro_client.asides import Acquainted, Aside, addressee
from sussurro_client.errors import ClientError, NotSentError
from sussurro_client.events import Person
from sussurro_client.files import told
from sussurro_client.files.desk import FileDesk
from sussurro_client.files.errand import Errand
from sussurro_client.files.milestones import Milestones
from sussurro_client.files.ports import FileDoorway
from sussurro_client.files.progress import Progress, State
from sussurro_client.files.transfers import FileRules, Transfers
from sussurro_client.posts import Post
from sussurro_client.speaking import Speaker
from sussurro_client.timeline import Timeline
from sussurro_client.words import _

_ENDS_ALONE = 101  # percent: the bar below the message has what lies between


class Screen(Protocol):
    """Where files are shown."""

    def call_later(self, callback: Callable[..., Any], *arguments: Any) -> bool:  # noqa: ANN401
        """Call something in the app's thread; may be called from any."""

    def note(self, kind: Kind, text: str) -> None:
        """Write down that something happened."""


class Filing:
    """The files of one room, as its screen has them. All but `close` lives in the app's thread."""

    def __init__(self, screen: Screen, conversation: Conversation) -> None:
        self._screen = screen
        self._conversation = conversation
        self._milestones = Milestones(_ENDS_ALONE)
        self._desk: FileDesk | None = None  # None: this place has none

    def begin(
        self,
        doorway: FileDoorway,
        rules: FileRules,
        me: Person,
        timeline: Timeline,
        speaker: Speaker,
    ) -> None:
        """Let files be sent and saved from now on."""
        transfers = Transfers(doorway, me.name, rules, self._tell)
        self._desk = FileDesk(transfers, timeline, speaker, me, self._in_app, self._show_offer)

    def send(self, path: str, to: Person | None = None) -> None:
        """Send a file to everybody, or to one person alone."""
        self._here().send(path, to)

    def send_to(self, room: Acquainted, asides: Sequence[Aside]) -> None:
        """Send a file to one person alone; the asides are what was typed."""
        person, path = addressee(room, asides, is_file=True)
        self.send(path, person)

    def save(self, tag: str, path: str) -> None:
        """Save a file, by default the newest of somebody else."""
        self._here().save(tag, path)

    def cancel(self, tag: str) -> None:
        """Stop a file that is on its way, by default the newest."""
        self._here().cancel(tag)

    def retract(self, post: Post) -> None:
        """Stop the file of an offer that was deleted, if it is on its way."""
        if self._desk is not None:
            self._desk.retract(post)

    def close(self, timeout: float) -> str:
        """End all; return which were not finished. In another thread than the app's."""
        return told.unfinished(self._desk.close(timeout)) if self._desk else ""

    def _here(self) -> FileDesk:
        if self._desk is None:
            raise ClientError(_("No files can be sent or saved here."))
        return self._desk

    def _in_app(self, call: Callable[[], str]) -> str:
        errand = Errand(call)
        try:
            is_open = self._screen.call_later(errand.run)
        except RuntimeError:  # the app has ended
            is_open = False
        if not is_open:
            raise NotSentError(_("The session has ended; this was not sent."))
        return errand.result()

    def _tell(self, progress: Progress) -> None:
        with suppress(RuntimeError):  # after the end there is nobody to tell
            self._screen.call_later(self._show, progress)

    def _show(self, now: Progress) -> None:
        if now.message_id:
            words = told.state_words(now)
            self._conversation.show_progress(now.message_id, now.done, now.total, words)
        if self._milestones.is_one(now):
            is_warning = now.state in (State.FAILED, State.QUIET)
            self._screen.note(Kind.WARNING if is_warning else Kind.NOTICE, told.progress(now))

    def _show_offer(self, post: Post) -> None:
        if post.is_deleted:
            self._conversation.change(post.id)
            return
        self._conversation.add(post)
        self._conversation.to_end()
