"""Chunks of one room as one message, and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sussurro_relay.log import parcel
from sussurro_relay.log.parcel import Handed, ParcelError
from sussurro_wire.chunk import Chunk
from tests.log.kinds import chunk

_SESSIONS = st.text("abcXYZ019-_", min_size=1, max_size=12)
_CHUNKS = st.integers(1, 5).map(lambda count: Chunk(chunk(count).lines * count, count))


@given(st.lists(st.builds(Handed, _CHUNKS, _SESSIONS, st.floats(0, 1e6)), min_size=1))
def test_what_is_packed_is_unpacked_as_it_was(handed: list[Handed]) -> None:
    read_at = [each.read_at for each in handed]
    records = parcel.unpack("room", 7, parcel.pack(handed), read_at)
    assert [(r.lines, r.count, r.origin, r.read_at) for r in records] == [
        (h.chunk.lines, h.chunk.count, h.origin, h.read_at) for h in handed
    ]
    assert [record.seq for record in records] == [
        parcel.first_seq(7) + index for index in range(len(handed))
    ]


def test_the_seqs_of_a_message_lie_below_those_of_the_next_and_lead_back_to_it() -> None:
    for number in (0, 1, 1_790_000_000_000):
        assert parcel.last_seq(number) < parcel.first_seq(number + 1)
        assert parcel.number_of(parcel.first_seq(number)) == number
        assert parcel.number_of(parcel.last_seq(number)) == number


def test_a_message_takes_no_more_chunks_than_it_has_seqs_for() -> None:
    waiting = [Handed(chunk(1), "ana", 0.0)] * (parcel.MOST_CHUNKS + 1)
    assert parcel.take(waiting) == parcel.MOST_CHUNKS


def test_a_message_takes_chunks_up_to_its_bytes_and_one_in_any_case() -> None:
    large = Handed(chunk(1, parcel.MOST_BYTES + 1), "ana", 0.0)
    assert parcel.take([large, large]) == 1
    half = Handed(chunk(1, parcel.MOST_BYTES // 2), "ana", 0.0)
    assert parcel.take([half] * 5) == 2


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\n",
        b"ana:1:5",
        b"ana:1:5\n",
        b"ana:1:5\ngAAAA",
        b"ana:2:6\ngAAAA\n",
        b"ana:1:6\ngAAAA\nmore\n",
        b"ana:1:x\ngAAAA\n",
        b"ana:1\ngAAAA\n",
        b":1:6\ngAAAA\n",
        b"ana:1:-6\ngAAAA\n",
        b"\xff:1:6\ngAAAA\n",
    ],
)
def test_what_no_relay_has_packed_is_refused(payload: bytes) -> None:
    with pytest.raises(ParcelError):
        parcel.unpack("room", 1, payload)
