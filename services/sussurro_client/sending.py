"""``sussurro send``: one message or file, to everybody or to one alone."""

import sys
import threading
from collections.abc import Callable

from sussurro_client import sentences
from sussurro_client.asides import receiver
from sussurro_client.contents import Content, Text, fitting
from sussurro_client.doorway import Doorway
from sussurro_client.errors import ClientError
from sussurro_client.events import Disconnected, Event
from sussurro_client.exit_codes import EXIT_NOT_DELIVERED, EXIT_OK
from sussurro_client.line_faces import connection_refused, undelivered
from sussurro_client.names import login_name
from sussurro_client.sending_files import send_file
from sussurro_client.session import Session
from sussurro_client.settings import SendSettings
from sussurro_client.talking import complain, doorway_of
from sussurro_client.vouching import Whom

_MOST_READ = 16 * 1024 * 1024  # bytes: far too many, and a stream may have no end


class _Ears:
    """Hears what a session tells, in its thread, and waits in another."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._troubles: list[Disconnected] = []

    def __call__(self, event: Event) -> None:
        with self._changed:
            if isinstance(event, Disconnected):
                self._troubles.append(event)
            self._changed.notify_all()

    @property
    def trouble(self) -> Disconnected | None:
        """Why the last connection ended, if one did."""
        with self._changed:
            return self._troubles[-1] if self._troubles else None

    @property
    def is_refused(self) -> bool:
        """Whether there will be no other connection."""
        trouble = self.trouble
        return trouble is not None and trouble.retry_in is None

    def wait(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Wait until something that events change is so, or it will never be."""
        with self._changed:
            self._changed.wait_for(lambda: condition() or self.is_refused, seconds)
            return condition()


def send(settings: SendSettings) -> int:
    """Send one message, or a file, and wait until the relay has kept it."""
    text = settings.text
    if text is None and settings.file is None:
        text = sys.stdin.buffer.read(_MOST_READ).decode("utf-8", "replace").removesuffix("\n")
    ears = _Ears()
    doorway = doorway_of(settings, settings.key, history=0)
    with doorway.open(settings.name or login_name(), ears) as session:
        is_taken = True
        complaints: list[str] = []
        try:
            complaints = _hand_over(session, ears, text, settings, doorway)
        except ClientError:
            is_taken = False
            # Or else it was refused before there was anything to send, or anybody to be met.
            if not ears.is_refused and not (settings.to and ears.trouble):
                raise
        is_kept = session.wait_acknowledged(settings.leave_seconds)
        lost = session.close(0)
    if is_taken and is_kept and not complaints:
        return EXIT_OK
    trouble = ears.trouble
    if trouble is not None and ears.is_refused:
        raise ClientError(connection_refused(trouble))
    if trouble is not None:
        complain(sentences.disconnected(trouble))
    if text is not None and (lost or not is_taken):
        complaints.append(undelivered(lost or (text,)))
    for complaint in complaints:
        complain(complaint)
    return EXIT_NOT_DELIVERED


def _hand_over(
    session: Session, ears: _Ears, text: str | None, settings: SendSettings, doorway: Doorway
) -> list[str]:
    """Say the text and send the file; return what went wrong with that.

    Raises ClientError where there is nobody whom it is for.
    """
    say = _mouth(session, ears, settings)
    if text is not None:
        say(Text(text=fitting(text)))
    if settings.file is None:
        return []
    return send_file(settings, doorway, session.member.name, say)


def _mouth(session: Session, ears: _Ears, settings: SendSettings) -> Callable[[Content], str]:
    """Return what says something to whom it is for; raises ClientError where that is nobody."""
    if not settings.to:
        return session.say
    whom = Whom(settings.to)
    ears.wait(lambda: _is_met(session, whom), settings.leave_seconds)
    person = receiver(session, whom)
    return lambda content: session.whisper(person, content)


def _is_met(session: Session, whom: Whom) -> bool:
    """Return whether something can be sealed for somebody of that name."""
    return any(whom.is_called(each.person) and each.wrap_key for each in session.acquaintances)
