"""What every kind of log promises: one suite, run on each."""

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from sussurro_relay.log import Log, Page, Query, Record
from sussurro_wire.chunk import Chunk
from tests.log.kinds import KINDS, Heard, MakeLog, chunk
from tests.support.relay import until


@pytest.fixture(
    params=[
        pytest.param(make, id=name, marks=[pytest.mark.nats] if name == "nats" else [])
        for name, make in KINDS.items()
    ]
)
def make_log(request: pytest.FixtureRequest, tmp_path: Path) -> MakeLog:
    open_in: Callable[[Path], Log] = request.param
    return lambda: open_in(tmp_path)


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def log(make_log: MakeLog, heard: Heard) -> Iterator[Log]:
    opened = make_log()
    opened.start(heard)
    yield opened
    opened.close()


def page_of(log: Log, query: Query) -> Page:
    pages: list[Page] = []
    log.read(query, pages.append)
    until(lambda: pages)
    return pages[0]


def fill(log: Log, heard: Heard, room: str, count: int, size: int = 16) -> list[Record]:
    already = len(heard.of(room))
    for number in range(count):
        log.append(room, chunk(number, size), "ana", 1.5)
    until(lambda: len(heard.of(room)) == already + count)
    return heard.of(room)


def test_a_chunk_is_committed_as_it_was_handed_over(log: Log, heard: Heard) -> None:
    handed = Chunk(b"gAAAAAa\ngAAAAAb==\n", 2)
    log.append("room", handed, "ana", 2.5)
    until(lambda: heard.records)
    (record,) = heard.records
    assert (record.room, record.origin, record.read_at) == ("room", "ana", 2.5)
    assert (record.lines, record.count) == (handed.lines, handed.count)


def test_chunks_of_one_thread_are_kept_and_committed_in_their_order(log: Log, heard: Heard) -> None:
    records = fill(log, heard, "room", 200)
    assert [record.lines for record in records] == [chunk(number).lines for number in range(200)]
    assert page_of(log, Query("room", after=0)).records == tuple(records)


def test_seqs_rise_within_a_room(log: Log, heard: Heard) -> None:
    for room in ("a", "b", "a"):
        fill(log, heard, room, 20)
    for room in ("a", "b"):
        seqs = [record.seq for record in heard.of(room)]
        assert seqs == sorted(set(seqs))


def test_no_seq_is_used_again_by_the_next_process(make_log: MakeLog) -> None:
    last = 0
    for _ in range(3):
        heard = Heard()
        log = make_log()
        log.start(heard)
        records = fill(log, heard, "room", 10)
        log.close()
        assert min(record.seq for record in records) > last
        last = records[-1].seq


def test_what_is_committed_can_be_read_and_no_lock_is_held(make_log: MakeLog) -> None:
    """A callback may read and append; with a lock held it would wait for itself."""
    log = make_log()
    heads: list[tuple[int, int]] = []

    def committed(records: Sequence[Record]) -> None:
        for record in records:
            log.read(
                Query("room", after=record.seq - 1),
                lambda page, seq=record.seq: heads.append((page.head, seq)),  # type: ignore[misc]
            )
        if len(heads) < 5:
            log.append("room", chunk(len(heads)), "bia", 0.0)

    log.start(committed)
    log.append("room", chunk(0), "ana", 0.0)
    until(lambda: len(heads) >= 5)
    log.close()
    assert all(head >= seq for head, seq in heads)


def test_two_threads_at_once_lose_nothing_and_keep_each_its_order(make_log: MakeLog) -> None:
    log, inside = make_log(), threading.Lock()
    records: list[Record] = []
    clashes: list[str] = []

    def committed(batch: Sequence[Record]) -> None:
        if not inside.acquire(blocking=False):
            clashes.append("two threads in committed")
            return
        records.extend(batch)
        inside.release()

    log.start(committed)

    def write(origin: str) -> None:
        for number in range(3000):
            log.append("room", chunk(number), origin, 0.0)

    threads = [threading.Thread(target=write, args=(origin,)) for origin in ("ana", "bia")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    until(lambda: len(records) == 6000 or clashes)
    log.close()
    assert not clashes
    assert [record.seq for record in records] == sorted({record.seq for record in records})
    for origin in ("ana", "bia"):
        lines = [record.lines for record in records if record.origin == origin]
        assert lines == [chunk(number).lines for number in range(3000)]


def test_no_record_falls_between_a_page_and_what_is_committed_later(make_log: MakeLog) -> None:
    """While two threads append: page, then every commit above its head, is all there is."""
    log, heard = make_log(), Heard()
    log.start(heard)

    def write(origin: str) -> None:
        for number in range(1500):
            log.append("room", chunk(number), origin, 0.0)

    threads = [threading.Thread(target=write, args=(origin,)) for origin in ("ana", "bia")]
    for thread in threads:
        thread.start()
    seen: list[tuple[int, Page]] = []
    while any(thread.is_alive() for thread in threads):
        committed = heard.records[-1].seq if heard.records else 0
        seen.append((committed, page_of(log, Query("room", after=0, limit_bytes=1 << 30))))
    until(lambda: len(heard.records) == 3000)
    log.close()
    everything = [record.seq for record in heard.records]
    for committed, page in seen:
        assert page.head >= committed
        in_page = [record.seq for record in page.records]
        assert page.complete
        assert in_page == [seq for seq in everything if seq <= in_page[-1]] if in_page else True
        assert set(everything) == set(in_page) | {seq for seq in everything if seq > page.head}


def test_pages_after_a_seq_are_whole_in_order_and_together_everything(
    log: Log, heard: Heard
) -> None:
    records = fill(log, heard, "room", 50, size=100)
    after, together = records[9].seq, list[Record]()
    while True:
        page = page_of(log, Query("room", after=after, limit_bytes=450))
        assert 0 < sum(len(record.lines) for record in page.records) <= 450
        together += page.records
        after = page.records[-1].seq
        if page.complete:
            break
    assert together == records[10:]
    assert page_of(log, Query("room", after=after)) == Page((), page.oldest, page.head, True)


def test_a_page_holds_at_least_one_record_however_large(log: Log, heard: Heard) -> None:
    records = fill(log, heard, "room", 2, size=5000)
    assert page_of(log, Query("room", after=0, limit_bytes=10)).records == (records[0],)
    before = Query("room", messages=5, before=records[1].seq, limit_bytes=10)
    assert page_of(log, before).records == (records[0],)


@pytest.mark.parametrize(("messages", "first"), [(0, 50), (1, 49), (7, 43), (1000, 0)])
def test_the_last_messages_are_those_that_are_left(
    log: Log, heard: Heard, messages: int, first: int
) -> None:
    records = fill(log, heard, "room", 50)
    page = page_of(log, Query("room", messages=messages))
    assert page.records == tuple(records[first:])
    assert page.complete


def test_a_chunk_is_never_divided_to_count_messages(log: Log, heard: Heard) -> None:
    for _ in range(3):
        log.append("room", Chunk(b"gAAAAA\n" * 4, 4), "ana", 0.0)
    until(lambda: len(heard.records) == 3)
    assert page_of(log, Query("room", messages=5)).records == tuple(heard.records[1:])
    before = Query("room", messages=5, before=heard.records[-1].seq)
    assert page_of(log, before).records == tuple(heard.records[:2])


def test_older_records_are_the_newest_below_and_the_last_page_says_so(
    log: Log, heard: Heard
) -> None:
    records = fill(log, heard, "room", 25)
    before, together = records[20].seq, list[Record]()
    while True:
        page = page_of(log, Query("room", messages=6, before=before))
        together = [*page.records, *together]
        before = page.records[0].seq
        if page.complete:
            break
        assert len(page.records) == 6
    assert together == records[:20]
    below = page_of(log, Query("room", messages=6, before=before))
    assert (below.records, below.complete) == ((), True)


def test_rooms_know_nothing_of_each_other(log: Log, heard: Heard) -> None:
    fill(log, heard, "a", 5)
    fill(log, heard, "b", 5)
    assert {record.room for record in page_of(log, Query("a", after=0)).records} == {"a"}
    assert page_of(log, Query("c", after=0)).records == ()


def test_everything_from_oldest_on_is_in_the_pages(log: Log, heard: Heard) -> None:
    records = fill(log, heard, "room", 30)
    page = page_of(log, Query("room", after=0))
    assert [record for record in records if record.seq >= page.oldest] == list(page.records)
    assert page.head >= records[-1].seq


def test_a_log_that_is_open_can_keep_chunks(log: Log) -> None:
    until(log.is_available)


def test_what_was_handed_over_is_committed_when_close_returns(make_log: MakeLog) -> None:
    log, heard = make_log(), Heard()
    log.start(heard)
    for number in range(100):
        log.append("room", chunk(number), "ana", 0.0)
    log.close()
    assert len(heard.records) == 100


def test_a_log_tells_how_it_fares_and_at_rest_nothing_waits(log: Log, heard: Heard) -> None:
    fill(log, heard, "room", 20, size=1000)
    until(lambda: log.figures().waiting_bytes == 0)
    figures = log.figures()
    # Of servers it is known as of the last look at them.
    until(lambda: (size := log.figures().size_bytes) is None or size > 20_000)
    assert figures.limit_bytes is None or figures.limit_bytes >= 0
    if figures.append_times is not None:
        assert 1 <= sum(figures.append_times.counts) <= 20
