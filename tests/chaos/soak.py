"""Chaos for as long as one likes: ``python -m tests.chaos.soak --minutes 60 --seed 1``.

Runs of a thousand faults, one after the other, each with the next seed, in turn
on a log that survives the relay, on one that does not, and, where there is a
NATS server, on a cluster. Ends at the first run that is not clean, and keeps its
folder.
"""

import argparse
import shutil
import sys
import tempfile
import time
from itertools import count, cycle
from pathlib import Path

from tests.support.chaos import run_chaos
from tests.support.chaos_plan import MEMORY, NATS, SQLITE, Plan
from tests.support.nats_server import why_no_nats


def main() -> int:
    """Return 0 when every run was clean."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--minutes", type=float, default=60.0)
    arguments.add_argument("--seed", type=int, default=int(time.time()))
    chosen = arguments.parse_args()
    deadline = time.monotonic() + 60 * chosen.minutes
    logs = (SQLITE, MEMORY) if why_no_nats() else (SQLITE, MEMORY, NATS)
    for seed, log in zip(count(chosen.seed), cycle(logs), strict=False):
        folder = Path(tempfile.mkdtemp(prefix=f"sussurro-soak-{seed}-"))
        sys.stdout.write(f"seed {seed}, {log}, in {folder}\n")
        sys.stdout.flush()
        summary = run_chaos(Plan(seed, log), folder)
        sys.stdout.write(f"{summary}\n\n")
        if not summary.is_clean:
            return 1
        shutil.rmtree(folder)
        if time.monotonic() > deadline:
            return 0
    raise AssertionError("there is always a next seed")


if __name__ == "__main__":
    sys.exit(main())
