"""Chunks of one room as one message of the stream, and back. Pure.

A message holds what was handed over while the one before it was on its way: a
line that says of each chunk who sent it, how many tokens it holds and how long
it is, and then the chunks, byte for byte. Its number in the stream, shifted,
leaves room for a seq for each of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sussurro_relay.log.interface import Record
from sussurro_wire.chunk import Chunk

_SEQ_BITS = 10
MOST_CHUNKS = 1 << _SEQ_BITS
# With one more chunk of 256 KiB at most, and the line, still below the 1 MiB that NATS takes.
MOST_BYTES = 512 * 1024


class ParcelError(Exception):
    """A message of the stream that no relay has made."""


@dataclass(frozen=True, slots=True)
class Handed:
    """A chunk that was handed over, as in `Log.append`."""

    chunk: Chunk
    origin: str
    read_at: float


def first_seq(number: int) -> int:
    """Return the seq of the first chunk in message ``number`` of the stream."""
    return number << _SEQ_BITS


def last_seq(number: int) -> int:
    """Return the highest seq that a chunk in message ``number`` of the stream may have."""
    return first_seq(number + 1) - 1


def number_of(seq: int) -> int:
    """Return the number of the message that the chunk ``seq`` is in."""
    return seq >> _SEQ_BITS


def take(waiting: Sequence[Handed]) -> int:
    """Return how many of those that wait go into one message: one at least."""
    size = 0
    for count, handed in enumerate(waiting):
        if count == MOST_CHUNKS or size >= MOST_BYTES:
            return count
        size += len(handed.chunk.lines)
    return len(waiting)


def pack(handed: Sequence[Handed]) -> bytes:
    """Return the message that holds these chunks."""
    label = " ".join(f"{each.origin}:{each.chunk.count}:{len(each.chunk.lines)}" for each in handed)
    return b"".join([label.encode("ascii"), b"\n", *(each.chunk.lines for each in handed)])


def unpack(
    room: str, number: int, payload: bytes, read_at: Sequence[float] = ()
) -> tuple[Record, ...]:
    """Return the chunks in message ``number``; raises ParcelError.

    ``read_at``: when each was read from its connection, where that is known.
    """
    label, newline, lines = payload.partition(b"\n")
    records: list[Record] = []
    start = 0
    try:
        for index, entry in enumerate(label.decode("ascii").split(" ")):
            origin, count, size = entry.split(":")
            end = start + int(size)
            chunk = lines[start:end]
            if not origin or chunk.count(b"\n") != int(count) or not chunk.endswith(b"\n"):
                raise ParcelError("a chunk is not what its label says")
            at = read_at[index] if index < len(read_at) else 0.0
            records.append(Record(room, first_seq(number) + index, origin, int(count), chunk, at))
            start = end
    except ValueError:
        raise ParcelError("a label that cannot be read") from None
    if not newline or start != len(lines) or len(records) > MOST_CHUNKS:
        raise ParcelError("the chunks are not what the label says")
    return tuple(records)
