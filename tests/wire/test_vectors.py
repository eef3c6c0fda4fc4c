"""The vectors that other clients are written against hold for this one."""

import base64
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, get_args

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from sussurro_wire.chunk import check_chunk
from sussurro_wire.codec import decode, encode
from sussurro_wire.errors import WireError
from sussurro_wire.limits import MAX_LINE
from sussurro_wire.messages import Message, Side
from sussurro_wire.protocol import Event, Protocol
from sussurro_wire.room import encode_bytes, proof_bytes, public_key_of, signature_of
from tests.wire.link import other, say

_VECTORS: dict[str, Any] = json.loads(Path(__file__).with_name("vectors.json").read_text("utf-8"))
_KINDS = {kind.__name__: kind for kind in get_args(Message)}


def _bytes(text: str) -> bytes:
    """Return a vector's text as bytes: one character is one byte."""
    return text.encode("latin-1")


def _vectors(name: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        "vector", [pytest.param(each, id=f"{name}{i}") for i, each in enumerate(_VECTORS[name])]
    )


@_vectors("verbs")
def test_a_line_means_the_message_of_its_vector_and_back(vector: dict[str, Any]) -> None:
    line = _bytes(vector["line"])
    message = decode(line, Side(vector["sender"]))
    assert type(message).__name__ == vector["message"]
    assert asdict(message) == vector["fields"]
    assert encode(_KINDS[vector["message"]](**vector["fields"])) == line + b"\n"


def test_the_vectors_have_every_message() -> None:
    assert {vector["message"] for vector in _VECTORS["verbs"]} == _KINDS.keys()


@_vectors("illegal_verbs")
def test_an_illegal_line_is_refused_with_the_reason_of_its_vector(vector: dict[str, Any]) -> None:
    with pytest.raises(WireError) as caught:
        decode(_bytes(vector["line"]), Side(vector["sender"]))
    assert caught.value.reason == vector["reason"], vector["why"]


@_vectors("chunks")
def test_lines_are_the_tokens_of_their_vector(vector: dict[str, Any]) -> None:
    chunk = check_chunk(_bytes(vector["lines"]), vector.get("limit", MAX_LINE))
    assert chunk.tokens() == [_bytes(token) for token in vector["tokens"]]
    assert chunk.count == len(vector["tokens"])


@_vectors("illegal_chunks")
def test_an_illegal_chunk_is_refused_with_the_reason_of_its_vector(vector: dict[str, Any]) -> None:
    with pytest.raises(WireError) as caught:
        check_chunk(_bytes(vector["lines"]), vector.get("limit", MAX_LINE))
    assert caught.value.reason == vector["reason"], vector["why"]


@_vectors("conversations")
def test_a_conversation_runs_until_the_line_that_its_vector_refuses(vector: dict[str, Any]) -> None:
    """Whoever hears each line keeps up with whoever says it; only the last may be refused."""
    sides = {side: Protocol(side) for side in Side}
    *before, last = [(Side(sender), _bytes(line) + b"\n") for sender, line in vector["lines"]]
    for sender, line in before:
        _pass_on(sides, sender, line)
    if vector["refused"] is None:
        _pass_on(sides, *last)
        return
    sender, line = last
    with pytest.raises(WireError) as caught:
        sides[other(sender)].receive(line, lambda event: pytest.fail(f"heard {event}"))
    assert caught.value.reason == vector["refused"]


def _pass_on(sides: dict[Side, Protocol], sender: Side, line: bytes) -> None:
    heard: list[Event] = []
    sides[other(sender)].receive(line, heard.append)
    (event,) = heard
    assert say(sides[sender], event) == line


def test_the_proof_is_the_signature_of_the_bytes_of_its_vector() -> None:
    vector = _VECTORS["proof"]
    private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(vector["seed"]))
    assert vector["room"] == encode_bytes(private.public_key().public_bytes_raw())
    assert public_key_of(vector["room"]) == private.public_key().public_bytes_raw()
    signed = proof_bytes(vector["nonce"], vector["room"], vector["card"])
    assert signed == _bytes(vector["signed"]) == bytes.fromhex(vector["signed_hex"])
    assert private.sign(signed) == bytes.fromhex(vector["signature"])
    assert vector["proof"] == encode_bytes(bytes.fromhex(vector["signature"]))
    private.public_key().verify(signature_of(vector["proof"]), signed)


def test_the_seed_of_the_proof_follows_from_its_key() -> None:
    vector = _VECTORS["proof"]
    derivation = HKDF(hashes.SHA256(), length=32, salt=None, info=b"sussurro 1 room")
    seed = derivation.derive(base64.urlsafe_b64decode(vector["key"]))
    assert seed == bytes.fromhex(vector["seed"])
