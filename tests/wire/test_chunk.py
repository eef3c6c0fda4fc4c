import re

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from sussurro_wire.chunk import Chunk, check_chunk
from sussurro_wire.errors import Reason, WireError
from sussurro_wire.limits import MAX_LINE
from tests.wire.strategies import steady, tokens

# The same rule, said line by line: slow, and plain to see.
_TOKEN = re.compile(rb"gAAAA[A-Za-z0-9_-]*={0,2}")


def _refusal(lines: bytes, limit: int = MAX_LINE) -> Reason:
    with pytest.raises(WireError) as caught:
        check_chunk(lines, limit)
    return caught.value.reason


def test_a_chunk_is_its_bytes_and_the_number_of_its_tokens() -> None:
    chunk = check_chunk(b"gAAAAAa=\ngAAAAAb==\ngAAAAAc\n")
    assert chunk == Chunk(b"gAAAAAa=\ngAAAAAb==\ngAAAAAc\n", 3)
    assert chunk.tokens() == [b"gAAAAAa=", b"gAAAAAb==", b"gAAAAAc"]


@steady
@given(st.lists(tokens, min_size=1, max_size=20))
def test_whatever_is_made_of_tokens_is_a_chunk_unchanged(made: list[bytes]) -> None:
    chunk = check_chunk(b"".join(token + b"\n" for token in made))
    assert chunk.tokens() == made
    assert chunk.count == len(made)


_pieces = st.one_of(
    tokens,
    st.sampled_from(
        [b"\n", b"\n", b"=", b"==", b"gAAAA", b"TT", b"!", b"\r", b" ", b"\0", b"\xff"]
    ),
    st.binary(max_size=4),
)


@steady
@given(st.lists(_pieces, max_size=12).map(b"".join), st.integers(5, 70))
def test_the_check_of_the_whole_agrees_with_the_rule_for_each_line(
    lines: bytes, limit: int
) -> None:
    body, end = lines[:-1], lines[-1:]
    legal = end == b"\n" and all(
        _TOKEN.fullmatch(line) and len(line) <= limit for line in body.split(b"\n")
    )
    try:
        assert check_chunk(lines, limit).lines == lines
    except WireError:
        assert not legal
    else:
        assert legal


def test_glued_tokens_are_refused_because_fernet_would_drop_the_second_in_silence() -> None:
    """Decrypting two tokens without a border between them must never be tried."""
    box = Fernet(Fernet.generate_key())
    for text in (b"x", b"x" * 20):
        first, second = box.encrypt(text), box.encrypt(b"lost")
        assert first.endswith(b"=")
        assert box.decrypt(first + second) == text
        assert _refusal(first + second + b"\n") is Reason.MALFORMED
        assert check_chunk(first + b"\n" + second + b"\n").tokens() == [first, second]


@pytest.mark.parametrize("place", range(6, 12))
@pytest.mark.parametrize("padding", [b"=", b"==", b"==="])
def test_padding_in_the_middle_of_a_token_is_refused(place: int, padding: bytes) -> None:
    token = b"gAAAAAbcdefgh"
    assert _refusal(token[:place] + padding + token[place:] + b"\n") is Reason.MALFORMED


@pytest.mark.parametrize("other", [b"gAAAAAa=\n", b"gAAAAAa==\n", b"gAAAAAa\n"])
@pytest.mark.parametrize("bad", [b"gAAAA=A=\n", b"gAAAA=A==\n", b"gAAAA===\n", b"gAAAA==A\n"])
def test_padding_of_a_right_token_does_not_make_up_for_a_wrong_one(
    other: bytes, bad: bytes
) -> None:
    assert _refusal(other + bad + other) is Reason.MALFORMED


_NO_TOKEN_BYTES = sorted(
    set(range(256)) - {*b"=\n-_", *range(48, 58), *range(65, 91), *range(97, 123)}
)


@pytest.mark.parametrize("byte", _NO_TOKEN_BYTES)
def test_a_byte_that_no_token_has_is_refused_wherever_it_stands(byte: int) -> None:
    for place in (0, 3, 7, 9):
        lines = bytearray(b"gAAAAAa=\ngAAAAAb\n")
        lines.insert(place, byte)
        assert _refusal(bytes(lines)) is Reason.MALFORMED


@pytest.mark.parametrize(
    "lines",
    [b"", b"\n", b"gAAAAAa", b"gAAAAAa\ngAAAAAb", b"gAAAAAa\n\n", b"\ngAAAAAa\n", b"gAAAAAa\nTT"],
)
def test_a_chunk_without_its_final_line_feed_or_with_an_empty_line_is_refused(lines: bytes) -> None:
    assert _refusal(lines) is Reason.MALFORMED


@pytest.mark.parametrize("verb", [b"TT", b"WHO", b"BYE", b"AT", b"gAAA", b"GAAAA", b"AgAAAA"])
def test_no_line_of_a_chunk_can_be_taken_for_a_verb(verb: bytes) -> None:
    """What a member sends in a chunk must never be a command to somebody else."""
    for lines in (verb + b"\n", b"gAAAAAa\n" + verb + b"\n", verb + b"\ngAAAAAa\n"):
        assert _refusal(lines) is Reason.MALFORMED


def test_a_token_may_be_as_long_as_the_limit_and_no_longer() -> None:
    longest = b"gAAAA" + b"x" * (MAX_LINE - 5) + b"\n"
    too_long = b"gAAAA" + b"x" * (MAX_LINE - 4) + b"\n"
    assert check_chunk(longest * 3).count == 3
    for lines in (too_long, longest + too_long, too_long + b"gAAAAAa\n"):
        assert _refusal(lines) is Reason.LINE_TOO_LONG


@pytest.mark.parametrize("limit", [8, 9])
def test_the_limit_is_that_of_a_line_and_not_of_a_chunk(limit: int) -> None:
    assert check_chunk(b"gAAAAAa=\n" * 100, limit).count == 100
    assert _refusal(b"gAAAAAa=\n" * 100, limit=7) is Reason.LINE_TOO_LONG
