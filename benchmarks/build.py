"""The benchmarks' two programs in C, compiled once for each state of their source."""

import shutil
import subprocess
from functools import cache
from pathlib import Path

_SOURCES = Path(__file__).parent / "native"
_BUILD = Path(__file__).parent.parent / "build" / "benchmarks"


class BuildError(Exception):
    """A program could not be compiled; the text says what to do."""


class NoCompilerError(BuildError):
    """There is nothing here that compiles C."""


@cache
def program(name: str) -> Path:
    """Return the program ``name``, compiled if it is older than its source; raises BuildError."""
    source, target = _SOURCES / f"{name}.c", _BUILD / name
    if target.exists() and target.stat().st_mtime > source.stat().st_mtime:
        return target
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        raise NoCompilerError(
            "The benchmarks need a C compiler; on Debian: apt install gcc libc6-dev"
        )
    _BUILD.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(  # noqa: S603 - our own sources
        [compiler, "-O2", "-Wall", "-Wextra", "-Werror", "-o", target, source],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BuildError(f"{source} cannot be compiled:\n{done.stderr}")
    return target
