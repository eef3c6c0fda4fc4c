from contextlib import suppress

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from sussurro_wire.codec import encode
from sussurro_wire.errors import WireError
from sussurro_wire.limits import NONCE_BYTES
from sussurro_wire.messages import Join, Side
from sussurro_wire.protocol import State
from sussurro_wire.room import (
    decode_bytes,
    encode_bytes,
    proof_bytes,
    public_key_of,
    signature_of,
)
from tests.wire.link import hear, protocol_in
from tests.wire.strategies import base64_words, cards, steady


@steady
@given(st.binary(max_size=200))
def test_bytes_come_back_from_their_encoding(data: bytes) -> None:
    assert decode_bytes(encode_bytes(data), len(data)) == data


@steady
@given(st.text(max_size=60) | base64_words | st.binary(min_size=32, max_size=32).map(encode_bytes))
def test_any_text_is_the_one_encoding_of_its_bytes_or_a_wire_error(text: str) -> None:
    with suppress(WireError):
        assert encode_bytes(public_key_of(text)) == text


def test_a_room_has_one_spelling() -> None:
    """The last letter of a base64 text has unused bits: 4 spellings would be one room."""
    room = encode_bytes(bytes(32))
    assert public_key_of(room) == bytes(32)
    for other in (
        room[:-1] + "B",
        room[:-1] + "C",
        room + "=",
        room + "==",
        f" {room}",
        f"{room}\n",
    ):
        with pytest.raises(WireError):
            public_key_of(other)
    with pytest.raises(WireError):
        public_key_of(encode_bytes(b"\xff" * 32).replace("_", "/"))


@pytest.mark.parametrize("size", [0, 1, 31, 33, 64])
def test_a_room_of_another_size_is_refused(size: int) -> None:
    with pytest.raises(WireError):
        public_key_of(encode_bytes(bytes(size)))


@pytest.mark.parametrize("size", [0, 32, 63, 65])
def test_a_proof_of_another_size_is_refused(size: int) -> None:
    assert signature_of(encode_bytes(bytes(64))) == bytes(64)
    with pytest.raises(WireError):
        signature_of(encode_bytes(bytes(size)))


@steady
@given(
    st.tuples(base64_words, base64_words, cards),
    st.tuples(base64_words, base64_words, cards),
)
def test_no_two_entries_sign_the_same_bytes(
    one: tuple[str, str, str], two: tuple[str, str, str]
) -> None:
    assert (proof_bytes(*one) == proof_bytes(*two)) == (one == two)


def test_letters_cannot_move_from_one_value_of_a_proof_to_the_next() -> None:
    assert proof_bytes("ab", "c", "gAAAAd") != proof_bytes("a", "bc", "gAAAAd")
    assert proof_bytes("a", "bg", "gAAAAd") != proof_bytes("a", "b", "ggAAAAd")


def test_real_keys_signatures_and_nonces_fit_the_grammar() -> None:
    private = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    room = encode_bytes(private.public_key().public_bytes_raw())
    nonce = encode_bytes(bytes(NONCE_BYTES))
    proof = encode_bytes(private.sign(proof_bytes(nonce, room, "gAAAAAcard")))
    join = Join(room, proof, "gAAAAAcard")
    assert hear(protocol_in(State.JOINING, Side.RELAY), [encode(join)]) == ([join], None)
    private.public_key().verify(signature_of(proof), proof_bytes(nonce, room, "gAAAAAcard"))
