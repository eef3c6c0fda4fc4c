"""What a token holds, sealed and opened.

Inside ``Fernet(key.key)`` stand: one byte of version, the sender's Ed25519
signature (64), the length of the body (4, big-endian), the body (MessagePack),
and zeros up to a size bucket. The signature covers a context, the room and the
body, so an envelope is good in one room only. docs/protocol.md has the details.
"""

import base64
import binascii
from typing import Annotated, Literal

import msgpack
from cryptography.exceptions import InvalidSignature
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from sussurro_client.errors import EnvelopeError, Flaw
from sussurro_client.identity import Identity
from sussurro_client.key import RoomKey
from sussurro_wire.limits import MAX_TEXT
from sussurro_wire.room import public_key_of

_VERSION = b"\x01"
_CONTEXT = b"sussurro 1 envelope\n"
_SIGNATURE_END = 1 + 64
_BODY_START = _SIGNATURE_END + 4
_SMALLEST_BUCKET = 256
MAX_NAME = 64
# Milliseconds up to the year 9999, the last that a date can show in every time zone.
_END_OF_DATES = 253_370_764_800_000


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True)


class Text(_Part):
    """What somebody said."""

    kind: Literal["text"] = "text"
    text: Annotated[str, Field(max_length=MAX_TEXT)]


class Card(_Part):
    """Who somebody is; the name and the key stand in the envelope."""

    kind: Literal["card"] = "card"


Content = Annotated[Text | Card, Field(discriminator="kind")]


class Envelope(_Part):
    """A signed statement of one member.

    ``run`` is new each time a client starts, ``counter`` counts its messages
    from 1, ``attempt`` how often this one was sent. ``at`` is in milliseconds
    since the epoch, by the sender's clock.
    """

    name: Annotated[str, Field(min_length=1, max_length=MAX_NAME)]
    key: Annotated[bytes, Field(min_length=32, max_length=32)]
    run: Annotated[bytes, Field(min_length=8, max_length=8)]
    counter: Annotated[int, Field(ge=0, lt=2**63)]
    attempt: Annotated[int, Field(ge=1, lt=2**31)]
    at: Annotated[int, Field(ge=0, lt=_END_OF_DATES)]
    content: Content

    @property
    def id(self) -> str:
        """The message's own name: the same whenever and however often it is sent."""
        return f"{self.run.hex()}-{self.counter}"


_ENVELOPE = TypeAdapter(Envelope)


def bucket_of(size: int) -> int:
    """Return the padded size for ``size`` bytes: at most 12 % more, and 256 at least.

    PADMÉ (Nikitin et al., "Reducing Metadata Leakage from Encrypted Files and
    Communication with PURBs", 2019): the size's lowest bits are rounded up.
    """
    size = max(size, _SMALLEST_BUCKET)
    exponent = size.bit_length() - 1
    low_bits = exponent - exponent.bit_length()
    mask = (1 << low_bits) - 1
    return (size + mask) & ~mask


class Sealer:
    """Seals and opens the envelopes of one room. Stateless; safe in any thread."""

    def __init__(self, key: RoomKey) -> None:
        self._fernet: Fernet = key.fernet
        self._signed_context = _CONTEXT + public_key_of(key.room)

    def seal(self, envelope: Envelope, identity: Identity, now: int) -> bytes:
        """Return the token of ``envelope``, signed by ``identity``.

        ``now`` (seconds since the epoch) becomes the token's own clear time.
        """
        body: bytes = msgpack.packb(envelope.model_dump(), use_bin_type=True)
        signature = identity.signer.sign(self._signed_context + body)
        plain = b"".join((_VERSION, signature, len(body).to_bytes(4, "big"), body))
        return self._fernet.encrypt_at_time(plain.ljust(bucket_of(len(plain)), b"\0"), now)

    def open(self, token: bytes) -> Envelope:
        """Return what ``token`` holds.

        Raises EnvelopeError: undecryptable when it was not made with this
        room's key in exactly these bytes, forged when a holder of the key made
        it without the right signature or shape.
        """
        try:
            if base64.urlsafe_b64encode(base64.urlsafe_b64decode(token)) != token:
                raise EnvelopeError(Flaw.UNDECRYPTABLE)
            plain = self._fernet.decrypt(token)
        except (InvalidToken, binascii.Error, ValueError, TypeError):
            raise EnvelopeError(Flaw.UNDECRYPTABLE) from None
        return self._verify(plain)

    def _verify(self, plain: bytes) -> Envelope:
        end = _BODY_START + int.from_bytes(plain[_SIGNATURE_END:_BODY_START], "big")
        body = plain[_BODY_START:end]
        try:
            if plain[:1] != _VERSION or plain[end:].strip(b"\0") or len(plain) != bucket_of(end):
                raise EnvelopeError(Flaw.FORGED)
            envelope = _ENVELOPE.validate_python(msgpack.unpackb(body))
            signer = Ed25519PublicKey.from_public_bytes(envelope.key)
            signer.verify(plain[1:_SIGNATURE_END], self._signed_context + body)
        except (ValidationError, InvalidSignature, ValueError, msgpack.UnpackException):
            raise EnvelopeError(Flaw.FORGED) from None
        return envelope
