import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sussurro_relay.window import BATCH_BYTES, Batch, Entry, Reader, Window

steady = settings(derandomize=True, deadline=None, max_examples=200)


def chunk(seq: int, origin: str = "ana", size: int = 10) -> Entry:
    return Entry(seq, origin, 1, b"%010d" % seq + b"x" * (size - 10), float(seq))


def presence(name: str) -> Entry:
    return Entry(0, name, 0, f"<{name}>".encode(), 0.0)


def window_of(*entries: Entry, limit: int = 1_000_000) -> Window:
    window = Window(limit)
    for entry in entries:
        window.append(entry)
    return window


def must(batch: Batch | None) -> Batch:
    assert batch is not None
    return batch


def test_cursors_at_one_position_are_handed_the_same_buffer() -> None:
    window = window_of(chunk(1), chunk(2))
    assert must(window.batch(0)) is must(window.batch(0))
    assert must(window.batch(0)).data is must(window.batch(0)).data


def test_a_batch_of_one_chunk_is_the_chunk_itself_and_not_a_copy() -> None:
    entry = chunk(1)
    assert must(window_of(entry).batch(0)).data is entry.frame


def test_a_batch_that_was_cut_short_by_the_head_grows_with_it() -> None:
    window = window_of(chunk(1))
    assert must(window.batch(0)).end == 1
    window.append(chunk(2))
    assert must(window.batch(0)).data == chunk(1).frame + chunk(2).frame


def test_batches_are_capped_and_the_next_goes_on_where_one_ended() -> None:
    size = BATCH_BYTES // 4
    window = window_of(*(chunk(seq, size=size) for seq in range(1, 11)), limit=10 * size)
    first = must(window.batch(0))
    assert BATCH_BYTES <= len(first.data) < BATCH_BYTES + size
    second = must(window.batch(first.end))
    assert second.data[:10] == b"%010d" % (first.seq + 1)


def test_only_a_bounded_number_of_batches_is_remembered() -> None:
    window = window_of(*(chunk(seq) for seq in range(1, 1001)))
    first = window.batch(0)
    for position in range(1, 1000):
        window.batch(position)
    assert len(window._batches) <= 32
    assert must(window.batch(0)) is not first


def test_a_reader_is_not_sent_its_own_chunks_and_they_are_counted() -> None:
    window = window_of(chunk(1, "bia"), chunk(2), Entry(3, "ana", 4, b"mine", 3.0), chunk(4, "bia"))
    batch = must(window.batch_for(0, Reader("ana", 0, 0)))
    assert batch.data == chunk(1).frame + chunk(4).frame
    assert (batch.count, batch.own, batch.seq, batch.end) == (2, 5, 4, 4)
    assert list(batch.origins) == ["bia"]
    assert batch.read_at == 1.0


def test_presence_from_before_a_reader_came_is_not_news_to_it() -> None:
    window = window_of(presence("ana"), chunk(1), presence("bia"), presence("caio"))
    assert must(window.batch_for(0, Reader("dora", 0, 3))).data == chunk(1).frame + b"<caio>"


def test_chunks_that_a_reader_has_already_are_left_out() -> None:
    window = window_of(chunk(1), chunk(2), chunk(3))
    assert must(window.batch_for(0, Reader("bia", 2, 0))).data == chunk(3).frame


def test_positions_keep_their_meaning_when_old_entries_are_let_go() -> None:
    window = window_of(*(chunk(seq, size=100) for seq in range(1, 5001)), limit=1000)
    assert window.head == 5000
    assert window.batch(4989) is None
    assert window.batch_for(4989, Reader("bia", 0, 0)) is None
    assert must(window.batch(4990)).data[:10] == b"%010d" % 4991
    assert window.bytes_from(4990) == 1000
    assert window.bytes_from(4995) == 500
    assert window.bytes_from(5000) == 0
    assert len(window._entries) < 5000


def test_the_newest_entry_stays_even_if_it_alone_is_over_the_limit() -> None:
    window = window_of(chunk(1, size=500), chunk(2, size=500), limit=100)
    assert must(window.batch(1)).seq == 2


def test_the_place_after_a_chunk_is_unknown_once_chunks_above_it_are_gone() -> None:
    window = window_of(*(chunk(seq, size=100) for seq in range(1, 21)), limit=1000)
    assert window.floor == 10
    assert window.position_after(9, window.head) is None
    assert window.position_after(10, window.head) == 10
    assert window.position_after(20, window.head) == 20
    assert window.position_after(99, window.head) == 20


def test_a_window_that_begins_in_the_middle_of_a_log_does_not_claim_what_came_before() -> None:
    """A room may hear of a chunk before it is told where its log stands."""
    window = window_of(chunk(7), chunk(8))
    assert window.position_after(5, window.head) is None
    assert window.position_after(6, window.head) == 0


@pytest.mark.parametrize("limit", [1, 50, 400, 100_000])
@steady
@given(st.data())
def test_from_any_kept_position_batches_give_every_frame_once_in_order(
    limit: int, data: st.DataObject
) -> None:
    sizes = data.draw(st.lists(st.integers(10, 60), min_size=1, max_size=60))
    entries = [chunk(seq, size=size) for seq, size in enumerate(sizes, 1)]
    window = window_of(*entries, limit=limit)
    position = data.draw(st.integers(0, len(entries)))
    batch = window.batch(position)
    kept = sum(len(entry.frame) for entry in entries[position:]) <= limit
    if batch is None:
        assert not kept
        return
    assert batch.data == b"".join(entry.frame for entry in entries[position:])
    assert batch.count == len(entries) - position
    assert window.bytes_from(position) == len(batch.data)
    assert window.head == len(entries)


def test_what_was_let_go_is_held_nowhere() -> None:
    """A list that is cut now and then must not keep the chunks in front of the cut."""
    window = window_of(*(chunk(seq, size=1000) for seq in range(1, 501)), limit=10_000)
    kept = sum(len(entry.frame) for entry in window._entries)
    assert kept == window.bytes_from(window._base) <= 10_000


def test_tiny_chunks_are_held_for_what_they_cost_and_not_only_for_their_bytes() -> None:
    window = window_of(*(chunk(seq) for seq in range(1, 5001)), limit=100_000)
    assert window.held_bytes <= 3 * 100_000


def test_a_window_that_shrinks_lets_go_of_batches_first_and_then_of_the_oldest() -> None:
    window = window_of(*(chunk(seq, size=1000) for seq in range(1, 11)))
    entries = window.held_bytes
    window.batch(0)
    assert window.held_bytes == entries + 10_000
    window.shrink(entries, keep=1)
    assert window.held_bytes == entries
    window.shrink(5000, keep=1)
    assert window.held_bytes <= 5000
    assert window.floor > 0
    window.shrink(0, keep=1)
    assert must(window.batch(window.head - 1)).seq == 10


def test_a_window_that_holds_nothing_goes_on_where_it_stopped() -> None:
    window = window_of(chunk(1), chunk(2))
    window.shrink(0, keep=0)
    assert window.held_bytes == 0
    assert window.head == 2
    assert window.batch(1) is None
    assert must(window.batch(2)).data == b""
    assert window.position_after(1, window.head) is None
    assert window.position_after(2, window.head) == 2
    window.append(chunk(3))
    assert must(window.batch(2)).data == chunk(3).frame


def test_batches_are_smaller_for_an_owner_who_wants_them_so() -> None:
    window = window_of(*(chunk(seq, size=1000) for seq in range(1, 101)))
    window.batch_limit = 3000
    assert len(must(window.batch(0)).data) == 3000
