"""What a room tells those who look after the other relays of a cluster, where there are any."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from sussurro_relay.room import Room


class Neighbours(Protocol):
    """Hears of this relay's own members. Called by any thread, with no lock held."""

    def opened(self, room: "Room") -> None:
        """Take note of a room that somebody is about to enter."""

    def gather(self, room: "Room", done: Callable[[], None]) -> None:
        """Call ``done``, in any thread, once the room has its members of other relays.

        That takes a moment at most, whether or not all of them have answered.
        """

    def entered(self, room: "Room", session: str, card: str) -> None:
        """Take note of a member who came here."""

    def left(self, room: "Room", session: str, reason: str) -> None:
        """Take note of a member who was here."""

    def closed(self, room: "Room") -> None:
        """Take note of a room that nobody here is in any more."""


class NoNeighbours:
    """A relay that stands alone."""

    def opened(self, room: "Room") -> None:
        """Tell nobody."""

    def gather(self, room: "Room", done: Callable[[], None]) -> None:  # noqa: ARG002 - the protocol's
        """Call ``done``: there are no others."""
        done()

    def entered(self, room: "Room", session: str, card: str) -> None:
        """Tell nobody."""

    def left(self, room: "Room", session: str, reason: str) -> None:
        """Tell nobody."""

    def closed(self, room: "Room") -> None:
        """Tell nobody."""


ALONE = NoNeighbours()
