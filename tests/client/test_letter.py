import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sussurro_client.contents import Card, Rekey, Share, Text
from sussurro_client.letter import MAX_HEADS, Envelope, Head
from tests.client.scenes import BIA, KEY, Voice
from tests.wire.strategies import steady


def test_a_head_is_forty_bytes_the_chunk_first() -> None:
    packed = Head(258, b"d" * 32).pack()
    assert packed == bytes(6) + b"\1\2" + b"d" * 32
    assert len(packed) == 40


@steady
@given(st.integers(0, 2**64 - 1), st.binary(min_size=32, max_size=32))
def test_a_head_comes_back_from_its_bytes(seq: int, digest: bytes) -> None:
    head = Head(seq, digest)
    assert Head.unpack(head.pack()) == head


def test_an_envelope_says_which_messages_its_sender_had_seen() -> None:
    heads = tuple(Head(seq, bytes([seq]) * 32) for seq in range(MAX_HEADS))
    assert Voice(BIA).letter("Oi", seen=heads).envelope.heads == heads


def test_a_message_is_named_by_its_digest_and_not_by_its_place() -> None:
    bia = Voice(BIA, b"run-0001")
    bia.letter("one")
    two = bia.letter("two", place=(7, 9))
    assert two.id == two.digest.hex()
    assert (two.link, two.index) == (7, 9)


def test_two_letters_of_one_envelope_have_one_digest() -> None:
    bia = Voice(BIA)
    first = bia.letter("Oi")
    assert bia.letter("Oi", counter=1, place=(2, 1)).digest == first.digest
    assert bia.letter("Oi!", counter=1).digest != first.digest


def test_what_was_said_cannot_be_changed() -> None:
    envelope = Voice(BIA).letter("Oi").envelope
    with pytest.raises(ValidationError):
        envelope.counter = 2  # type: ignore[misc]  # the very thing that is not possible
    assert envelope.counter == 1


@pytest.mark.parametrize(
    "content",
    [
        Text(text="Oi"),
        Card(wrap_key=b"w" * 32),
        Rekey(room=KEY.room, shares=(Share(to=b"k" * 32, wrapped=b"secret"),), is_last=True),
        Rekey(room=KEY.room, shares=(), is_last=False),
    ],
    ids=["text", "card", "rekey", "rekey for nobody"],
)
def test_a_content_is_told_by_its_kind(content: Text | Card | Rekey) -> None:
    envelope = Voice(BIA).letter(content).envelope
    assert envelope.content == content
    assert Envelope.model_validate(envelope.model_dump()) == envelope


@pytest.mark.parametrize("change", [{"name": ""}, {"at": 253_370_764_800_000}], ids=str)
def test_an_envelope_that_nobody_could_show_is_none(change: dict[str, object]) -> None:
    fields = Voice(BIA).letter("Oi").envelope.model_dump()
    with pytest.raises(ValidationError):
        Envelope.model_validate(fields | change)
