"""All targets one after the other: ``python -m tests.fuzz [--runs N] [--seed N] [--keep] [TARGET ...]``."""

import argparse
import shutil
import sys
from pathlib import Path

from tests.fuzz.drive import Report, fuzz, keep
from tests.fuzz.seeds import CORPUS
from tests.fuzz.targets import TARGETS

_FOUND = Path("build", "fuzz")


def main() -> int:
    """Share the inputs out, print a line for each target, and return 1 where one failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--runs", type=int, default=1_000_000, help="inputs in all")
    parser.add_argument("--seed", type=int, default=1, help="the same inputs again")
    parser.add_argument("--keep", action="store_true", help="add what was found to the corpus")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    options = parser.parse_args()
    unknown = set(options.targets) - set(TARGETS)
    if unknown:
        parser.error(
            f"there is no target {', '.join(sorted(unknown))}; there are {', '.join(TARGETS)}"
        )
    chosen = {name: TARGETS[name] for name in options.targets or TARGETS}
    shares = sum(target.share for target in chosen.values())
    print(Report.HEAD)
    total = 0
    failed: list[Report] = []
    for name, target in chosen.items():
        folder = _FOUND / name
        shutil.rmtree(folder, ignore_errors=True)
        runs = -(-options.runs * target.share // shares)
        report = fuzz(name, target.max_len, runs, options.seed, CORPUS / name, folder)
        print(report, flush=True)
        total += report.runs
        if report.failure:
            failed.append(report)
        elif options.keep:
            keep(name, target.max_len, CORPUS / name, folder)
    print(f"{total:,} inputs; {len(failed)} of {len(chosen)} targets failed.")
    for report in failed:
        print(f"\n{report.name}:\n{report.failure}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
