"""``sussurro chat``: from settings to a conversation."""

import io
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from sussurro_client.collecting import collect_rarely
from sussurro_client.display import safe_text
from sussurro_client.doorway import Doorway
from sussurro_client.errors import ClientError
from sussurro_client.events import Person
from sussurro_client.files.transfers import FileRules
from sussurro_client.first_key import FirstKey, is_missing
from sussurro_client.identity import load_identity
from sussurro_client.json_face import JsonFace
from sussurro_client.line_mode import LineMode
from sussurro_client.line_ports import Console
from sussurro_client.names import login_name, name_flaw
from sussurro_client.naming import room_words
from sussurro_client.plain_assistant import ask_for_key
from sussurro_client.plain_face import PlainFace
from sussurro_client.settings import ChatSettings, MemberSettings
from sussurro_client.words import _

_USUAL_STEM = "key"  # of a key file, which says nothing about the room


def chat(settings: ChatSettings) -> int:
    """Talk: the app in a terminal, else line by line."""
    doorways = [doorway_of(settings, path, settings.history) for path in settings.key]
    both_are_terminals = sys.stdin.isatty() and sys.stdout.isatty()
    # A container's key is a secret that is missing, and a program has nobody to ask.
    may_ask = both_are_terminals and not settings.json_lines and not settings.attached
    places = {path: FirstKey(path) for path in settings.key if may_ask and is_missing(path)}
    rooms = [each.key.room for each in doorways if each.key_path not in places]
    # A bad key is told before anything is asked.
    if len(set(rooms)) < len(rooms) or len(set(settings.key)) < len(settings.key):
        raise ClientError(_("Two of these keys open the same room; give each one once."))
    if both_are_terminals and not settings.plain and not settings.json_lines and _can_draw():
        return _chat_in_app(settings, doorways, places)
    if len(doorways) > 1:
        raise ClientError(_("Line by line there is one room at a time; give one key only."))
    for place in places.values():
        ask_for_key(place)
    return _chat_by_lines(settings, doorways[0])


def _chat_by_lines(settings: ChatSettings, doorway: Doorway) -> int:
    name = settings.name or _ask_name()
    # Not sys.stdin, which cannot be closed at exit while a thread waits for a line of it.
    lines = Lines(io.FileIO(sys.stdin.fileno(), "rb", closefd=False))
    face = JsonFace() if settings.json_lines else PlainFace(has_tags=settings.tags)
    collect_rarely()
    console = Console(lines, sys.stdout, face, takes_json=settings.json_lines)
    mode = LineMode(
        doorway,
        Person(name, doorway.identity.public_key),
        console,
        leave_seconds=settings.leave_seconds,
        rules=FileRules(settings.downloads, settings.file_limit_mib),
        notices=_notices(doorway),
    )
    _leave_when_told(mode)
    return mode.run()


def _leave_when_told(mode: LineMode) -> None:
    """Leave at the first SIGTERM or SIGHUP; a second one ends at once, and so does Ctrl-C."""

    def leave(number: int, _frame: object) -> None:
        signal.signal(number, signal.SIG_DFL)
        mode.end_input()

    def interrupt(_number: int, _frame: object) -> None:
        # Python drops what is raised while it tidies up: then the loop finds it.
        mode.interrupt()
        raise KeyboardInterrupt

    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, interrupt)
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup wants to go on
            signal.signal(number, leave)


class Lines(io.BufferedReader):
    """Lines of a stream; a terminal that was closed is at its end."""

    def readline(self, size: int | None = -1) -> bytes:
        """Return the next line, or nothing at the end."""
        try:
            return super().readline(size)
        except OSError:
            return b""


def complain(sentence: str) -> None:
    """Say on stderr what went wrong, harmless for a terminal."""
    sys.stderr.write(safe_text(sentence) + "\n")


def _chat_in_app(
    settings: ChatSettings, doorways: Sequence[Doorway], places: Mapping[Path, FirstKey]
) -> int:
    # Textual takes half a second to load, which the line mode need not wait for.
    from sussurro_client.app import Entrance, Invitation, run_app  # noqa: PLC0415

    entrances = []
    for doorway in doorways:
        place = places.get(doorway.key_path)
        invitation = Invitation(
            name=settings.name,
            key=doorway.identity.public_key,
            room_words="" if place else room_words(doorway.key.room),
            relay=str(settings.relay),
            notices=_notices(doorway),
            attached=settings.attached,
            leave_seconds=settings.leave_seconds,
            typing=settings.typing,
            wishes=settings.wishes,
            rules=FileRules(settings.downloads, settings.file_limit_mib),
        )
        stem = doorway.key_path.stem
        label = "" if stem == _USUAL_STEM else stem
        entrances.append(Entrance(doorway, invitation, label, place))
    collect_rarely()
    return run_app(entrances)


def doorway_of(settings: MemberSettings, key_path: Path, history: int) -> Doorway:
    """Return where the sessions in a key's room begin; raises ClientError for a bad identity."""
    return Doorway(
        settings.relay,
        key_path,
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
