"""Every parser against what hypothesis makes of the corpus: the targets of `make fuzz`, without atheris."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sussurro_client.errors import ClientError
from sussurro_client.identity import load_identity
from sussurro_client.key import read_key
from tests.fuzz.choices import Choices, pieces
from tests.fuzz.targets import TARGETS
from tests.hostile.test_corpus import inputs
from tests.wire.strategies import streams

_changes = st.lists(
    st.tuples(st.integers(0, 300), st.integers(0, 5), st.binary(max_size=5)), max_size=6
)


def _changed(first: bytes, second: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
    """Return two inputs in one, with pieces of them replaced."""
    data = bytearray(first + second)
    for place, size, piece in changes:
        data[place : place + size] = piece
    return bytes(data)


def _nearly(name: str) -> st.SearchStrategy[bytes]:
    """Return what is close to the corpus of a target, or anything at all."""
    known = st.sampled_from(inputs(name))
    return st.builds(_changed, known, known | st.just(b""), _changes) | st.binary(max_size=200)


@pytest.mark.parametrize("name", TARGETS)
@settings(max_examples=100)
@given(data=st.data())
def test_what_is_nearly_right_or_not_at_all_breaks_no_promise(
    name: str, data: st.DataObject
) -> None:
    TARGETS[name].check(data.draw(_nearly(name)))


@pytest.mark.parametrize("name", ["stream", "relay"])
@settings(max_examples=100)
@given(head=st.binary(min_size=8, max_size=8), lines=streams)
def test_what_is_nearly_a_line_breaks_no_promise(name: str, head: bytes, lines: bytes) -> None:
    TARGETS[name].check(head + lines)


@settings(max_examples=100)
@given(st.binary(max_size=100))
def test_a_file_that_is_no_key_is_refused_with_a_sentence_that_names_it(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "key.key")
        path.write_bytes(data)
        path.chmod(0o600)
        with pytest.raises(ClientError, match="key"):
            read_key(path)


@settings(max_examples=100)
@given(st.binary(max_size=100).filter(lambda data: len(data) != 32))
def test_a_file_that_is_no_identity_is_refused_with_a_sentence_that_names_it(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "identity").write_bytes(data)
        with pytest.raises(ClientError, match="identity"):
            load_identity(Path(folder))


@given(st.binary(max_size=100), st.binary(max_size=5))
def test_an_input_is_cut_without_loss(data: bytes, sizes: bytes) -> None:
    assert b"".join(pieces(data, sizes)) == data


def test_decisions_after_the_end_are_zero() -> None:
    choices = Choices(b"\x07ab")
    assert choices.below(256) == 7
    assert choices.rest() == b"ab"
    assert not choices
    assert (choices.below(9), choices.number(), choices.text()) == (0, 0, "")
