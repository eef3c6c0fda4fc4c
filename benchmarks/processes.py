"""Relays as processes: started, awaited, looked at from outside, and ended."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.sockets import SECONDS, connect

# Debian keeps servers where a user's PATH does not look.
_PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"


class StartError(Exception):
    """A relay did not start; the text says what it complained of."""


def find(program: str) -> str | None:
    """Return where a program is, or None."""
    return shutil.which(program, path=_PATH)


@contextmanager
def running(
    words: Sequence[str], port: int, environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a relay that listens on ``port``, until the block ends; raises StartError."""
    with tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(  # noqa: S603 - one of the contenders
            [find(words[0]) or words[0], *words[1:]],
            stdin=subprocess.DEVNULL,
            stdout=complaints,
            stderr=complaints,
            env=environment,
        )
        try:
            if not _serves(process, port):
                complaints.seek(0)
                raise StartError(f"{words[0]}: {complaints.read().decode(errors='replace')[-500:]}")
            yield process
        finally:
            _end(process)


def _serves(process: "subprocess.Popen[bytes]", port: int) -> bool:
    deadline = time.monotonic() + SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            connect(port).close()
        except OSError:
            time.sleep(0.02)
        else:
            return True
    return False


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def family(pid: int) -> tuple[int, ...]:
    """Return a process with its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return (pid, *(other for child in children for other in family(int(child))))


def resident_bytes(pid: int) -> int:
    """Return how much memory the process has now, what it shares with others included."""
    return _status(pid, "VmRSS")


def peak_bytes(pid: int) -> int:
    """Return the most that it has ever had."""
    return _status(pid, "VmHWM")


def _status(pid: int, name: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(name + ":"))


def processor_seconds(pid: int) -> float:
    """Return the processor time that it has used, that of ended threads included."""
    # clock_getcpuclockid(3), which Python lacks: the clock of a process is ~pid << 3 | 2.
    return time.clock_gettime(~pid << 3 | 2)
