"""Who said what, so that nobody changes the words of another. Pure."""

from collections import OrderedDict

_MAX_MESSAGES = 10_000


class Authorship:
    """The authors of the latest messages, by digest. Owned by the conversation."""

    __slots__ = ("_authors",)

    def __init__(self) -> None:
        self._authors: OrderedDict[bytes, bytes] = OrderedDict()

    def note(self, digest: bytes, key: bytes) -> None:
        """Take note of a message and of its author's identity key."""
        self._authors[digest] = key
        if len(self._authors) > _MAX_MESSAGES:
            self._authors.popitem(last=False)

    def is_anothers(self, digest: bytes, key: bytes) -> bool:
        """Return whether a message is known to be of another author than ``key``."""
        return self._authors.get(digest, key) != key
