"""What a token holds, sealed and opened.

Inside ``Fernet(key.key)`` stand: one byte of version, the sender's Ed25519
signature (64), the number of its connection and the token's place on it (4 each,
big-endian), the chunk from which on that connection's tokens stand (8), the imprint
of the token before it (32), the length of the body (4), the body (MessagePack), and
zeros up to a size bucket. The signature covers a context, the room and all from the
numbers to the end of the body, so an envelope is good in one room only; an imprint
is the hash of a signature with what it covers. docs/protocol.md has the details.
"""

import hashlib
import struct
from dataclasses import dataclass

import msgpack
from cryptography.exceptions import InvalidSignature
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import TypeAdapter, ValidationError

from sussurro_client.contents import fields_of
from sussurro_client.errors import EnvelopeError, Flaw
from sussurro_client.identity import Identity
from sussurro_client.key import RoomKey
from sussurro_client.letter import NONE_BEFORE, Envelope, Letter
from sussurro_wire.room import public_key_of

_VERSION = b"\x01"
_CONTEXT = b"sussurro 1 envelope\n"
_DIGEST_CONTEXT = b"sussurro 1 message\n"
_IMPRINT_CONTEXT = b"sussurro 1 token\n"
_SIGNATURE_BYTES = 64
_SIGNATURE_END = 1 + _SIGNATURE_BYTES
_NUMBERS = struct.Struct(">IIQ32sI")  # link, index, begun, before, length of the body
_BODY_START = _SIGNATURE_END + _NUMBERS.size
# An ordinary message, whatever it commits to, is as long as the next one.
_SMALLEST_BUCKET = 512

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
# What may stand at the end, and before it: letters whose last two or four bits are zero, for
# these are of no byte.
_LAST_LETTERS = {b"": _ALPHABET, b"=": _ALPHABET[::4], b"==": _ALPHABET[::16]}

_ENVELOPE = TypeAdapter(Envelope)


def bucket_of(size: int) -> int:
    """Return the padded size for ``size`` bytes: at most 12 % more, and 512 at least.

    PADMÉ (Nikitin et al., "Reducing Metadata Leakage from Encrypted Files and
    Communication with PURBs", 2019): the size's lowest bits are rounded up.
    """
    if size <= _SMALLEST_BUCKET:
        return _SMALLEST_BUCKET
    exponent = size.bit_length() - 1
    low_bits = exponent - exponent.bit_length()
    mask = (1 << low_bits) - 1
    return (size + mask) & ~mask


def is_canonical(token: bytes) -> bool:
    """Return whether ``token`` is how URL-safe base64 spells what it decodes to, and no other way.

    The same as to decode it and encode it again, in less than a tenth of the time.
    """
    padding = token.translate(None, _ALPHABET)
    last_letters = _LAST_LETTERS.get(padding)
    return (
        last_letters is not None
        and len(token) % 4 == 0
        and token.endswith(padding)
        and (not padding or token[-len(padding) - 1] in last_letters)
    )


@dataclass(frozen=True, slots=True)
class Sealed:
    """A token, and its imprint, which the next token of its connection names."""

    token: bytes
    imprint: bytes


@dataclass(frozen=True, slots=True)
class Unproven:
    """What a token says that opened, before anything shows whose word it is.

    ``proof`` is a signature, which should be that of whom the letter names, and
    what it should be of.
    """

    letter: Letter
    imprint: bytes
    proof: bytes


class Sealer:
    """Seals and opens the envelopes of one room. Stateless; safe in any thread."""

    def __init__(self, key: RoomKey) -> None:
        self._fernet: Fernet = key.fernet
        room = public_key_of(key.room)
        self._signed_context = _CONTEXT + room
        self._digest_context = _DIGEST_CONTEXT + room
        self._imprint_context = _IMPRINT_CONTEXT + room

    def write(
        self,
        envelope: Envelope,
        link: int,
        index: int,
        begun: int = 0,
        before: bytes = NONE_BEFORE,
    ) -> Letter:
        """Return ``envelope`` as token ``index`` of our connection ``link``.

        ``before`` is the imprint of the token before it there.
        """
        return Letter(envelope, link, index, begun, self._digest(_pack(envelope)), before)

    def seal(self, letter: Letter, identity: Identity, now: int) -> Sealed:
        """Return the token of ``letter``, signed by ``identity``.

        ``now`` (seconds since the epoch) becomes the token's own clear time.
        """
        body = _pack(letter.envelope)
        numbers = letter.link, letter.index, letter.begun, letter.before, len(body)
        signed = _NUMBERS.pack(*numbers) + body
        proof = identity.signer.sign(self._signed_context + signed) + signed
        plain = _VERSION + proof
        token = self._fernet.encrypt_at_time(plain.ljust(bucket_of(len(plain)), b"\0"), now)
        return Sealed(token, self._imprint(proof))

    def open(self, token: bytes) -> Letter:
        """Return what ``token`` holds, proven by its own signature.

        Raises EnvelopeError: undecryptable when it was not made with this
        room's key in exactly these bytes, forged when a holder of the key made
        it without the right signature or shape.
        """
        unproven = self.unlock(token)
        if not self.is_signed(unproven):
            raise EnvelopeError(Flaw.FORGED)
        return unproven.letter

    def unlock(self, token: bytes) -> Unproven:
        """Return what ``token`` says. Nothing of it is anybody's word before it is proven.

        Raises EnvelopeError as `open` does, but for the signature.
        """
        return self.take_apart(self.decrypt(token))

    def decrypt(self, token: bytes) -> bytes:
        """Return what is in ``token``; raises EnvelopeError (undecryptable)."""
        try:
            plain = self._fernet.decrypt(token) if is_canonical(token) else None
        except (InvalidToken, ValueError, TypeError):
            plain = None
        if plain is None:
            raise EnvelopeError(Flaw.UNDECRYPTABLE)
        return plain

    def take_apart(self, plain: bytes) -> Unproven:
        """Return what the inside of a token says; raises EnvelopeError (forged)."""
        try:
            link, index, begun, before, size = _NUMBERS.unpack_from(plain, _SIGNATURE_END)
            end = _BODY_START + size
            if plain[:1] != _VERSION or plain[end:].strip(b"\0") or len(plain) != bucket_of(end):
                raise EnvelopeError(Flaw.FORGED)
            body = plain[_BODY_START:end]
            envelope = _ENVELOPE.validate_python(msgpack.unpackb(body))
        except (ValidationError, ValueError, msgpack.UnpackException, struct.error):
            raise EnvelopeError(Flaw.FORGED) from None
        letter = Letter(envelope, link, index, begun, self._digest(body), before)
        proof = plain[1:end]
        return Unproven(letter, self._imprint(proof), proof)

    def is_signed(self, unproven: Unproven) -> bool:
        """Return whether the signature is good, which makes all that is signed its signer's word."""
        try:
            signer = Ed25519PublicKey.from_public_bytes(unproven.letter.envelope.key)
            signature, signed = unproven.proof[:_SIGNATURE_BYTES], unproven.proof[_SIGNATURE_BYTES:]
            signer.verify(signature, self._signed_context + signed)
        except (InvalidSignature, ValueError):
            return False
        return True

    def _digest(self, body: bytes) -> bytes:
        return hashlib.sha256(self._digest_context + body).digest()

    def _imprint(self, proof: bytes) -> bytes:
        return hashlib.sha256(self._imprint_context + proof).digest()


def _pack(envelope: Envelope) -> bytes:
    fields = envelope.model_dump() | {"content": fields_of(envelope.content)}
    body: bytes = msgpack.packb(fields, use_bin_type=True)
    return body
