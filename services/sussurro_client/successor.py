"""The key that took another's place, kept in the state folder; key files are never changed."""

import os
from pathlib import Path

from sussurro_client.errors import ClientError
from sussurro_client.key import RoomKey, read_key
from sussurro_client.words import _

_FILE = "successor.key"


def current_key(path: Path, state: Path) -> RoomKey:
    """Return the key in ``path``, or the one that its room has moved to since.

    Raises ClientError where a file is of no use.
    """
    return all_keys(path, state)[-1]


def all_keys(path: Path, state: Path) -> list[RoomKey]:
    """Return the key in ``path`` and its successors, the one of today last; raises ClientError."""
    keys = [read_key(path)]
    while _is_there(successor := _path(state, keys[-1].room)):
        key = read_key(successor)
        if any(key.room == earlier.room for earlier in keys):
            raise ClientError(
                _("The keys kept in {path} lead in a circle; move that folder away.").format(
                    path=state
                )
            )
        keys.append(key)
    return keys


def prepare_successor(state: Path, room: str, text: str) -> Path:
    """Write the next key of ``room`` down, not yet in force; return where. Raises ClientError."""
    path = _path(state, room).with_suffix(".new")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise ClientError(
            _("The new key cannot be written to {path}: {why}.").format(
                path=path, why=error.strerror
            )
        ) from None
    return path


def keep_successor(state: Path, room: str) -> Path:
    """Put the prepared key in force: from now on ``room`` means the next one; return where it is."""
    path = _path(state, room)
    path.with_suffix(".new").replace(path)
    return path


def _path(state: Path, room: str) -> Path:
    return state / "rooms" / room / _FILE


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a folder that is closed to us holds nothing for us
        return False
