"""``sqlite:///path``, embedded and durable.

One thread writes: whatever was handed over while it committed goes into the
next commit together. Another reads pages, so that no I/O thread waits for the
disk. A disk that is full or failing makes nothing lost: what is not kept is not
acknowledged, it is tried again, and meanwhile the log is not available.
"""

import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from sussurro_relay import journal
from sussurro_relay.budget import Budget, Kind
from sussurro_relay.log import sqlite_file
from sussurro_relay.log.interface import LogFigures, Page, Query, Record
from sussurro_relay.log.retention import Retention
from sussurro_relay.log.sqlite_retention import trim
from sussurro_relay.tally import Times
from sussurro_wire.chunk import Chunk

_COMMIT_BYTES = 8 * 1024 * 1024  # at most about this much in one commit
_WAITING_BYTES = 32 * 1024 * 1024  # above this, or an eighth of the budget, senders wait
_CHUNK_OVERHEAD = 512  # what a chunk that waits costs beside its bytes
_TRIM_SECONDS = 1.0
_RETRY_SECONDS = 0.5

_Read = tuple[Query, Callable[[Page], None]]


class SqliteLog:
    """A log in one file. Every method but `start` and `close` may be called from any thread."""

    def __init__(
        self,
        path: Path,
        sync: str,
        retention: Retention,
        clock: Callable[[], float] = time.time,
        budget: Budget | None = None,
    ) -> None:
        """Open the file and look through it; raises LogError where it cannot be used."""
        self._path = path
        self._sync = sync
        self._retention = retention
        self._clock = clock
        self._budget = budget or Budget()
        self._most_waiting = min(_WAITING_BYTES, self._budget.limit // 8)
        with_check = sqlite_file.open_database(path, sync)
        try:
            sqlite_file.check(with_check, path)
            last = sqlite_file.last_seq(with_check)
            first = int(clock() * 1_000_000)
            if not last:
                sqlite_file.begin_at(with_check, first)
        finally:
            with_check.close()
        # The lock guards what is handed over; the head and the flags belong to the writer.
        self._lock = threading.Lock()
        self._handed_over = threading.Condition(self._lock)
        self._waiting: list[tuple[str, Chunk, str, float]] = []
        self._waiting_bytes = 0
        self._keeping_bytes = 0  # taken from there for the commit that is under way
        self._closing = False
        self._head = max(last, first - 1)
        self._available = True
        self._times = Times()
        self._reads: queue.SimpleQueue[_Read | None] = queue.SimpleQueue()
        self._committed: Callable[[Sequence[Record]], None] = lambda _: None
        # Not daemons: what was handed over is kept before the process ends.
        self._writer = threading.Thread(target=self._write, name="log-writer")
        self._reader = threading.Thread(target=self._answer, name="log-reader")

    def start(self, committed: Callable[[Sequence[Record]], None]) -> None:
        """Begin to write and to read."""
        self._committed = committed
        self._writer.start()
        self._reader.start()

    def append(self, room: str, chunk: Chunk, origin: str, read_at: float) -> None:
        """Hand a chunk to the writer."""
        with self._handed_over:
            self._waiting.append((room, chunk, origin, read_at))
            self._waiting_bytes += len(chunk.lines) + _CHUNK_OVERHEAD
            self._handed_over.notify()
        self._budget.charge(Kind.UNWRITTEN, len(chunk.lines) + _CHUNK_OVERHEAD)

    def read(self, query: Query, done: Callable[[Page], None]) -> None:
        """Let the reader find a page; ``done`` is called in its thread."""
        self._reads.put((query, done))

    def is_available(self) -> bool:
        """Return whether the last commit went well, and both threads run."""
        return self._available and self._writer.is_alive() and self._reader.is_alive()

    def is_behind(self) -> bool:
        """Return whether more waits than memory should hold."""
        return self._waiting_bytes > self._most_waiting

    def figures(self) -> LogFigures:
        """Return how much waits, how long keeping took, and what there is on the disk."""
        size, free = sqlite_file.space(self._path)
        return LogFigures(
            waiting_bytes=self._waiting_bytes + self._keeping_bytes,
            append_times=self._times,
            size_bytes=size,
            limit_bytes=self._retention.total_bytes,
            disk_free_bytes=free,
        )

    def close(self) -> None:
        """Keep what was handed over, as far as the disk allows, and end both threads."""
        with self._handed_over:
            self._closing = True
            self._handed_over.notify()
        self._writer.join()
        self._reads.put(None)
        self._reader.join()

    # The writer.

    def _write(self) -> None:
        database = sqlite_file.open_database(self._path, self._sync)
        next_trim = 0.0
        while True:
            batch = self._take_batch()
            if batch is None:
                break
            if batch:
                self._keep(database, self._number(batch))
            if time.monotonic() >= next_trim:
                next_trim = time.monotonic() + (0 if self._trim(database) else _TRIM_SECONDS)
        database.close()

    def _take_batch(self) -> list[tuple[str, Chunk, str, float]] | None:
        """Wait for something to write; empty: time to look around, None: the end."""
        with self._handed_over:
            if not self._waiting and not self._closing:
                self._handed_over.wait(_TRIM_SECONDS)
            if not self._waiting:
                return None if self._closing else []
            size = taken = 0
            for _, chunk, _, _ in self._waiting:
                size += len(chunk.lines) + _CHUNK_OVERHEAD
                taken += 1
                if size >= _COMMIT_BYTES:
                    break
            batch, self._waiting = self._waiting[:taken], self._waiting[taken:]
            self._waiting_bytes -= size
            self._keeping_bytes = size
            return batch

    def _number(self, batch: list[tuple[str, Chunk, str, float]]) -> list[Record]:
        first = max(self._head + 1, 1)
        return [
            Record(room, first + index, origin, chunk.count, chunk.lines, read_at)
            for index, (room, chunk, origin, read_at) in enumerate(batch)
        ]

    def _keep(self, database: sqlite3.Connection, records: list[Record]) -> None:
        """Commit the records, however often it takes, and pass them on."""
        while not self._commit(database, records):
            with self._handed_over:
                if self._closing:
                    return  # the disk refuses: who sent them was told nothing, and sends again
                self._handed_over.wait(_RETRY_SECONDS)
        # The head first: who reads from now on finds them, and who read before hears of them.
        self._head = records[-1].seq
        now = time.monotonic()
        for record in records:
            self._times.observe(now - record.read_at)
        self._keeping_bytes = 0
        self._committed(records)
        size = sum(len(record.lines) + _CHUNK_OVERHEAD for record in records)
        self._budget.charge(Kind.UNWRITTEN, -size)

    def _commit(self, database: sqlite3.Connection, records: list[Record]) -> bool:
        try:
            database.execute("BEGIN IMMEDIATE")
            sqlite_file.append(database, records, int(self._clock()))
            database.execute("COMMIT")
        except sqlite3.Error as error:
            if database.in_transaction:
                database.execute("ROLLBACK")
            if self._available:
                journal.warn("log_unavailable", why=str(error))
            self._available = False
            self._make_space(database)
            return False
        if not self._available:
            journal.note("log_available")
        self._available = True
        return True

    def _trim(self, database: sqlite3.Connection) -> bool:
        """Forget a little of what is over the limits; return whether there may be more."""
        try:
            return trim(database, self._retention, int(self._clock())) > 0
        except sqlite3.Error as error:
            journal.warn("log_trim_failed", why=str(error))
            return False

    def _make_space(self, database: sqlite3.Connection) -> None:
        """Fold the write-ahead log back into the file, which frees what it takes."""
        try:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error:
            return  # told already: the commit failed

    # The reader.

    def _answer(self) -> None:
        database = sqlite_file.open_database(self._path, self._sync)
        while (request := self._reads.get()) is not None:
            query, done = request
            page = self._find(database, query)
            if page is not None:
                done(page)
            elif not self._closing:
                # Behind the others: what cannot be read of one room must not stop theirs.
                self._reads.put(request)
                time.sleep(_RETRY_SECONDS)
        database.close()

    def _find(self, database: sqlite3.Connection, query: Query) -> Page | None:
        head = self._head  # read before the file: what is kept meanwhile is passed on as well
        try:
            return sqlite_file.read(database, query, head)
        except sqlite3.Error as error:
            journal.warn("log_read_failed", why=str(error))
            return None
