"""What a token holds: made by anybody, or by a member that lies."""

import base64
from functools import cache
from typing import Any

import msgpack
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sussurro_client.contents import Text
from sussurro_client.envelope import Sealer, bucket_of
from sussurro_client.errors import EnvelopeError
from sussurro_client.events import Person, Received, Standing
from sussurro_client.key import RoomKey
from sussurro_client.letter import MAX_NAME, Envelope, Letter
from sussurro_wire.limits import MAX_TEXT
from sussurro_wire.room import public_key_of
from tests.fuzz.choices import Choices
from tests.fuzz.shown import assert_shown

KEY = RoomKey.from_text(base64.urlsafe_b64encode(bytes(range(32))).decode("ascii"))
_SEALER = Sealer(KEY)
_LIAR = Ed25519PrivateKey.from_private_bytes(bytes([5]) * 32)
_LIAR_KEY = _LIAR.public_key().public_bytes_raw()

# What may stand in a field: a type that belongs there, and every one that does not.
_VALUES: tuple[Any, ...] = (
    None, True, -1, 0, 1, 2**31, 2**63 - 1, 2**63, 2**64 - 1, 0.5, float("inf"), float("nan"),
    "", "Eve", "\x1b]0;x\x07", "\u202eevE", "x" * 64, "x" * 65, b"", b"run-0001", _LIAR_KEY,
    b"\xff" * 32, b"x" * 40, [], [b"x" * 40] * 8, [b"x" * 40] * 9, {}, {"kind": "text"},
    {"kind": "card"}, {"kind": "rekey"}, {"kind": "text", "text": "Oi"}, msgpack.Timestamp(0, 0),
    msgpack.ExtType(5, b"x"), [[[[[[]]]]]], {"a": {"b": {"c": []}}}, 253_370_764_799_999,
)  # fmt: skip
LIES = len(_VALUES)


def fuzz_token(data: bytes) -> None:
    """A token opens in the bytes that it was made in, and in no others."""
    choices = Choices(data)
    tokens = good_tokens()
    which = choices.below(len(tokens) + 1)
    if which == len(tokens):
        altered = choices.rest()
    else:
        changed = bytearray(tokens[which])
        while choices:
            place, cut = int.from_bytes(choices.take(2), "big"), choices.below(8)
            changed[place : place + cut] = choices.take(choices.below(8))
        altered = bytes(changed)
    letter = open_token(altered)
    assert (letter is not None) == (altered in tokens)


def fuzz_liar(data: bytes) -> None:
    """A member that holds the key and signs whatever it likes is forged, or says something sane."""
    choices = Choices(data)
    way = choices.below(4)
    if way == 0:
        plain = choices.rest()
    elif way == 1:
        plain = sealed_plain(choices.rest())
    else:
        plain = sealed_plain(_lying_body(choices))
        if way == 3:
            changed = bytearray(plain)
            changed[choices.below(112) % len(plain)] ^= choices.below(256)
            plain = bytes(changed)
    letter = open_token(KEY.fernet.encrypt_at_time(plain, 0))
    if letter is not None:
        _assert_sane(letter)


def sealed_plain(body: bytes, link: int = 1, index: int = 1, begun: int = 1) -> bytes:
    """Return the plaintext of a body, rightly signed by the liar and padded."""
    places = ((link, 4), (index, 4), (begun, 8), (0, 32), (len(body), 4))
    numbers = b"".join(value.to_bytes(size, "big") for value, size in places)
    context = b"sussurro 1 envelope\n" + public_key_of(KEY.room)
    plain = b"\x01" + _LIAR.sign(context + numbers + body) + numbers + body
    return plain.ljust(bucket_of(len(plain)), b"\0")


def _lying_body(choices: Choices) -> bytes:
    """Return an envelope in which a few fields are not what they should be."""
    body: dict[str, Any] = honest_body()
    names = (*body, "other")
    while choices:
        name = names[choices.below(len(names))]
        kind = choices.below(LIES + 6)
        if kind < LIES:
            body[name] = _VALUES[kind]
        elif kind == LIES:
            body.pop(name, None)
        elif kind == LIES + 1:
            body[name] = choices.number()
        elif kind == LIES + 2:
            body[name] = choices.sized()
        elif kind == LIES + 3:
            body["content"] = {"kind": "text", "text": choices.text().encode(errors="replace")}
        elif kind == LIES + 4:
            body["content"] = {"kind": "text", "text": choices.sized().decode("utf-8", "replace")}
        else:
            body[name] = choices.sized().decode("utf-8", "replace")
    return _packed(body)


def honest_body() -> dict[str, Any]:
    """Return what an honest envelope of the liar's holds."""
    return {
        "name": "Eve",
        "key": _LIAR_KEY,
        "run": b"run-0001",
        "counter": 1,
        "at": 1_774_000_000_000,
        "after": b"",
        "seen": [],
        "since": 0,
        "content": {"kind": "text", "text": "Oi"},
    }


def open_token(token: bytes) -> Letter | None:
    """Return what a token holds; None where it is refused, as it should be: by EnvelopeError."""
    try:
        return _SEALER.open(token)
    except EnvelopeError:
        return None


def _assert_sane(letter: Letter) -> None:
    envelope: Envelope = letter.envelope
    assert envelope.key == _LIAR_KEY
    assert 1 <= len(envelope.name) <= MAX_NAME
    assert 0 <= envelope.counter < 2**63
    assert len(envelope.run) == 8
    assert 0 <= letter.link < 2**32
    assert 0 <= letter.index < 2**32
    if isinstance(envelope.content, Text):
        assert len(envelope.content.text) <= MAX_TEXT
        assert_shown(
            Received(
                sender=Person(envelope.name, envelope.key),
                content=envelope.content,
                id=letter.id,
                seq=1,
                at=envelope.at,
                standing=Standing.KNOWN,
                live=True,
            )
        )


@cache
def good_tokens() -> tuple[bytes, ...]:
    """Return tokens that open, of different lengths."""
    bodies = (honest_body() | {"name": "Eve" * times} for times in (1, 20))
    plains = [sealed_plain(_packed(body)) for body in bodies]
    return tuple(KEY.fernet.encrypt_at_time(plain, 0) for plain in plains)


def _packed(body: dict[str, Any]) -> bytes:
    packed: bytes = msgpack.packb(body)
    return packed
