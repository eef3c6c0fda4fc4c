"""Item 8: the client, whose figures have a command of their own."""

import importlib.util
import subprocess
import sys

from benchmarks.items.common import tell
from benchmarks.options import Options
from benchmarks.report import Section

_MODULE = "benchmarks.client"


def measure(options: Options) -> Section:
    """Run the client's command, and pass on what it prints."""
    if importlib.util.find_spec(_MODULE) is None:
        return Section(notes=[f"There is no {_MODULE}."])
    if options.is_quick:
        return Section(notes=["Left out of a quick run."])
    tell("client")
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", _MODULE, "--rounds", str(options.rounds)],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    notes = [f"{_MODULE} ended with {done.returncode}"] if done.returncode else []
    return Section(tables=[("", done.stdout.strip())], notes=notes)
