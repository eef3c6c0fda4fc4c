"""The wire: whatever it understands can be written again, and it refuses all else as WireError."""

import re

from sussurro_wire.chunk import Chunk, check_chunk
from sussurro_wire.codec import decode, encode
from sussurro_wire.errors import Reason, WireError
from sussurro_wire.limits import MAX_LINE
from sussurro_wire.lines import LineBuffer
from sussurro_wire.messages import Side
from sussurro_wire.protocol import Event, State
from sussurro_wire.room import decode_bytes, encode_bytes
from tests.fuzz.choices import Choices, pieces
from tests.wire.link import hear, protocol_in

# What docs/protocol.md says of a token, in other words than the code's.
_TOKEN = re.compile(rb"gAAAA[A-Za-z0-9_-]*={0,2}")
_FAULTS = {Reason.MALFORMED, Reason.LINE_TOO_LONG, Reason.UNEXPECTED}


def line_of(event: Event) -> bytes:
    """Return the bytes that say an event."""
    return event.lines if isinstance(event, Chunk) else encode(event)


def assert_is_chunk(chunk: Chunk, limit: int = MAX_LINE) -> None:
    """Check that a chunk is what its document says."""
    assert chunk.count == len(chunk.tokens()) == chunk.lines.count(b"\n") > 0
    for token in chunk.tokens():
        assert _TOKEN.fullmatch(token)
        assert len(token) <= limit


def fuzz_lines(data: bytes) -> None:
    """Every byte comes out once and in its order, the unfinished line stays, its limit holds."""
    choices = Choices(data)
    limit, sizes, stream = choices.below(256), choices.take(4), choices.rest()
    buffer = LineBuffer(limit)
    complete = bytearray()
    for piece in pieces(stream, sizes):
        lines = buffer.feed(piece)
        assert not lines or lines.endswith(b"\n")
        complete += lines
    end = stream.rfind(b"\n") + 1
    assert complete == stream[:end]
    assert len(buffer) == len(stream) - end
    try:
        buffer.check()
    except WireError as error:
        assert error.reason is Reason.LINE_TOO_LONG
        assert len(buffer) > limit
    else:
        assert len(buffer) <= limit


def fuzz_chunk(data: bytes) -> None:
    """A chunk is taken exactly when each of its lines is a token by the book."""
    choices = Choices(data)
    limit, lines = 5 + choices.below(200), choices.rest()
    tokens = lines.split(b"\n")
    is_legal = (
        tokens.pop() == b""
        and bool(tokens)
        and all(_TOKEN.fullmatch(token) and len(token) <= limit for token in tokens)
    )
    try:
        chunk = check_chunk(lines, limit)
    except WireError as error:
        assert error.reason in _FAULTS
        assert not is_legal
    else:
        assert is_legal
        assert chunk.lines == lines
        assert_is_chunk(chunk, limit)


def fuzz_verbs(data: bytes) -> None:
    """A line that is understood is the one way to write what it means."""
    for sender in Side:
        try:
            message = decode(data, sender)
        except WireError as error:
            assert error.reason in _FAULTS
        else:
            assert encode(message) == data + b"\n"


def fuzz_stream(data: bytes) -> None:
    """Where a stream is cut changes nothing, and what was heard is what was said, up to the fault."""
    choices = Choices(data)
    side = (Side.CLIENT, Side.RELAY)[choices.below(2)]
    state = tuple(State)[choices.below(len(State))]
    limit = (MAX_LINE, 1024, 16)[choices.below(3)]
    sizes, stream = choices.take(4), choices.rest()
    events, fault = hear(protocol_in(state, side, max_line=limit), [stream])
    assert (events, fault) == hear(protocol_in(state, side, max_line=limit), pieces(stream, sizes))
    understood = b"".join(map(line_of, events))
    assert stream.startswith(understood)
    if fault is None:
        assert len(understood) == stream.rfind(b"\n") + 1
    else:
        assert fault in _FAULTS
    for event in events:
        if isinstance(event, Chunk):
            assert_is_chunk(event, limit)


def fuzz_room(data: bytes) -> None:
    """Bytes that are read from a word are written as that word again."""
    choices = Choices(data)
    size = (32, 64, choices.below(256))[choices.below(3)]
    word = choices.rest().decode("utf-8", "surrogateescape")
    try:
        value = decode_bytes(word, size)
    except WireError as error:
        assert error.reason is Reason.MALFORMED
    else:
        assert len(value) == size
        assert encode_bytes(value) == word
