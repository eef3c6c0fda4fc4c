"""A room's public name, and the exact bytes that prove the right to enter it.

The room is an Ed25519 public key; the proof is a signature by its private half,
which only a holder of ``key.key`` can derive. This module makes the bytes; who
signs and who verifies is the client's and the relay's business.
"""

import base64
import binascii

from sussurro_wire.errors import Reason, WireError

_CONTEXT = b"sussurro 1 join\n"
_ROOM_BYTES = 32
_PROOF_BYTES = 64


def encode_bytes(data: bytes) -> str:
    """Return ``data`` as URL-safe base64 without padding (RFC 4648, section 5)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decode_bytes(text: str, size: int) -> bytes:
    """Return the ``size`` bytes that ``text`` is the one canonical encoding of.

    Raises WireError (malformed) for anything else.
    """
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        data = b""
    if len(data) != size or encode_bytes(data) != text:
        raise WireError(Reason.MALFORMED, f"not the base64 of {size} bytes")
    return data


def public_key_of(room: str) -> bytes:
    """Return the 32 bytes of the Ed25519 public key that ``room`` names."""
    return decode_bytes(room, _ROOM_BYTES)


def signature_of(proof: str) -> bytes:
    """Return the 64 bytes of the Ed25519 signature that ``proof`` holds."""
    return decode_bytes(proof, _PROOF_BYTES)


def proof_bytes(nonce: str, room: str, card: str) -> bytes:
    """Return what a proof signs.

    The nonce makes it good for one connection only, the card cannot be swapped
    under it, and the context keeps the signature useless for anything else.
    """
    return _CONTEXT + f"{nonce}\n{room}\n{card}".encode("ascii")
