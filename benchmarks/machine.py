"""The machine: whether others leave it alone, and what it is."""

import os
import platform
import shutil
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

# Of all processors, over a moment: with less in use by others a run may begin.
_QUIET_SHARE = 0.08
_MOMENT = 0.25


def wait_until_quiet(most_seconds: float) -> float:
    """Wait until hardly anybody uses the processors; return the share that was in use at last."""
    deadline = time.monotonic() + most_seconds
    while True:
        busy, total = _ticks()
        time.sleep(_MOMENT)
        busy_after, total_after = _ticks()
        share = (busy_after - busy) / max(total_after - total, 1)
        if share < _QUIET_SHARE or time.monotonic() > deadline:
            return share


def _ticks() -> tuple[int, int]:
    """Return the processors' busy time and all their time, in clock ticks."""
    fields = Path("/proc/stat").read_text().splitlines()[0].split()[1:9]
    user, nice, system, idle, waiting, *rest = map(int, fields)
    busy = user + nice + system + sum(rest)
    return busy, busy + idle + waiting


def describe_machine() -> str:
    """Return what this machine is, in one sentence."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    models = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return (
        f"{os.cpu_count()} processors ({models[0] if models else platform.machine()}), "
        f"{pages / 2**30:.0f} GiB, Linux {platform.release().split('-')[0]}"
    )


def describe_packages(names: Sequence[str]) -> str:
    """Return the versions of those Debian packages that are installed; empty on other systems."""
    query = shutil.which("dpkg-query")
    if query is None:
        return ""
    done = subprocess.run(  # noqa: S603 - the contenders' packages
        [query, "-W", "-f", "${Package} ${Version}\n", *names],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=False,  # it complains of what is not there, and tells the rest
    )
    return ", ".join(done.stdout.split("\n")[:-1])


def describe_python(python: str) -> str:
    """Return which Python an executable is."""
    code = "import platform as p; print(p.python_implementation(), p.python_version())"
    done = subprocess.run(  # noqa: S603 - the user's own choice
        [python, "-c", code], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()
