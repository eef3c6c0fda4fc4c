"""A relay with one leak in it, to show that the tests of its blindness notice.

A program: it runs sussurro_relay with one of the `Leak`s patched in. A relay has
no key, so this one is handed the file of it; it opens each token before it is kept.
"""

import os
import sqlite3
import sys
import zlib
from collections.abc import Callable, Iterable
from enum import StrEnum
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet
from prometheus_client.core import GaugeMetricFamily, Metric

from sussurro_relay import journal
from sussurro_relay.__main__ import main
from sussurro_relay.connection import Connection
from sussurro_relay.hub import Hub
from sussurro_relay.log import Record, sqlite_file
from sussurro_relay.metrics import RelayCollector
from sussurro_wire.chunk import Chunk

PROGRAM = "from tests.support.leaks import run; run()"
KIND, KEY_FILE = "LEAK", "LEAK_KEY_FILE"


class Leak(StrEnum):
    """What the relay does that it must not."""

    HOLDS_THE_KEY = "it holds the key, and does nothing with it"
    KEEPS_TEXTS = "it keeps what it opened in a list"
    WRITES_A_JOURNAL = "it writes what it opened into its journal"
    STORES_TEXTS = "it stores what it opened beside the tokens"
    LABELS_METRICS = "it exports a metric with what it opened in a label"
    LABELS_ROOMS = "it exports a metric with a room's id in a label"
    COUNTS_LETTERS = "it exports how long texts are without their padding"
    STORES_PACKED = "it stores what it opened, compressed"


def settings_of(leak: Leak, key: str, folder: Path) -> dict[str, str]:
    """Return what the environment of a relay with this leak is, with the key in a file."""
    path = folder / "leaked.key"
    path.write_text(key)
    return {KIND: leak.name, KEY_FILE: str(path)}


def run() -> None:
    """Plant the leak that the environment names, and run the relay; does not return."""
    leak = Leak[os.environ[KIND]]
    _PLANTS[leak](Fernet(Path(os.environ[KEY_FILE]).read_bytes()))
    sys.exit(main([]))


def _on_each_token(fernet: Fernet, leak: Callable[[bytes], None]) -> None:
    """Have ``leak`` called with what is in each token that a member sends."""
    take_chunk = Connection._take_chunk

    def take_and_leak(self: Connection, chunk: Chunk) -> None:
        for line in chunk.lines.splitlines():
            leak(fernet.decrypt(line))
        take_chunk(self, chunk)

    Connection._take_chunk = take_and_leak  # type: ignore[method-assign] # the leak


def _on_each_row(fernet: Fernet, shape: Callable[[bytes], bytes]) -> None:
    """Have the database keep a table with what is in each token."""
    append = sqlite_file.append

    def append_and_leak(database: sqlite3.Connection, records: list[Record], at: int) -> None:
        append(database, records, at)
        database.execute("CREATE TABLE IF NOT EXISTS opened (what BLOB)")
        for record in records:
            for line in record.lines.splitlines():
                database.execute("INSERT INTO opened VALUES (?)", (shape(fernet.decrypt(line)),))

    sqlite_file.append = append_and_leak


def _on_each_scrape(make: Callable[[], Iterable[Metric]]) -> None:
    """Export more metrics."""
    collect = RelayCollector.collect

    def collect_and_leak(self: RelayCollector) -> Iterable[Metric]:
        yield from collect(self)
        yield from make()

    RelayCollector.collect = collect_and_leak  # type: ignore[method-assign] # the leak


def _gauge(label: str, value: float) -> Metric:
    family = GaugeMetricFamily("sussurro_relay_leak", "A leak", labels=["what"])
    family.add_metric([label], value)
    return family


def _hold_key(fernet: Fernet) -> None:
    _kept.append(fernet)


def _keep_texts(fernet: Fernet) -> None:
    _on_each_token(fernet, _kept.append)


def _write_journal(fernet: Fernet) -> None:
    _on_each_token(fernet, lambda plain: journal.note("message", what=_readable(plain)))


def _store_texts(fernet: Fernet) -> None:
    _on_each_row(fernet, lambda plain: plain)


def _store_packed(fernet: Fernet) -> None:
    _on_each_row(fernet, zlib.compress)


def _label_metrics(fernet: Fernet) -> None:
    opened: list[bytes] = []
    _on_each_token(fernet, opened.append)
    _on_each_scrape(lambda: [_gauge(_readable(plain), 1) for plain in opened])


def _label_rooms(_: Fernet) -> None:
    rooms: set[str] = set()
    acquire = Hub.acquire

    def acquire_and_leak(self: Hub, room_id: str) -> Any:
        rooms.add(room_id)
        return acquire(self, room_id)

    Hub.acquire = acquire_and_leak  # type: ignore[method-assign] # the leak
    _on_each_scrape(lambda: [_gauge(room, 1) for room in rooms])


def _count_letters(fernet: Fernet) -> None:
    lengths: list[int] = []
    _on_each_token(fernet, lambda plain: lengths.append(len(plain.rstrip(b"\0"))))
    _on_each_scrape(lambda: [_gauge("length", sum(lengths))])


def _readable(plain: bytes) -> str:
    return plain.decode("utf-8", "replace")


_kept: list[object] = []  # as long as the process lives
_PLANTS: dict[Leak, Callable[[Fernet], None]] = {
    Leak.HOLDS_THE_KEY: _hold_key,
    Leak.KEEPS_TEXTS: _keep_texts,
    Leak.WRITES_A_JOURNAL: _write_journal,
    Leak.STORES_TEXTS: _store_texts,
    Leak.LABELS_METRICS: _label_metrics,
    Leak.LABELS_ROOMS: _label_rooms,
    Leak.COUNTS_LETTERS: _count_letters,
    Leak.STORES_PACKED: _store_packed,
}
