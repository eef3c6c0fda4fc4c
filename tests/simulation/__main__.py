"""``python -m tests.simulation SEED``: live through one schedule again, and write down all of it."""

import argparse
import sys

from tests.simulation.edges import affordable
from tests.simulation.world import BrokenPromiseError, World


def main() -> int:
    """Replay the schedule that the argument names; return 1 if it breaks a promise."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("seed", type=int, help="the number of the schedule")
    seed: int = parser.parse_args().seed
    with affordable():
        try:
            World(seed, _write).run()
        except BrokenPromiseError as violation:
            sys.stderr.write(f"seed {seed}: {violation}\n")
            return 1
    _write(f"seed {seed}: every promise was kept")
    return 0


def _write(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
