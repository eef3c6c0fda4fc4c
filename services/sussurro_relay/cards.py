"""The cards of one room's members, one after the other in one buffer.

They are most of what an idle member costs, so each takes three quarters of its
length, as the bytes that its base64 stands for, and nothing beside. Pure.
"""

import base64
import binascii

_HEAD = 2  # bytes before each card: its length, and whether it stands as it came
_AS_IT_CAME = 0x8000
_LITTLE = 64 * 1024  # what may lie waste in any case


class Cards:
    """Cards by their place. Owned by the roster."""

    __slots__ = ("_buffer", "_waste")

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._waste = 0  # bytes of cards that were dropped

    def put(self, card: str) -> int:
        """Keep a card; return its place."""
        data, flag = pack(card)
        return self._append((len(data) | flag).to_bytes(_HEAD, "big") + data)

    def get(self, place: int) -> str:
        """Return the card that stands at ``place``, just as it came."""
        data = bytes(self._buffer[place + _HEAD : self._end(place)])
        if self._head(place) & _AS_IT_CAME:
            return data.decode("ascii")
        return base64.urlsafe_b64encode(data).decode("ascii")

    def drop(self, place: int) -> None:
        """Take note that the card at ``place`` is not needed any more."""
        self._waste += self._end(place) - place

    @property
    def is_wasteful(self) -> bool:
        """Whether more lies waste than is kept, so that the rest should move together."""
        return self._waste > max(len(self._buffer) // 2, _LITTLE)

    def move_to(self, other: "Cards", place: int) -> int:
        """Copy a card into ``other``; return its place there."""
        return other._append(  # noqa: SLF001 - of the same kind
            self._buffer[place : self._end(place)]
        )

    def _append(self, data: bytes | bytearray) -> int:
        place = len(self._buffer)
        self._buffer += data
        return place

    def _head(self, place: int) -> int:
        return int.from_bytes(self._buffer[place : place + _HEAD], "big")

    def _end(self, place: int) -> int:
        return place + _HEAD + (self._head(place) & ~_AS_IT_CAME)


def pack(card: str) -> tuple[bytes, int]:
    """Return a card's bytes, and a flag where its base64 is not the one way to write them."""
    try:
        data = base64.b64decode(card, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        data = b""
    if base64.urlsafe_b64encode(data).decode("ascii") == card:
        return data, 0
    return card.encode("ascii"), _AS_IT_CAME
