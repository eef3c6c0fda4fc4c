"""What is left of a crash: which mistake it was and where, and nothing of what was said.

A message of an exception may hold texts, names or keys, and variables hold them
anyway; so neither is written anywhere.
"""

import os
import platform
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import platformdirs

from sussurro_client.words import _

_MAX_FRAMES = 100
_MAX_ERRORS = 5  # that led to one another


def crash_sentence(error: BaseException) -> str:
    """Write down what is known of a crash, and return the sentence that says where."""
    path = _write(describe(error))
    if path is None:
        return _("Sussurro stopped because of a mistake of its own: {mistake}.").format(
            mistake=_name_of(error)
        )
    return _(
        "Sussurro stopped because of a mistake of its own; which one is in {path}, without any text or name."
    ).format(path=path)


def describe(error: BaseException) -> str:
    """Return the types and frames of an exception and of those that led to it."""
    ours = f"sussurro {_version('sussurro')}, textual {_version('textual')}"
    lines = [f"{ours}, python {platform.python_version()}, {platform.system()}"]
    cause: BaseException | None = error
    for _number in range(_MAX_ERRORS):
        if cause is None:
            break
        lines += ["", _name_of(cause)]
        frames = list(traceback.walk_tb(cause.__traceback__))[-_MAX_FRAMES:]
        for frame, line in frames:
            module = str(frame.f_globals.get("__name__", "?"))
            lines.append(f"  {module.replace('.', '/')}.py:{line} {frame.f_code.co_name}")
        cause = cause.__cause__ or cause.__context__
    return "\n".join(lines) + "\n"


@contextmanager
def threads_watched(tell: Callable[[BaseException], object]) -> Iterator[None]:
    """Call ``tell``, in the thread that failed, instead of printing what its variables say."""

    def hear(failed: threading.ExceptHookArgs) -> None:
        if failed.exc_value is not None and not isinstance(failed.exc_value, SystemExit):
            tell(failed.exc_value)

    before = threading.excepthook
    threading.excepthook = hear
    try:
        yield
    finally:
        threading.excepthook = before


def _name_of(error: BaseException) -> str:
    kind = type(error)
    return (
        kind.__qualname__
        if kind.__module__ == "builtins"
        else f"{kind.__module__}.{kind.__qualname__}"
    )


def _write(text: str) -> Path | None:
    moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    path = platformdirs.user_log_path("sussurro") / f"crash-{moment}-{os.getpid()}.txt"
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError:
        return None
    return path


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "?"
