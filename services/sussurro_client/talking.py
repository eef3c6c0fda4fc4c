"""``sussurro chat`` and ``sussurro send``: from settings to a conversation."""

import os
import sys

from sussurro_client import sentences
from sussurro_client.collecting import collect_rarely
from sussurro_client.display import safe_text
from sussurro_client.doorway import Doorway
from sussurro_client.errors import ClientError, NotSentError
from sussurro_client.events import Disconnected, Event, Person
from sussurro_client.identity import load_identity
from sussurro_client.line_faces import JsonFace, PlainFace, connection_refused, undelivered
from sussurro_client.line_mode import EXIT_NOT_DELIVERED, EXIT_OK, Console, LineMode
from sussurro_client.names import login_name, name_flaw
from sussurro_client.naming import room_words
from sussurro_client.settings import ChatSettings, MemberSettings, SendSettings
from sussurro_client.words import _


def send(settings: SendSettings) -> int:
    """Send one message and wait for its acknowledgement."""
    text = settings.text
    if text is None:
        text = sys.stdin.buffer.read().decode("utf-8", "replace").removesuffix("\n")
    troubles: list[Disconnected] = []

    def listen(event: Event) -> None:
        if isinstance(event, Disconnected):
            troubles.append(event)

    doorway = doorway_of(settings, history=0)
    with doorway.open(settings.name or login_name(), listen) as session:
        is_taken = True
        try:
            session.send(text)
        except NotSentError:
            is_taken = False
            if not _is_final(troubles):  # or else it was refused before there was anything to send
                raise
        lost = session.close(settings.leave_seconds)
    if is_taken and not lost:
        return EXIT_OK
    if _is_final(troubles):
        raise ClientError(connection_refused(troubles[-1]))
    if troubles:
        complain(sentences.disconnected(troubles[-1]))
    complain(undelivered(lost))
    return EXIT_NOT_DELIVERED


def _is_final(troubles: list[Disconnected]) -> bool:
    return bool(troubles) and troubles[-1].retry_in is None


def chat(settings: ChatSettings) -> int:
    """Talk: the app in a terminal, else line by line."""
    doorway = doorway_of(settings, settings.history)
    room = doorway.key.room  # a bad key is told before anything is asked
    both_are_terminals = sys.stdin.isatty() and sys.stdout.isatty()
    if both_are_terminals and not settings.plain and not settings.json_lines and _can_draw():
        return _chat_in_app(settings, doorway, room)
    name = settings.name or _ask_name()
    # Not sys.stdin, which cannot be closed at exit while a thread waits for a line of it.
    lines = open(sys.stdin.fileno(), "rb", closefd=False)  # noqa: SIM115 - open to the end
    face = JsonFace() if settings.json_lines else PlainFace()
    collect_rarely()
    console = Console(lines, sys.stdout, face, takes_json=settings.json_lines)
    return LineMode(
        doorway,
        Person(name, doorway.identity.public_key),
        console,
        leave_seconds=settings.leave_seconds,
        notices=_notices(doorway),
    ).run()


def complain(sentence: str) -> None:
    """Say on stderr what went wrong, harmless for a terminal."""
    sys.stderr.write(safe_text(sentence) + "\n")


def _chat_in_app(settings: ChatSettings, doorway: Doorway, room: str) -> int:
    # Textual takes half a second to load, which the line mode need not wait for.
    from sussurro_client.app import Invitation, run_app  # noqa: PLC0415

    invitation = Invitation(
        name=settings.name,
        key=doorway.identity.public_key,
        room_words=room_words(room),
        relay=str(settings.relay),
        notices=_notices(doorway),
        attached=settings.attached,
        leave_seconds=settings.leave_seconds,
        typing=settings.typing,
        wishes=settings.wishes,
    )
    collect_rarely()
    return run_app(doorway, invitation)


def doorway_of(settings: MemberSettings, history: int) -> Doorway:
    """Return where the sessions of these settings begin; raises ClientError for a bad identity."""
    return Doorway(
        settings.relay,
        settings.key,
        settings.state,
        load_identity(settings.state),
        settings.trust,
        settings.heartbeat_seconds,
        history,
    )


def _notices(doorway: Doorway) -> tuple[str, ...]:
    if doorway.identity.kept:
        return ()
    return (_("Your identity is new and will not be kept: nothing can be written here."),)


def _can_draw() -> bool:
    return os.environ.get("TERM", "") not in ("", "dumb")


def _ask_name() -> str:
    """Ask a person; a pipe has messages to give and no name, so there it is the login's."""
    if not sys.stdin.isatty():
        return login_name()
    while True:
        sys.stderr.write(_("Your name: "))
        sys.stderr.flush()
        line = sys.stdin.readline()
        name = line.strip()
        if not line:
            raise ClientError(_("No name was given."))
        flaw = name_flaw(name)
        if flaw is None:
            return name
        complain(flaw)
