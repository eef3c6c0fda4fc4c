"""``sussurro``: the commands, their exit codes, and nothing else.

Exit codes: 0 done, 1 something was not delivered, 2 it cannot work like this
(settings, key, refused), 70 a mistake of the program's own, 130 interrupted.
"""

import errno
import io
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_settings import BaseSettings, SettingsError

from sussurro_client import words
from sussurro_client.crash import crash_sentence, threads_watched
from sussurro_client.errors import ClientError
from sussurro_client.exit_codes import (
    EXIT_CRASHED,
    EXIT_INTERRUPTED,
    EXIT_NOT_DELIVERED,
    EXIT_OK,
    EXIT_REFUSED,
)
from sussurro_client.key_commands import invite, keygen, room
from sussurro_client.rekeying import rekey
from sussurro_client.sending import send
from sussurro_client.settings import (
    ChatSettings,
    InviteSettings,
    KeygenSettings,
    RekeySettings,
    RoomSettings,
    SendSettings,
)
from sussurro_client.talking import chat, complain
from sussurro_client.words import _


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
    "invite": _Command(InviteSettings, invite),
    "rekey": _Command(RekeySettings, rekey),
}


def _usage() -> str:
    lines = ["sussurro COMMAND [OPTIONS]", ""]
    lines += [f"  {name:8} {command.help}" for name, command in _COMMANDS.items()]
    lines += ["", "sussurro COMMAND --help shows the options; each is also SUSSURRO_<OPTION>."]
    return "\n".join(lines)


def _open_streams() -> None:
    """Let no standard stream fail: not one that was closed, and none for what others write.

    A terminal may have fewer letters than people, or send bytes that are none.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            stream = Path(os.devnull).open(mode, encoding="utf-8")  # noqa: SIM115 - open to the end
            setattr(sys, name, stream)
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


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
    _open_streams()
    words.use_language()
    if not arguments or arguments[0] in ("-h", "--help"):
        sys.stdout.write(_usage() + "\n")
        return EXIT_OK if arguments else EXIT_REFUSED
    command = _COMMANDS.get(arguments[0])
    if command is None:
        complain(_("There is no command '{word}'.").format(word=arguments[0]) + "\n" + _usage())
        return EXIT_REFUSED
    failures: list[BaseException] = []
    with threads_watched(lambda error: _interrupt(failures, error)):
        code = _run(command, arguments, failures)
    if failures:
        code = EXIT_CRASHED
        with suppress(OSError):
            complain(crash_sentence(failures[0]))
    _flush()
    return code


def _flush() -> None:
    """Write what is still to be written; what nobody can read is nothing, and no traceback."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _interrupt(failures: list[BaseException], error: BaseException) -> None:
    """End the main thread, which may be waiting for the one that failed."""
    failures.append(error)
    identifier = threading.main_thread().ident
    if identifier is not None:
        signal.pthread_kill(identifier, signal.SIGINT)


def _run(command: _Command, arguments: list[str], failures: list[BaseException]) -> int:
    """Run a command; what it could not do is a sentence, and its mistakes are in ``failures``."""
    try:
        settings = command.settings(
            _cli_parse_args=arguments[1:], _cli_prog_name=f"sussurro {arguments[0]}"
        )
        words.use_language(getattr(settings, "lang", ""))
        return command.run(settings)
    except ValidationError as error:
        complain(_describe(error))
    except (SettingsError, ClientError) as error:
        complain(str(error))
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except OSError as error:
        if error.errno not in (errno.EPIPE, errno.EIO):
            failures.append(error)
            return EXIT_CRASHED
        return EXIT_NOT_DELIVERED  # whoever read our lines is gone; so are we
    except Exception as error:  # noqa: BLE001 - whatever it is, nobody shall see its variables
        failures.append(error)
    return EXIT_REFUSED


if __name__ == "__main__":
    sys.exit(main())
