"""Secrets wrapped for one member alone.

HPKE (RFC 9180) as `cryptography` has it, base mode, with HKDF-SHA256 and
ChaCha20-Poly1305. The key encapsulation is the hybrid of ML-KEM-768 and X25519
where both sides have it, and X25519 alone elsewhere. Who wrapped something is
said by the signature around it, not in here.
"""

from typing import Protocol

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

try:
    from cryptography.hazmat.primitives.asymmetric.mlkem import (
        MLKEM768PrivateKey,
        MLKEM768PublicKey,
    )
    from cryptography.hazmat.primitives.hpke import (
        MLKEM768X25519PrivateKey,
        MLKEM768X25519PublicKey,
    )

    MLKEM768PrivateKey.from_seed_bytes(bytes(64))
    HAS_HYBRID = True
except (ImportError, UnsupportedAlgorithm):  # an older OpenSSL
    HAS_HYBRID = False

_INFO = b"sussurro 1 wrap\n"
_SEED_INFO = b"sussurro 1 wrap key"
_X25519_PUBLIC = 32
_PLAIN, _HYBRID = b"\x01", b"\x02"  # how a wrapped secret begins


class WrapError(Exception):
    """Something that cannot be wrapped or opened: another's, altered, or no key at all."""


class _Opens(Protocol):
    def __call__(self, sealed: bytes, info: bytes) -> bytes: ...


class Opener:
    """Opens what is wrapped for the owner of an identity. Stateless; safe in any thread."""

    __slots__ = ("_openers", "wrap_key")

    def __init__(self, secret: bytes) -> None:
        """Derive the keys from the identity's ``secret``, by HKDF-SHA256 with a label of its own."""
        seed = HKDF(hashes.SHA256(), length=96, salt=None, info=_SEED_INFO).derive(secret)
        curve = X25519PrivateKey.from_private_bytes(seed[64:])
        self.wrap_key = curve.public_key().public_bytes_raw()
        plain = _plain_suite()
        self._openers: dict[bytes, _Opens] = {
            _PLAIN: lambda sealed, info: plain.decrypt(sealed, curve, info)
        }
        if HAS_HYBRID:
            lattice = MLKEM768PrivateKey.from_seed_bytes(seed[:64])
            both = MLKEM768X25519PrivateKey(lattice, curve)
            suite = _hybrid_suite()
            self.wrap_key = lattice.public_key().public_bytes_raw() + self.wrap_key
            self._openers[_HYBRID] = lambda sealed, info: suite.decrypt(sealed, both, info)

    def open(self, wrapped: bytes, context: bytes) -> bytes:
        """Return what was wrapped for us in ``context``; raises WrapError for anything else."""
        opener = self._openers.get(wrapped[:1])
        if opener is None:
            raise WrapError("wrapped in a way that is not known here")
        try:
            return opener(wrapped[1:], _INFO + context)
        except (InvalidTag, ValueError):
            raise WrapError("not wrapped for this key in this context") from None


def wrap(secret: bytes, wrap_key: bytes, context: bytes) -> bytes:
    """Return ``secret`` wrapped for the owner of ``wrap_key``, who opens it in ``context`` only.

    Raises WrapError when that is not a key.
    """
    info = _INFO + context
    try:
        curve = X25519PublicKey.from_public_bytes(wrap_key[-_X25519_PUBLIC:])
        if len(wrap_key) == _X25519_PUBLIC or not HAS_HYBRID:
            return _PLAIN + _plain_suite().encrypt(secret, curve, info)
        lattice = MLKEM768PublicKey.from_public_bytes(wrap_key[:-_X25519_PUBLIC])
        both = MLKEM768X25519PublicKey(lattice, curve)
        return _HYBRID + _hybrid_suite().encrypt(secret, both, info)
    except ValueError:
        raise WrapError("not a key to wrap with") from None


def _plain_suite() -> Suite:
    return Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


def _hybrid_suite() -> Suite:
    return Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
