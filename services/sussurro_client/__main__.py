"""``sussurro``: the commands, their exit codes, and nothing else.

Exit codes: 0 done, 1 something was not delivered, 2 it cannot work like this
(settings, key, refused), 130 interrupted.
"""

import getpass
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import segno
from pydantic import ValidationError
from pydantic_settings import BaseSettings, SettingsError

from sussurro_client import sentences, words
from sussurro_client.display import safe_text
from sussurro_client.errors import ClientError, NotSentError
from sussurro_client.events import Disconnected, Event
from sussurro_client.fingerprint import words_of
from sussurro_client.identity import load_identity
from sussurro_client.key import create_key, read_key
from sussurro_client.line_faces import JsonFace, PlainFace, connection_refused, undelivered
from sussurro_client.line_mode import (
    EXIT_INTERRUPTED,
    EXIT_NOT_DELIVERED,
    EXIT_OK,
    EXIT_REFUSED,
    LineMode,
)
from sussurro_client.member import Member
from sussurro_client.names import name_flaw
from sussurro_client.session import Session
from sussurro_client.settings import ChatSettings, KeygenSettings, RoomSettings, SendSettings
from sussurro_client.words import _
from sussurro_wire.room import public_key_of


def keygen(settings: KeygenSettings) -> int:
    """Make a key file, and say what to do with it."""
    key = create_key(settings.path)
    _say(
        _("The new key is in {path}. Give it to your friends by a safe way.").format(
            path=settings.path
        )
    )
    _say(_("Its fingerprint: {words}").format(words=words_of(public_key_of(key.room))))
    return EXIT_OK


def room(settings: RoomSettings) -> int:
    """Show the room's id and fingerprint, on a terminal with a QR code of the id."""
    key = read_key(settings.key)
    _say(_("room        {room}").format(room=key.room))
    _say(_("fingerprint {words}").format(words=words_of(public_key_of(key.room))))
    if sys.stdout.isatty():
        segno.make(key.room).terminal(sys.stdout, compact=True)
    return EXIT_OK


def send(settings: SendSettings) -> int:
    """Send one message and wait for its acknowledgement."""
    text = settings.text
    if text is None:
        text = sys.stdin.buffer.read().decode("utf-8", "replace").removesuffix("\n")
    troubles: list[Disconnected] = []

    def listen(event: Event) -> None:
        if isinstance(event, Disconnected):
            troubles.append(event)

    with _open_session(settings, settings.name or _login_name(), listen) as session:
        session.send(text)
        lost = session.close(settings.leave_seconds)
    if not lost:
        return EXIT_OK
    if troubles and troubles[-1].retry_in is None:
        raise ClientError(connection_refused(troubles[-1]))
    if troubles:
        _complain(sentences.disconnected(troubles[-1]))
    _complain(undelivered(lost))
    return EXIT_NOT_DELIVERED


def chat(settings: ChatSettings) -> int:
    """Talk: the app in a terminal, else line by line."""
    read_key(settings.key)  # a bad key is told before the screen changes
    both_are_terminals = sys.stdin.isatty() and sys.stdout.isatty()
    if both_are_terminals and not settings.plain and not settings.json_lines and _can_draw():
        return _chat_in_app(settings)
    name = settings.name or _ask_name()
    return LineMode(
        lambda listener: _open_session(settings, name, listener, settings.history),
        JsonFace() if settings.json_lines else PlainFace(),
        # Not sys.stdin, which cannot be closed at exit while a thread waits for a line of it.
        open(sys.stdin.fileno(), "rb", closefd=False),
        sys.stdout,
        json_input=settings.json_lines,
        leave_seconds=settings.leave_seconds,
    ).run()


def _chat_in_app(settings: ChatSettings) -> int:
    # Textual takes half a second to load, which the line mode need not wait for.
    from sussurro_client.app import Invitation, run_app  # noqa: PLC0415

    key = read_key(settings.key)
    invitation = Invitation(
        settings.name,
        words_of(public_key_of(key.room)),
        str(settings.relay),
        _notices(settings),
        settings.attached,
        settings.leave_seconds,
    )
    return run_app(
        lambda name, listener: _open_session(settings, name, listener, settings.history),
        invitation,
    )


def _open_session(
    settings: ChatSettings | SendSettings,
    name: str,
    listener: Callable[[Event], None],
    history: int = 0,
) -> Session:
    member = Member(read_key(settings.key), load_identity(settings.state), name)
    return Session(
        settings.relay,
        member,
        listener=listener,
        history=history,
        heartbeat=settings.heartbeat_seconds,
    )


def _notices(settings: ChatSettings) -> tuple[str, ...]:
    if load_identity(settings.state).kept:
        return ()
    return (_("Your identity is new and will not be kept: nothing can be written here."),)


def _can_draw() -> bool:
    return os.environ.get("TERM", "") not in ("", "dumb")


def _login_name() -> str:
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = ""
    return name if name and name_flaw(name) is None else "anon"


def _ask_name() -> str:
    """Ask a person; a pipe has messages to give and no name, so there it is the login's."""
    if not sys.stdin.isatty():
        return _login_name()
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
        _complain(flaw)


def _say(sentence: str) -> None:
    sys.stdout.write(safe_text(sentence) + "\n")


def _complain(sentence: str) -> None:
    sys.stderr.write(safe_text(sentence) + "\n")


@dataclass(frozen=True, slots=True)
class _Command:
    """A word after ``sussurro``."""

    settings: type[BaseSettings]
    run: Callable[[Any], int]

    @property
    def help(self) -> str:
        return (self.settings.__doc__ or "").splitlines()[0]


_COMMANDS = {
    "keygen": _Command(KeygenSettings, keygen),
    "chat": _Command(ChatSettings, chat),
    "send": _Command(SendSettings, send),
    "room": _Command(RoomSettings, room),
}


def _usage() -> str:
    lines = ["sussurro COMMAND [OPTIONS]", ""]
    lines += [f"  {name:8} {command.help}" for name, command in _COMMANDS.items()]
    lines += ["", "sussurro COMMAND --help shows the options; each is also SUSSURRO_<OPTION>."]
    return "\n".join(lines)


def _open_missing_streams() -> None:
    """Make the standard streams that were closed when we started empty ones."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            stream = Path(os.devnull).open(mode, encoding="utf-8")  # noqa: SIM115 - open to the end
            setattr(sys, name, stream)


def _describe(error: ValidationError) -> str:
    """Return one sentence for each bad setting, naming it and never its value."""
    told = []
    for fault in error.errors(include_url=False, include_input=False):
        name = str(fault["loc"][0]) if fault["loc"] else "settings"
        message = fault["msg"].removeprefix("Value error, ")
        told.append(f"SUSSURRO_{name.upper()} (--{name.replace('_', '-')}): {message}")
    return "\n".join(told)


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return its exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    _open_missing_streams()
    words.use_language()
    if not arguments or arguments[0] in ("-h", "--help"):
        sys.stdout.write(_usage() + "\n")
        return EXIT_OK if arguments else EXIT_REFUSED
    command = _COMMANDS.get(arguments[0])
    if command is None:
        _complain(_("There is no command '{word}'.").format(word=arguments[0]) + "\n" + _usage())
        return EXIT_REFUSED
    try:
        settings = command.settings(
            _cli_parse_args=arguments[1:], _cli_prog_name=f"sussurro {arguments[0]}"
        )
        words.use_language(getattr(settings, "lang", ""))
        return command.run(settings)
    except ValidationError as error:
        _complain(_describe(error))
    except (SettingsError, ClientError, NotSentError) as error:
        _complain(str(error))
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # Whoever read our lines is gone; so are we, without a traceback at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_NOT_DELIVERED
    return EXIT_REFUSED


if __name__ == "__main__":
    sys.exit(main())
