"""make bench: measure the relay beside what people would use instead, and tell what came out.

Items: {items}. Each runs in rounds, its contenders in turns, each run with processes
of its own on a machine that others leave alone; the ratio of the medians counts.
"""

import argparse
import sys
import time
from collections.abc import Callable, Mapping

from benchmarks.build import BuildError
from benchmarks.document import write_pictures, write_section
from benchmarks.items import (
    client,
    cluster,
    growth,
    idle,
    latency,
    rooms,
    saturation,
    stuck,
    terminal,
    threads,
)
from benchmarks.items.common import tell
from benchmarks.machine import describe_machine, describe_packages, describe_python
from benchmarks.options import Options
from benchmarks.peers import PEERS
from benchmarks.report import Section
from benchmarks.sockets import raise_file_limit
from sussurro_relay.settings import RelaySettings

_FILES = 11_000  # what the largest crowd takes

ITEMS: Mapping[str, Callable[[Options], Section]] = {
    "saturation": saturation.measure,
    "latency": latency.measure,
    "idle": idle.measure,
    "rooms": rooms.measure,
    "stuck": stuck.measure,
    "growth": growth.measure,
    "client": client.measure,
    "terminal": terminal.measure,
    "threads": threads.measure,
    "cluster": cluster.measure,
}
# What is not measured unless it is named: a cluster, which needs NATS or Docker ...
ON_REQUEST = {"threads", "cluster"}
# ... and what is not a part of the report: what the relay's default was chosen by.
UNWRITTEN = {"threads"}


def main() -> int:
    """Measure what is asked for; return the exit code, 2 where nothing can be measured."""
    arguments = _arguments()
    options = Options(
        rounds=1 if arguments.quick else arguments.rounds,
        patience=0.0 if arguments.quick else arguments.patience,
        is_quick=arguments.quick,
        python=arguments.python,
        io_threads=arguments.io_threads,
    )
    if raise_file_limit() < _FILES and not arguments.quick:
        tell(f"Some cells need {_FILES:,} open files: raise the hard limit (ulimit -Hn).")
    names = arguments.only or [name for name in ITEMS if name not in ON_REQUEST]
    circumstances = _circumstances(options)
    begun = time.monotonic()
    print(circumstances, end="\n\n")
    if arguments.write:
        write_section("machine", circumstances)
    try:
        for name in names:
            section = ITEMS[name](options)
            print(f"## {name}\n\n{section}\n", flush=True)
            write_pictures(section.pictures, in_docs=arguments.write)
            if arguments.write and name not in UNWRITTEN:
                write_section(name, str(section))
    except BuildError as error:
        print(error, file=sys.stderr)
        return 2
    tell(f"{(time.monotonic() - begun) / 60:.1f} minutes")
    return 0


def _circumstances(options: Options) -> str:
    threads = options.io_threads or RelaySettings.model_fields["io_threads"].default
    peers = describe_packages([peer.package for peer in PEERS])
    return (
        f"{describe_machine()}; ours: {describe_python(options.python)}, {threads} I/O threads; "
        f"{options.rounds} rounds. Peers: {peers or 'of unknown versions'}."
    )


def _arguments() -> argparse.Namespace:
    description = (__doc__ or "").format(items=", ".join(ITEMS))
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--only", type=_names, metavar="ITEM[,ITEM]", help="these items alone")
    parser.add_argument("--rounds", type=int, default=5, help="runs of each (default: 5)")
    parser.add_argument(
        "--patience", type=float, default=15.0, help="seconds to wait for a quiet machine each time"
    )
    parser.add_argument("--quick", action="store_true", help="all once and small, to see it work")
    parser.add_argument("--write", action="store_true", help="put it into docs/performance.md")
    parser.add_argument("--python", default=sys.executable, help="what runs our relay")
    parser.add_argument("--io-threads", type=int, default=0, help="of our relay (0: its default)")
    return parser.parse_args()


def _names(text: str) -> list[str]:
    names = text.split(",")
    if unknown := set(names) - set(ITEMS):
        raise argparse.ArgumentTypeError(f"no such item: {', '.join(sorted(unknown))}")
    return names


if __name__ == "__main__":
    sys.exit(main())
