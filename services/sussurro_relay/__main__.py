"""``sussurro-relay``: settings, signals, exit codes."""

import gc
import resource
import signal
import sys
from importlib import metadata

from pydantic import ValidationError
from pydantic_settings import CliApp, SettingsError

from sussurro_relay import journal
from sussurro_relay.server import Server, StartError
from sussurro_relay.settings import RelaySettings

_USAGE_ERROR = 2
# New objects after which cycles are looked for: members are many, and cycles few.
_GARBAGE = 5_000
# For how long who computes (a scrape does) may keep the interpreter from those who send: at every
# send they let go of it, and would each time wait for the default of 5 ms to have it back.
_SWITCH_SECONDS = 0.0002


def _version() -> str:
    try:
        return metadata.version("sussurro")
    except metadata.PackageNotFoundError:  # run from a folder, as in the image
        return "unknown"


def _describe(error: ValidationError) -> str:
    """Return one sentence for each bad setting, naming it and never its value."""
    sentences = []
    for fault in error.errors(include_url=False, include_input=False):
        name = "_".join(str(part) for part in fault["loc"][:1]).upper() or "settings"
        sentences.append(f"RELAY_{name}: {fault['msg'].removeprefix('Value error, ')}.")
    return "\n".join(sentences)


def _raise_file_limit() -> None:
    """Let the process open as many files as it may: each connection is one."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _tune_interpreter() -> None:
    """Keep those who send from waiting for those who compute."""
    # What is here now stays: a collection need not look through it.
    gc.collect()
    gc.freeze()
    gc.set_threshold(_GARBAGE)
    sys.setswitchinterval(_SWITCH_SECONDS)


def _give_up(sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    return _USAGE_ERROR


def main(arguments: list[str] | None = None) -> int:
    """Run a relay until SIGTERM or SIGINT; return the exit code."""
    try:
        settings = CliApp.run(
            RelaySettings, cli_args=sys.argv[1:] if arguments is None else arguments
        )
    except ValidationError as error:
        return _give_up(_describe(error))
    except SettingsError as error:
        return _give_up(f"The settings cannot be read: {error}.")
    journal.open_journal(settings.log_level)
    _raise_file_limit()
    _tune_interpreter()
    try:
        server = Server(settings, _version())
    except StartError as error:
        return _give_up(str(error))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: server.request_drain())
    signal.signal(signal.SIGHUP, lambda *_: server.request_reload())
    server.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
