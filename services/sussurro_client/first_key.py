"""The first key: made, pasted or read from a picture, where there is none yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sussurro_client.key import RoomKey, create_key, write_key
from sussurro_client.naming import room_words
from sussurro_client.paths import from_home
from sussurro_client.words import _


@dataclass(frozen=True, slots=True)
class FirstKey:
    """Where a key goes. Its methods return the id of the key's room.

    They raise ClientError, with nothing written, and never overwrite anything.
    """

    path: Path

    def make(self) -> str:
        """Make a new room's key."""
        return create_key(self.path).room

    def take(self, text: str) -> str:
        """Take the key that a text is."""
        return self._keep(RoomKey.from_text(text))

    def scan(self, picture: str) -> str:
        """Take the key in a picture of its QR code; may take a second."""
        # What looks at pictures is loaded only for them.
        from sussurro_client.key_picture import key_in_picture  # noqa: PLC0415

        return self._keep(key_in_picture(from_home(picture.strip())))

    def _keep(self, key: RoomKey) -> str:
        write_key(self.path, key)
        return key.room


def is_missing(path: Path) -> bool:
    """Return whether there is nothing at all where a key should be."""
    try:
        path.lstat()
    except FileNotFoundError:
        return True
    except OSError:  # whoever reads it will say why
        return False
    return False


def welcome(path: Path) -> tuple[str, ...]:
    """Return what somebody without a key is to know, in finished sentences."""
    return (
        _("There is no key at {path} yet.").format(path=path),
        _("A room is opened by its key: everybody in it has the same one, and nobody else."),
    )


def about_new_key(path: Path, room: str) -> tuple[str, ...]:
    """Return what to tell one's friends about a key just made."""
    return (
        _("The new key is in {path}.").format(path=path),
        _("Its fingerprint: {words}").format(words=room_words(room)),
        _("Give the key to your friends by a safe way, and to nobody else."),
        _("'sussurro invite' shows it as a QR code, which they can photograph."),
        _("Then compare the five words: they must see the same."),
    )


def about_given_key(path: Path, room: str) -> tuple[str, ...]:
    """Return what to do about a key that one was given."""
    return (
        _("The key is kept in {path}, which only you can read.").format(path=path),
        _("Its fingerprint: {words}").format(words=room_words(room)),
        _("Compare the five words with whoever gave it to you: they must see the same."),
    )


def paragraphs(sentences: Sequence[str]) -> str:
    """Return sentences as a page shows them."""
    return "\n\n".join(sentences)
