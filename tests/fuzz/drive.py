"""Starts atheris on a target, in a process of its own, and reads its figures."""

import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

# What an input may cost: more is a hang, or memory without a bound.
_TIMEOUT_SECONDS = 10
_MEMORY_MIB = 512
_FIGURE = re.compile(r"stat::(\w+):\s+(\d+)")
_FAILURE_LINES = 40
_ESCAPED = "=== Uncaught Python exception: ===\n"  # atheris, before the traceback


@dataclass(frozen=True, slots=True)
class Report:
    """What came of one target; ``failure`` is the end of what atheris said, or empty."""

    HEAD: ClassVar[str] = (
        f"{'target':<16}{'inputs':>10}{'new':>6}{'a second':>10}{'peak MiB':>10}  result"
    )

    name: str
    runs: int
    new: int
    seconds: float
    peak_mib: int
    failure: str

    def __str__(self) -> str:
        """Return its line of the table."""
        pace = round(self.runs / self.seconds)
        result = "FAILED" if self.failure else "sound"
        return (
            f"{self.name:<16}{self.runs:>10,}{self.new:>6}{pace:>10,}{self.peak_mib:>10}  {result}"
        )


def fuzz(name: str, max_len: int, runs: int, seed: int, corpus: Path, folder: Path) -> Report:
    """Run a target; what it finds goes to ``folder``, and an input that fails too."""
    found = folder / "found"
    found.mkdir(parents=True)
    began = time.monotonic()
    ended = _atheris(
        name, max_len, f"-runs={runs}", f"-seed={seed}", f"-artifact_prefix={folder}/",
        "-print_final_stats=1", str(found), str(corpus),
    )  # fmt: skip
    seconds = time.monotonic() - began
    figures = {figure: int(value) for figure, value in _FIGURE.findall(ended.stdout)}
    failure = ""
    if ended.returncode or not figures:
        said = ended.stdout.partition(_ESCAPED)[2] or ended.stdout
        failure = "\n".join(said.splitlines()[-_FAILURE_LINES:])
    return Report(
        name,
        figures.get("number_of_executed_units", 0),
        sum(1 for _ in found.iterdir()),
        seconds,
        figures.get("peak_rss_mb", 0),
        failure,
    )


def keep(name: str, max_len: int, corpus: Path, folder: Path) -> None:
    """Add to the corpus what reaches code that nothing in it reaches yet."""
    _atheris(name, max_len, "-merge=1", str(corpus), str(folder / "found")).check_returncode()


def _atheris(name: str, max_len: int, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            sys.executable, "-m", "tests.fuzz.one", name,
            f"-max_len={max_len}", f"-timeout={_TIMEOUT_SECONDS}", f"-rss_limit_mb={_MEMORY_MIB}",
            *arguments,
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )  # fmt: skip
