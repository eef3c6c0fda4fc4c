"""Where a file is saved: beside its place until it is whole and right, then in it."""

import errno
import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from sussurro_client.display import safe_text
from sussurro_client.errors import ClientError
from sussurro_client.files.safe_file_name import numbered_names, safe_file_name
from sussurro_client.files.shape import MEBIBYTE
from sussurro_client.paths import from_home, is_possible
from sussurro_client.words import _

_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_NOT_ALLOWED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_NO_FOLDER = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ESTALE})


@dataclass(frozen=True, slots=True)
class Place:
    """A folder that is there, and how the file should be called in it."""

    folder: Path
    name: str


def place_of(path_text: str, downloads: Path, offered_name: str) -> Place:
    """Return where a file goes for what the receiver wrote: a folder, a file, or nothing.

    A stranger's name counts only where the receiver named none, and never leads
    out of the folder. Raises ClientError where there is no such folder.
    """
    name = safe_file_name(offered_name)
    if not is_possible(name):  # in the letters of this system
        name = safe_file_name(name.encode("ascii", "replace").decode())
    if not is_possible(path_text):
        raise _no_folder(Path(safe_text(path_text)))
    try:
        if not path_text:
            downloads = from_home(downloads)
            downloads.mkdir(parents=True, exist_ok=True)
            return Place(downloads, name)
        path = from_home(path_text)
        if path.is_dir():
            return Place(path, name)
        if not path_text.endswith(os.sep) and path.parent.is_dir():
            return Place(path.parent, path.name)
        folder = path if path_text.endswith(os.sep) else path.parent
        raise _no_folder(folder)
    except OSError as error:
        raise _unwritable(Path(path_text or downloads), error) from None


@dataclass(slots=True)
class Destination:
    """A temporary file, ``.name.part``, for us alone. Its methods raise ClientError."""

    _place: Place
    _partial: Path
    _descriptor: int = field(repr=False)

    @classmethod
    def open(cls, place: Place) -> "Destination":
        """Begin a file; nothing that is there is touched."""
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        for name in numbered_names(place.name):
            partial = place.folder / f".{name}.part"
            try:
                if not os.path.lexists(place.folder / name):
                    return cls(place, partial, os.open(partial, flags, 0o600))
            except FileExistsError:
                continue
            except OSError as error:
                raise _unwritable(place.folder, error) from None
        raise _no_name(place)

    def write(self, place: int, data: bytes) -> None:
        """Write bytes at their place."""
        try:
            while data:
                written = os.pwrite(self._descriptor, data, place)
                data, place = data[written:], place + written
        except OSError as error:
            raise _unwritable(self._place.folder, error) from None

    def digest(self) -> tuple[int, bytes]:
        """Return the size of what was written, and its SHA-256."""
        digest = hashlib.sha256()
        place = 0
        try:
            while data := os.pread(self._descriptor, MEBIBYTE, place):
                digest.update(data)
                place += len(data)
        except OSError as error:
            raise _unwritable(self._place.folder, error) from None
        return place, digest.digest()

    def keep(self) -> Path:
        """Give the file its name, or one with a number where that is taken; return its path."""
        try:
            os.fsync(self._descriptor)
            for name in numbered_names(self._place.name):
                path = self._place.folder / name
                try:
                    self._rename(path)
                except FileExistsError:
                    continue
                self._close()
                return path
        except OSError as error:
            raise _unwritable(self._place.folder, error) from None
        raise _no_name(self._place)

    def discard(self) -> None:
        """Remove what was written, if it was not kept."""
        if self._close():
            with suppress(OSError):  # the folder has gone
                self._partial.unlink()

    def _rename(self, path: Path) -> None:
        """Move the file to a path at which nothing is; raises FileExistsError where something is."""
        try:
            os.link(self._partial, path, follow_symlinks=False)
        except OSError as error:
            if isinstance(error, FileExistsError) or error.errno in _NO_FOLDER | _NO_SPACE:
                raise
            # A file system without links. What stands at the path is ours once we made it.
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            self._partial.replace(path)
        else:
            self._partial.unlink()

    def _close(self) -> bool:
        """Close the file; return whether it was open."""
        if self._descriptor < 0:
            return False
        os.close(self._descriptor)
        self._descriptor = -1
        return True


def _no_folder(folder: Path) -> ClientError:
    return ClientError(
        _("There is no folder {folder}; make it, or name another one: /save FOLDER").format(
            folder=folder
        )
    )


def _no_name(place: Place) -> ClientError:
    return ClientError(
        _("There are too many files called {name} in {folder}; choose another place.").format(
            name=place.name, folder=place.folder
        )
    )


def _unwritable(folder: Path, error: OSError) -> ClientError:
    if error.errno in _NO_FOLDER:
        return _no_folder(folder)
    if error.errno in _NO_SPACE:
        told = _("There is no space left in {folder}; make some, or name another folder.")
    elif error.errno in _NOT_ALLOWED:
        told = _("You may not write in {folder}; name another folder: /save FOLDER")
    else:
        told = _("Nothing can be written in {folder}: {why}.")
    return ClientError(told.format(folder=folder, why=error.strerror or ""))
