"""A file of one's own, read to be offered and sent."""

import hashlib
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from sussurro_client.contents import MAX_PART, File
from sussurro_client.errors import ClientError
from sussurro_client.files.preview import preview_of
from sussurro_client.files.safe_file_name import safe_file_name
from sussurro_client.files.shape import MEBIBYTE, length_of, parts_of, refuse_larger
from sussurro_client.paths import from_home
from sussurro_client.words import _

_KEY_BYTES = 32
_READ_BYTES = MEBIBYTE


@dataclass(frozen=True, slots=True)
class Offer:
    """An open file, and what is said of it. Close it, or use it as a context."""

    file: File
    path: Path
    _descriptor: int = field(repr=False)

    def read(self, number: int) -> bytes:
        """Return part ``number``; raises ClientError where the file is not what it was."""
        wanted = length_of(self.file.size, number)
        data = _read(self._descriptor, wanted, number * MAX_PART, self.path)
        if len(data) != wanted:
            raise changed(self.path)
        return data

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def open_offer(path_text: str, limit_mib: int) -> Offer:
    """Read a file and return its offer; raises ClientError with what is wrong with it.

    Links are followed, and only what is a file in the end is read.
    """
    path = _path_of(path_text)
    descriptor = _open(path)
    try:
        size = os.fstat(descriptor).st_size
        refuse_larger(size, limit_mib)
        digest = _digest(descriptor, size, path)
        with os.fdopen(os.dup(descriptor), "rb") as file:
            file.seek(0)
            preview = preview_of(file)
        offered = File(
            name=safe_file_name(path.name),
            size=size,
            sha256=digest,
            parts=parts_of(size),
            key=os.urandom(_KEY_BYTES),
            preview=preview,
        )
    except BaseException:
        os.close(descriptor)
        raise
    return Offer(offered, path, descriptor)


def changed(path: Path) -> ClientError:
    """Return what is to be told of a file that became another while it was sent."""
    return ClientError(_("{path} was changed while it was sent; send it again.").format(path=path))


def _path_of(text: str) -> Path:
    if not text:
        raise ClientError(_("Say which file, as in: /send photo.png"))
    return from_home(text)


def _open(path: Path) -> int:
    try:
        # Some devices do something when they are opened, and a pipe waits for its other end.
        if not stat.S_ISREG(path.stat().st_mode):
            raise _no_file(path)
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        raise ClientError(_("There is no file {path}.").format(path=path)) from None
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise _no_file(path)
    return descriptor


def _digest(descriptor: int, size: int, path: Path) -> bytes:
    """Return the hash of ``size`` bytes, which are all there are."""
    digest = hashlib.sha256()
    place = 0
    while data := _read(descriptor, min(_READ_BYTES, size + 1 - place), place, path):
        digest.update(data)
        place += len(data)
    if place != size:
        raise changed(path)
    return digest.digest()


def _read(descriptor: int, size: int, place: int, path: Path) -> bytes:
    """Return ``size`` bytes from ``place`` on, or fewer at the end."""
    pieces: list[bytes] = []
    try:
        while size and (piece := os.pread(descriptor, size, place)):
            pieces.append(piece)
            size -= len(piece)
            place += len(piece)
    except OSError as error:
        raise _unreadable(path, error) from None
    return b"".join(pieces)


def _no_file(path: Path) -> ClientError:
    return ClientError(_("{path} is not a file, and only files can be sent.").format(path=path))


def _unreadable(path: Path, error: OSError | ValueError) -> ClientError:
    why = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return ClientError(_("{path} cannot be read: {why}.").format(path=path, why=why))
