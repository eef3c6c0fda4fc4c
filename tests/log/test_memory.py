import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sussurro_relay.budget import Budget, Kind
from sussurro_relay.log import Query, Record
from sussurro_relay.log.memory import _RECORD_OVERHEAD, MemoryLog
from tests.log.kinds import Heard, chunk, read

RECORD = 100 + _RECORD_OVERHEAD  # what a chunk of 100 bytes costs


def log_of(room_bytes: int, total_bytes: int = 1_000_000_000) -> tuple[MemoryLog, Heard]:
    log, heard = MemoryLog(room_bytes, total_bytes, clock=lambda: 1.0), Heard()
    log.start(heard)
    return log, heard


def kept(log: MemoryLog, room: str) -> tuple[Record, ...]:
    return read(log, Query(room, after=0, limit_bytes=1 << 30)).records


def test_a_room_keeps_its_newest_bytes() -> None:
    log, heard = log_of(5 * RECORD)
    for number in range(20):
        log.append("room", chunk(number, 100), "ana", 0.0)
    assert kept(log, "room") == tuple(heard.records[15:])
    assert read(log, Query("room", after=0)).oldest == heard.records[15].seq


def test_the_newest_chunk_is_kept_even_if_it_alone_is_too_large() -> None:
    log, heard = log_of(100)
    log.append("room", chunk(1, 5000), "ana", 0.0)
    assert kept(log, "room") == tuple(heard.records)


def test_many_small_chunks_are_charged_for_the_objects_that_hold_them() -> None:
    log, _ = log_of(100 * (16 + _RECORD_OVERHEAD))
    for number in range(1000):
        log.append("room", chunk(number), "ana", 0.0)
    assert len(kept(log, "room")) == 100


def test_the_room_that_has_been_silent_the_longest_forgets_first() -> None:
    log, _ = log_of(10 * RECORD, 3 * RECORD)
    for room in ("a", "b", "a", "c"):
        log.append(room, chunk(0, 100), "ana", 0.0)
    assert [len(kept(log, room)) for room in ("a", "b", "c")] == [2, 0, 1]


def test_a_room_that_forgot_says_so_when_it_is_asked_and_when_it_speaks_again() -> None:
    log, heard = log_of(10 * RECORD, 2 * RECORD)
    for room in ("a", "b", "c"):
        log.append(room, chunk(0, 100), "ana", 0.0)
    forgotten = heard.records[0].seq
    assert read(log, Query("a", after=0)).oldest > forgotten
    log.append("a", chunk(1, 100), "ana", 0.0)
    assert read(log, Query("a", after=0)).oldest > forgotten
    assert kept(log, "a") == (heard.records[-1],)


def test_one_room_alone_holds_no_more_than_all_may_together() -> None:
    log, _ = log_of(100 * RECORD, 3 * RECORD)
    for number in range(50):
        log.append("room", chunk(number, 100), "ana", 0.0)
    assert len(kept(log, "room")) == 3


def test_a_relay_that_starts_later_counts_on_from_above() -> None:
    first, second = Heard(), Heard()
    for clock, heard in ((1.0, first), (2.0, second)):
        log = MemoryLog(1000, 1000, clock=lambda clock=clock: clock)  # type: ignore[misc]
        log.start(heard)
        for number in range(100):
            log.append("room", chunk(number), "ana", 0.0)
    assert second.records[0].seq > first.records[-1].seq


@pytest.mark.parametrize("room_records", [1, 3, 100])
@pytest.mark.parametrize("total_records", [2, 5, 100])
@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.sampled_from("abcd"), st.integers(16, 300)), max_size=60))
def test_whatever_is_forgotten_everything_from_oldest_on_is_kept_within_the_bounds(
    room_records: int, total_records: int, chunks: list[tuple[str, int]]
) -> None:
    log, heard = log_of(room_records * RECORD, total_records * RECORD)
    for number, (room, size) in enumerate(chunks):
        log.append(room, chunk(number, size), "ana", 0.0)
    held = 0
    for room in "abcd":
        records = kept(log, room)
        oldest = read(log, Query(room, after=0)).oldest
        assert list(records) == [record for record in heard.of(room) if record.seq >= oldest]
        sizes = [len(record.lines) + _RECORD_OVERHEAD for record in records]
        assert len(sizes) <= 1 or sum(sizes) <= room_records * RECORD
        held += sum(sizes)
    rooms_held = sum(bool(kept(log, room)) for room in "abcd")
    assert rooms_held <= 1 or held <= total_records * RECORD
    assert log._size == held


def test_many_rooms_with_a_word_each_are_held_within_what_the_budget_leaves() -> None:
    budget = Budget(16 * 20_000)
    log = MemoryLog(10_000, 1_000_000, clock=lambda: 1.0, budget=budget)
    for number in range(1000):
        log.append(f"room-{number}", chunk(number), "ana", 0.0)
    assert 0 < budget.held()[Kind.LOG] <= budget.log_bytes


def test_the_log_forgets_silent_rooms_when_others_need_the_memory() -> None:
    budget = Budget(16 * 20_000)
    log = MemoryLog(10_000, 1_000_000, clock=lambda: 1.0, budget=budget)
    for number in range(1000):
        log.append(f"room-{number}", chunk(number), "ana", 0.0)
    budget.charge(Kind.CONNECTIONS, 9 * 20_000)
    budget.share_out(rooms=1, connections=1)
    assert budget.held()[Kind.LOG] <= 20_000
    assert kept(log, "room-999")
    assert not kept(log, "room-0")
