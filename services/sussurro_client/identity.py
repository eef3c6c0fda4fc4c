"""Who I am: an Ed25519 key of my own, kept beside my settings."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sussurro_client.errors import ClientError
from sussurro_client.words import _
from sussurro_client.wrapping import Opener

_FILE = "identity"
_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Identity:
    """A signing key, and one to open what is wrapped for us alone, both of one secret.

    ``kept`` is false when it lives only as long as the process.
    """

    signer: Ed25519PrivateKey = field(repr=False)
    opener: Opener = field(repr=False)
    public_key: bytes
    kept: bool

    @classmethod
    def from_private_bytes(cls, secret: bytes, *, kept: bool) -> "Identity":
        """Return the identity of a 32-byte private key."""
        signer = Ed25519PrivateKey.from_private_bytes(secret)
        return cls(signer, Opener(secret), signer.public_key().public_bytes_raw(), kept)

    @property
    def wrap_key(self) -> bytes:
        """The public key that a secret for us alone is wrapped with."""
        return self.opener.wrap_key

    @classmethod
    def new(cls) -> "Identity":
        """Return a fresh identity that is written nowhere."""
        return cls.from_private_bytes(os.urandom(_KEY_BYTES), kept=False)


def load_identity(folder: Path) -> Identity:
    """Return the identity kept in ``folder``, made now if there is none.

    Where nothing can be written (a container without a volume) the identity is
    new and not kept. Raises ClientError when a file is there and is damaged.
    """
    path = folder / _FILE
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        secret = os.urandom(_KEY_BYTES)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secret)
        return Identity.from_private_bytes(secret, kept=True)
    except FileExistsError:
        pass
    except OSError:
        return Identity.new()
    try:
        secret = path.read_bytes()
    except OSError:
        secret = b""
    if len(secret) != _KEY_BYTES:
        raise ClientError(
            _(
                "The identity file {path} is damaged or unreadable; move it away and a new one is made."
            ).format(path=path)
        )
    return Identity.from_private_bytes(secret, kept=True)
