"""``python -m tests.client.make_vectors``: write vectors.json anew, when the format has changed.

What is written is compared with the code by test_envelope, and with the format by
a part of it that uses nothing of ours.
"""

import base64
import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import msgpack

from sussurro_client.contents import (
    Card,
    Content,
    Delete,
    Edit,
    File,
    Part,
    Private,
    Reaction,
    Rekey,
    Share,
    Text,
    Typing,
    fields_of,
)
from sussurro_client.envelope import Sealer, bucket_of
from sussurro_client.fingerprint import words_of
from sussurro_client.identity import Identity
from sussurro_client.key import RoomKey
from sussurro_client.letter import NONE_BEFORE, Envelope, Head, Letter
from sussurro_wire.room import public_key_of
from tests.client.scenes import KEY, KEY_TEXT, NONCE, NOW, OTHER_KEY

PATH = Path(__file__).with_name("vectors.json")
_SIZES = (
    0, 1, 77, 255, 256, 511, 512, 513, 544, 545, 1023, 1024, 1025, 1100, 4096, 4097, 65536, 65537,
    66000, 131072,
)  # fmt: skip
_LARGEST = 2**63 - 1
_HALF_REKEY = {"kind": "rekey", "room": OTHER_KEY.room, "shares": []}
_SEALER = Sealer(KEY)
# Sealed with the nth identity below, as n is at the front.
_SEALED: tuple[tuple[int, str, str, tuple[int, int], Content], ...] = (
    (1, "a short text", "Ana", (1, 1), Text(text="Oi")),
    (1, "an empty text", "Ana", (1, 2), Text(text="")),
    (
        2,
        "a text on a third connection, in more than one script",
        "João 👋",
        (3, 7),
        Text(text="Olá, 世界! مرحبا 🌍\n\x00"),
    ),
    (
        2,
        "a card with a key of 32 bytes to wrap for",
        "Bia",
        (1, 0),
        Card(wrap_key=bytes(range(32))),
    ),
    (
        2,
        "a card with a hybrid key to wrap for",
        "Bia",
        (2, 0),
        Card(wrap_key=bytes(number % 251 for number in range(1216))),
    ),
    (2, "a card without a key to wrap for", "Bia", (1, 0), Card()),
    (
        2,
        "a new key for the room",
        "Bia",
        (1, 3),
        Rekey(
            room=OTHER_KEY.room,
            shares=(Share(to=b"\1" * 32, wrapped=b"\1xyz"), Share(to=b"\3" * 32, wrapped=b"\2abc")),
            is_last=True,
        ),
    ),
    (
        2,
        "an answer that is an action",
        "Bia",
        (1, 4),
        Text(
            text="waves",
            reply_to=bytes(range(32)),
            is_action=True,
        ),
    ),
    (2, "another text for an earlier message", "Bia", (1, 5), Edit(of=b"\5" * 32, text="Oi!")),
    (2, "an earlier message taken back", "Bia", (1, 6), Delete(of=b"\5" * 32)),
    (1, "a reaction", "Ana", (1, 3), Reaction(of=b"\5" * 32, emoji="\U0001f44d")),
    (
        1,
        "a reaction taken back",
        "Ana",
        (1, 4),
        Reaction(
            of=b"\5" * 32,
            emoji="\U0001f44d",
            is_on=False,
        ),
    ),
    (1, "somebody writes", "Ana", (1, 5), Typing()),
    (
        1,
        "a file offered",
        "Ana",
        (1, 6),
        File(
            name="m\u00e3e.png",
            size=70000,
            sha256=b"\6" * 32,
            parts=2,
            key=b"\7" * 32,
            preview=b"\0\1\0\1\xff\0\0",
        ),
    ),
    (1, "a part of a file", "Ana", (1, 7), Part(number=1, data=b"\x89PNG")),
    (1, "something private", "Ana", (1, 8), Private(keys=(b"\1xyz", b"\2abc"), sealed=b"gAAAAA")),
    (
        3,
        "a text in a larger bucket, the largest numbers and eight heads",
        "B" * 64,
        (2**32 - 1, 2**32 - 1),
        Text(text="x" * 1000),
    ),
)


def readable(value: Any) -> Any:  # what JSON has no word for is of any kind
    """Return the value with its bytes in hexadecimal."""
    match value:
        case bytes():
            return value.hex()
        case dict():
            return {name: readable(each) for name, each in value.items()}
        case list() | tuple():
            return [readable(each) for each in value]
        case _:
            return value


def _identity(number: int) -> bytes:
    return bytes([number]) * 32


def _envelopes() -> Iterator[tuple[str, bytes, Letter]]:
    for order, (number, about, name, place, content) in enumerate(_SEALED):
        secret = _identity(number)
        is_card = isinstance(content, Card)
        is_last = order == len(_SEALED) - 1
        heads = [Head(_LARGEST - each, bytes([each]) * 32) for each in range(8)] if is_last else []
        if order == 1:
            heads = [Head(1_774_000_000_000_005, bytes(range(32)))]
        envelope = Envelope(
            name=name,
            key=Identity.from_private_bytes(secret, kept=True).public_key,
            run=bytes((16 * order + each) % 256 for each in range(8)),
            counter=0 if is_card else _LARGEST if is_last else 1 + order,
            at=NOW * 1000 + order,
            after=b"" if is_card or order == 0 else bytes([order]) * 32,
            seen=tuple(head.pack() for head in heads),
            since=0 if is_card else _LARGEST if is_last else 1_774_000_000_000_001,
            content=content,
        )
        begun = 0 if is_card else _LARGEST if is_last else 1_774_000_000_000_003
        before = bytes(32) if place[1] < 2 else bytes([0x80 + order]) * 32
        yield about, secret, _SEALER.write(envelope, *place, begun, before)


def _sealed() -> Iterator[dict[str, Any]]:
    for order, (about, secret, letter) in enumerate(_envelopes()):
        iv = bytes([0xF0 - order]) * 16
        time = NOW + order
        identity = Identity.from_private_bytes(secret, kept=True)
        with patch("os.urandom", lambda size, iv=iv: iv[:size]):
            sealed = _SEALER.seal(letter, identity, time)
        plain = KEY.fernet.decrypt(sealed.token)
        size = int.from_bytes(plain[113:117], "big")
        yield {
            "about": about,
            "identity": secret.hex(),
            "link": letter.link,
            "index": letter.index,
            "begun": letter.begun,
            "before": letter.before.hex(),
            "envelope": readable(
                letter.envelope.model_dump() | {"content": fields_of(letter.envelope.content)}
            ),
            "id": letter.id,
            "digest": letter.digest.hex(),
            "time": time,
            "iv": iv.hex(),
            "body": plain[117 : 117 + size].hex(),
            "signature": plain[1:65].hex(),
            "padded": len(plain),
            "imprint": sealed.imprint.hex(),
            "token": sealed.token.decode("ascii"),
        }


def numbers_of(link: int, index: int, begun: int = 0, before: bytes = NONE_BEFORE) -> bytes:
    """Return what stands between the signature and the length of the body."""
    return struct.pack(">IIQ", link, index, begun) + before


class _Liar:
    """A holder of the key who keeps to no format."""

    def __init__(self) -> None:
        self._identity = Identity.from_private_bytes(_identity(1), kept=True)
        _about, _secret, self.letter = next(_envelopes())
        self.fields = self.letter.envelope.model_dump()

    def token(self, body: bytes, **parts: Any) -> str:
        """Return a token of ``body``, right in all that ``parts`` does not name."""
        size = parts.get("size", len(body)).to_bytes(4, "big")
        signed = numbers_of(1, 1) + size + body
        room: RoomKey = parts.get("room", KEY)
        context = b"sussurro 1 envelope\n" + public_key_of(room.room)
        signature = parts.get("signature") or self._identity.signer.sign(context + signed)
        said = parts["said"] + size + body if "said" in parts else signed
        plain = parts.get("version", b"\x01") + signature + said
        length = parts.get("padded", bucket_of(len(plain)))
        return self.seal(plain.ljust(length, parts.get("padding", b"\0")))

    def body(self, **changes: Any) -> bytes:
        """Return the body of an envelope with some fields changed; None: left out."""
        fields = {name: each for name, each in (self.fields | changes).items() if each is not None}
        body: bytes = msgpack.packb(fields, use_bin_type=True)
        return body

    @staticmethod
    def seal(plain: bytes, key: RoomKey = KEY) -> str:
        """Return a token of any plaintext."""
        with patch("os.urandom", lambda size: b"\x0f" * size):
            return key.fernet.encrypt_at_time(plain, NOW).decode("ascii")


def _refused() -> Iterator[tuple[str, str, str]]:
    liar = _Liar()
    good = liar.token(liar.body())
    raw = bytearray(base64.urlsafe_b64decode(good))
    raw[100] ^= 1
    yield "one bit is altered", "undecryptable", base64.urlsafe_b64encode(raw).decode("ascii")
    yield "it is of another key", "undecryptable", liar.seal(bytes(512), OTHER_KEY)
    long = liar.token(liar.body(content={"kind": "text", "text": "x" * 350}))
    yield "the unused bits of its last character are not zero", "undecryptable", _loose(long)
    yield "two tokens are glued together", "undecryptable", good + good
    yield "its version is unknown", "forged", liar.token(liar.body(), version=b"\x02")
    claimed = Identity.from_private_bytes(_identity(2), kept=True).public_key
    yield "it claims another member's key", "forged", liar.token(liar.body(key=claimed))
    yield "it was signed for another room", "forged", liar.token(liar.body(), room=OTHER_KEY)
    yield "its signature is all zeros", "forged", liar.token(liar.body(), signature=bytes(64))
    for what, numbers in (
        ("for another connection", numbers_of(2, 1)),
        ("for another place", numbers_of(1, 2)),
        ("for a connection that began elsewhere", numbers_of(1, 1, 1)),
        ("after another token", numbers_of(1, 1, 0, b"\1" * 32)),
    ):
        yield f"it was signed {what}", "forged", liar.token(liar.body(), said=numbers)
    yield "its padding is not zeros", "forged", liar.token(liar.body(), padding=b"\1")
    yield "its padding reaches beyond its bucket", "forged", liar.token(liar.body(), padded=544)
    yield "it has no padding", "forged", liar.token(liar.body(), padded=0)
    yield "its body reaches beyond its end", "forged", liar.token(liar.body(), size=2**32 - 1)
    yield "its body is no MessagePack", "forged", liar.token(b"\xc1")
    yield "its body is followed by another", "forged", liar.token(liar.body() + b"\xc0")
    for name in liar.fields:
        yield f"its {name} is missing", "forged", liar.token(liar.body(**{name: None}))
    wrong: tuple[tuple[str, dict[str, Any]], ...] = (
        ("its kind is no word", {"content": {"kind": 7, "text": "Oi"}}),
        ("its name is empty", {"name": ""}),
        ("its name is too long", {"name": "x" * 65}),
        ("its number is a text", {"counter": "1"}),
        ("its time is after the year 9998", {"at": 253_370_764_800_000}),
        ("its predecessor's digest is too long", {"after": bytes(33)}),
        ("it is a new key that does not say whether it is all", {"content": _HALF_REKEY}),
        ("it names nine heads", {"seen": [bytes(40)] * 9}),
        ("one of its heads is short", {"seen": [bytes(39)]}),
    )
    for why, changes in wrong:
        yield why, "forged", liar.token(liar.body(**changes))
    yield "it holds nothing", "forged", liar.seal(b"")


def _together() -> Iterator[dict[str, Any]]:
    """Go through tokens that come at once: a chain, and what somebody made of it."""
    plain: list[bytes] = []
    chain: list[str] = []
    before = NONE_BEFORE
    for index in (1, 2, 3):
        _about, secret, letter = next(_envelopes())
        identity = Identity.from_private_bytes(secret, kept=True)
        envelope = letter.envelope.model_copy(update={"counter": index})
        with patch("os.urandom", lambda size: b"\x0e" * size):
            sealed = _SEALER.seal(_SEALER.write(envelope, 1, index, 0, before), identity, NOW)
        before = sealed.imprint
        chain.append(sealed.token.decode("ascii"))
        plain.append(KEY.fernet.decrypt(sealed.token))
    unsigned = _Liar.seal(plain[1][:1] + bytes(64) + plain[1][65:])
    moved = _Liar.seal(plain[1][:65] + struct.pack(">II", 1, 3) + plain[1][73:])
    cases: tuple[tuple[str, list[tuple[str, str | None]], int], ...] = (
        ("a chain", [(token, None) for token in chain], 1),
        ("one of it alone", [(chain[1], None)], 1),
        ("a hole in it", [(chain[0], None), (chain[2], None)], 2),
        ("one of it twice", [(chain[index], None) for index in (0, 1, 2, 1)], 2),
        (
            "another signature on one of it",
            [(chain[0], None), (unsigned, "forged"), (chain[2], None)],
            3,
        ),
        (
            "one of it once more, altered",
            [(chain[0], None), (chain[1], None), (moved, "forged"), (chain[2], None)],
            2,
        ),
    )
    for about, tokens, checks in cases:
        opened = [{"token": token, "flaw": flaw} for token, flaw in tokens]
        yield {"about": about, "checks": checks, "tokens": opened}


def _loose(token: str) -> str:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    text = token.removesuffix("==")
    last = alphabet[alphabet.index(text[-1]) + 1]
    return text[:-1] + last + token[len(text) :]


def make() -> dict[str, Any]:
    """Return what the file holds."""
    sealed = list(_sealed())
    card = next(each["token"] for each in sealed if each["envelope"]["content"]["kind"] == "card")
    return {
        "about": "Test vectors of what a token holds, described in docs/protocol.md. Bytes are in "
        "hexadecimal; time is in seconds and at in milliseconds since the epoch.",
        "key": {
            "file": KEY_TEXT + "\n",
            "seed": KEY.signer.private_bytes_raw().hex(),
            "room": KEY.room,
            "fingerprint": words_of(public_key_of(KEY.room)),
            "nonce": NONCE,
            "card": card,
            "proof": KEY.prove(NONCE, card),
        },
        "buckets": [[size, bucket_of(size)] for size in _SIZES],
        "sealed": sealed,
        "together": list(_together()),
        "refused": [{"why": why, "flaw": flaw, "token": token} for why, flaw, token in _refused()],
    }


if __name__ == "__main__":
    PATH.write_text(json.dumps(make(), indent=2) + "\n", encoding="utf-8")
