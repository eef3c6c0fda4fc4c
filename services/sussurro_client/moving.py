"""The new keys that others have offered for the room, and which of them ``/move`` takes. Pure."""

from sussurro_client.errors import ClientError
from sussurro_client.events import Moved, Person
from sussurro_client.vouching import fits
from sussurro_client.words import _
from sussurro_wire.errors import WireError
from sussurro_wire.room import public_key_of

_MAX_OFFERS = 100


class Offers:
    """What was offered in one session. Owned by the thread that hears its events."""

    __slots__ = ("_offers",)

    def __init__(self) -> None:
        self._offers: dict[tuple[Person, str], Moved] = {}

    def hear(self, moved: Moved) -> bool:
        """Take note of an offer, and return whether it is news."""
        if moved.share is None:
            return True
        place = moved.who, moved.room
        is_news = self._offers.pop(place, None) is None
        self._offers[place] = moved  # the last one offered stands last
        if len(self._offers) > _MAX_OFFERS:
            del self._offers[next(iter(self._offers))]
        return is_news

    def choose(self, words: str) -> Moved:
        """Return the last offer of a room whose fingerprint begins with ``words``.

        Raises ClientError where there is none.
        """
        if not self._offers:
            raise ClientError(_("No new key was offered to you."))
        for moved in reversed(self._offers.values()):
            if _leads_to(moved.room, words):
                return moved
        raise ClientError(
            _("No new key with these words was offered to you; you stay where you are.")
        )


def _leads_to(room: str, words: str) -> bool:
    try:
        return fits(words, public_key_of(room))
    except WireError:
        return False  # whoever offered this has offered nothing
