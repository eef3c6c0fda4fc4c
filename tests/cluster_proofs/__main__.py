"""make proofs: strike a cluster under load again and again, and account for every message.

Three relays behind HAProxy over three NATS servers. Ends with 1 when anything was
lost, doubled, reordered or invented, or anybody was warned; says which seed it was.
"""

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.document import write_section
from benchmarks.machine import describe_machine
from tests.cluster_proofs.proof import ROLL, Round, blows, prove, table
from tests.support.nats_server import why_no_nats
from tests.support.relay_trio import RelayTrio


def main() -> int:
    """Return 0 when every round was clean, 2 where there is nothing to prove it on."""
    chosen = _arguments()
    if missing := why_no_nats():
        sys.stderr.write(f"{missing}\n")
        return 2
    rounds: list[Round] = []
    for name, blow in blows(chosen.cut_seconds).items():
        if chosen.only not in name:
            continue
        folder = Path(tempfile.mkdtemp(prefix="sussurro-proofs-"))
        trio = RelayTrio(folder)
        try:
            for number in range(1 if name == ROLL else chosen.rounds):
                rounds.append(prove(trio, name, blow, chosen.seed + number))
                sys.stdout.write(f"{rounds[-1]}\n")
                sys.stdout.flush()
        finally:
            trio.close()
            shutil.rmtree(folder)
    section = f"{describe_machine()}; seeds from {chosen.seed} on.\n\n{table(rounds)}"
    sys.stdout.write(f"\n{section}\n")
    if chosen.write:
        write_section("proofs", section)
    return 0 if all(each.report.is_clean for each in rounds) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.cluster_proofs", description=__doc__)
    parser.add_argument("--rounds", type=int, default=10, help="of each but the rolling update")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="of the first round")
    parser.add_argument("--cut-seconds", type=float, default=15.0, help="how long cuts last")
    parser.add_argument("--only", default="", help="a part of the names of those to do")
    parser.add_argument("--write", action="store_true", help="put it into docs/performance.md")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
