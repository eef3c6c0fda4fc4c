"""What may be seen of a room without reading it: names, counts and sizes, and nothing of chance.

Two rooms that live the same life with other words must have the same shape. Left
out, and shown as ``*``, is what two runs with the same words do not share either:

* the time: in the journal ``at``, in the database the column ``at``; numbers of
  chunks begin at the clock, so they are counted from the first;
* the ports, which the system chose;
* of the metrics, what the processor, the allocator and the scheduler decide.
"""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.support.relay import until
from tests.support.watched import WatchedRelay

Shape = dict[str, list[str]]

_CHANCE_IN_JOURNAL = frozenset({"at", "port", "metrics_port"})
_CHANCE_IN_DATABASE = frozenset({"chunk.at"})
_NUMBERS_OF_CHUNKS = frozenset({"chunk.seq", "room.oldest", "forgotten.seq", "sqlite_sequence.seq"})
_CHANCE_IN_METRICS = (
    "process_cpu_seconds_total",  # how fast the machine is
    "process_start_time_seconds",  # when it was
    "process_resident_memory_bytes",  # what the allocator has touched
    "process_virtual_memory_bytes",  # how many arenas threads that met made it open
    "process_open_fds",  # whether the connection of the scrape before is closed yet
    "sussurro_relay_fanout_seconds_bucket",  # how fast the machine is; the count is compared
    "sussurro_relay_fanout_seconds_sum",
    "sussurro_relay_log_append_seconds_bucket",  # likewise
    "sussurro_relay_log_append_seconds_sum",
    "sussurro_relay_log_disk_free_bytes",  # what others on this machine write
    # Which batches were joined for several readers depends on when threads woke.
    'sussurro_relay_memory_bytes{kind="windows"}',
)


def shape_of_metrics(relay: WatchedRelay) -> list[str]:
    """Return every sample that is exported, once the relay has counted all that it did."""
    samples = _samples(relay)

    def has_settled() -> bool:
        before = samples.copy()
        samples[:] = _samples(relay)
        return samples == before

    until(has_settled)
    return samples


def _samples(relay: WatchedRelay) -> list[str]:
    return [
        f"{line.rpartition(' ')[0]} *" if line.startswith(_CHANCE_IN_METRICS) else line
        for line in relay.metrics().splitlines()
    ]


def shape_of_files(relay: WatchedRelay) -> list[str]:
    """Return the size of each file that the relay keeps."""
    return [f"{path.name} {path.stat().st_size}" for path in relay.files()]


def shape_of_journal(journal: str) -> list[str]:
    """Return the lines that were written."""
    return [
        json.dumps({name: "*" if name in _CHANCE_IN_JOURNAL else fact for name, fact in facts})
        for facts in (json.loads(line).items() for line in journal.splitlines())
    ]


def shape_of_database(path: Path) -> list[str]:
    """Return what every row of every table looks like: numbers, and the lengths of all else."""
    with closing(sqlite3.connect(path)) as database:
        database.row_factory = sqlite3.Row
        first = int(database.execute("SELECT seq FROM forgotten").fetchone()[0])
        tables = database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
        return [
            " ".join([table, *(_value(f"{table}.{key}", row[key], first) for key in row.keys())])  # noqa: SIM118 - a Row iterates over its values
            for (table,) in tables
            for row in database.execute(f"SELECT * FROM {table}")  # noqa: S608 - its own schema
        ]


def _value(column: str, value: object, first: int) -> str:
    """Return a value's shape; ``first`` is the number before the first chunk's."""
    if column in _CHANCE_IN_DATABASE:
        return "*"
    match value:
        case int() if column in _NUMBERS_OF_CHUNKS:
            return f"first+{value - first}"
        case bytes():
            return f"bytes {[len(line) for line in value.splitlines()]}"
        case str() if column == "sqlite_sequence.name":
            return value
        case str():
            return f"text {len(value)}"
        case _:
            return repr(value)


def differences(one: Shape, other: Shape) -> list[str]:
    """Return where two shapes are not the same, with both sides."""
    found = []
    for place in sorted(one.keys() | other.keys()):
        lines = one.get(place, []), other.get(place, [])
        longest = max(map(len, lines))
        rows = zip(*(each + ["nothing"] * (longest - len(each)) for each in lines), strict=True)
        found += [f"{place}: {mine} | {theirs}" for mine, theirs in rows if mine != theirs]
    return found
