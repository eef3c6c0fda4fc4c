"""``key.key``, and what is derived from it.

The file is a Fernet key. Who holds it can find, enter, read and write the room.
"""

import base64
import binascii
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from sussurro_client.errors import KeyFileError
from sussurro_client.words import _
from sussurro_wire.room import encode_bytes, proof_bytes

_KEY_BYTES = 32
_KEY_FILE_LIMIT = 1024
_ROOM_INFO = b"sussurro 1 room"


@dataclass(frozen=True, slots=True)
class RoomKey:
    """The key of a room; ``repr`` shows nothing of it. ``text`` is what the file holds."""

    fernet: Fernet = field(repr=False)
    signer: Ed25519PrivateKey = field(repr=False)
    room: str
    text: str = field(repr=False)

    @classmethod
    def from_text(cls, text: str) -> "RoomKey":
        """Return the key that ``text`` is; raises KeyFileError for anything else."""
        try:
            secret = base64.b64decode(text.strip(), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            secret = b""
        if len(secret) != _KEY_BYTES:
            raise KeyFileError(
                _(
                    "This is not a Sussurro key: it must be 44 characters as 'sussurro keygen' makes them."
                )
            )
        seed = HKDF(hashes.SHA256(), length=32, salt=None, info=_ROOM_INFO).derive(secret)
        signer = Ed25519PrivateKey.from_private_bytes(seed)
        room = encode_bytes(signer.public_key().public_bytes_raw())
        text = base64.urlsafe_b64encode(secret).decode("ascii")
        return cls(Fernet(text), signer, room, text)

    @classmethod
    def from_secret(cls, secret: bytes) -> "RoomKey":
        """Return the key that 32 bytes are, as they stand in the offer of a file."""
        return cls.from_text(base64.urlsafe_b64encode(secret).decode("ascii"))

    def prove(self, nonce: str, card: str) -> str:
        """Return the proof that answers ``nonce`` for a member with ``card``."""
        return encode_bytes(self.signer.sign(proof_bytes(nonce, self.room, card)))


def read_key(path: Path) -> RoomKey:
    """Return the key in the file; raises KeyFileError with what to do about it."""
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            if status.st_mode & stat.S_IROTH:
                raise KeyFileError(
                    _("Everybody on this machine can read {path}; run: chmod 600 {path}").format(
                        path=path
                    )
                )
            data = file.read(_KEY_FILE_LIMIT)
    except FileNotFoundError:
        raise KeyFileError(
            _(
                "There is no key at {path}; make one with 'sussurro keygen {path}' or copy your group's."
            ).format(path=path)
        ) from None
    except OSError as error:
        raise KeyFileError(
            _("The key at {path} cannot be read: {why}.").format(path=path, why=error.strerror)
        ) from None
    try:
        return RoomKey.from_text(data.decode("ascii", "replace"))
    except KeyFileError as error:
        raise KeyFileError(f"{path}: {error}") from None


def create_key(path: Path) -> RoomKey:
    """Write a new key with mode 0600; raises KeyFileError rather than overwrite anything."""
    key = RoomKey.from_text(Fernet.generate_key().decode("ascii"))
    write_key(path, key)
    return key


def write_key(path: Path, key: RoomKey) -> None:
    """Write a key down with mode 0600; raises KeyFileError rather than overwrite anything."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(key.text + "\n")
    except FileExistsError:
        raise KeyFileError(
            _("{path} exists already and is never overwritten; choose another name.").format(
                path=path
            )
        ) from None
    except OSError as error:
        raise KeyFileError(
            _("The key cannot be written to {path}: {why}.").format(path=path, why=error.strerror)
        ) from None
