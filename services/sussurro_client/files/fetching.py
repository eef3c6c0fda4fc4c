"""The receiver's side of a file: which parts have come, and whether they can be right. Pure."""

from dataclasses import dataclass

from sussurro_client.contents import MAX_PART, Content, Delete, File, Part
from sussurro_client.errors import ClientError
from sussurro_client.files.shape import length_of
from sussurro_client.words import _


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes of the file, and their place in it."""

    place: int
    data: bytes


class Download:
    """Takes the parts of one file from whoever offered it, in any order, each once.

    Owned by its transfer, which guards it with its lock.
    """

    __slots__ = ("_file", "_have", "_highest", "_offer", "_sender", "done", "strangers")

    def __init__(self, file: File, sender: bytes, offer: bytes) -> None:
        """``sender``: the identity key of whoever offered it; ``offer``: the digest of the offer."""
        self._file = file
        self._sender = sender
        self._offer = offer
        self._have: set[int] = set()
        self._highest = -1
        self.done = 0  # bytes
        self.strangers = 0  # parts that somebody else has put there

    @property
    def is_whole(self) -> bool:
        """Whether all parts are there."""
        return len(self._have) == self._file.parts

    @property
    def has_hole(self) -> bool:
        """Whether a part is missing that was said before one that came."""
        return self._highest >= len(self._have)

    def take(self, sender: bytes, content: Content) -> Piece | None:
        """Take what somebody said in the file's room; return what is to be written, if anything.

        Raises ClientError where the sender took the file back, or it cannot be the one
        that was offered. What others say there means nothing.
        """
        if sender != self._sender:
            self.strangers += isinstance(content, Part)
            return None
        if isinstance(content, Delete) and content.of == self._offer:
            raise ClientError(_("Whoever sent the file took it back before it was whole."))
        if not isinstance(content, Part) or content.number in self._have:
            return None
        is_one = content.number < self._file.parts
        if not is_one or len(content.data) != length_of(self._file.size, content.number):
            raise not_as_offered()
        self._have.add(content.number)
        self._highest = max(self._highest, content.number)
        self.done += len(content.data)
        return Piece(content.number * MAX_PART, content.data)


def not_as_offered() -> ClientError:
    """Return what is to be told of a file that is another one than the one offered."""
    return ClientError(_("What came is not the file that was offered; nothing was kept of it."))
