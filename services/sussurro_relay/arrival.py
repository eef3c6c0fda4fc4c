"""The way of one client into its room: a proof, the first page of the log, WELCOME; all in time."""

from sussurro_relay.cursor import Cursor, Pages
from sussurro_relay.log import Page, Query
from sussurro_relay.room import Room
from sussurro_relay.surroundings import Desk
from sussurro_wire.messages import Join, Welcome

# Strangers have no more to join where many are here or memory is tight: who means it needs none.
_PRESSED_SECONDS = 2.0


def seconds_to_join(handshake_seconds: float, *, is_pressed: bool) -> float:
    """Return how long a stranger has, of ``handshake_seconds`` where there is no hurry."""
    return min(handshake_seconds, _PRESSED_SECONDS) if is_pressed else handshake_seconds


class Arrival:
    """One client until it is a member. Pure; belongs to its connection."""

    __slots__ = ("_desk", "_nonce", "_opened_at", "_proof_is_good", "_session")

    def __init__(self, session: str, nonce: str, desk: Desk, now: float) -> None:
        self._session = session
        self._nonce = nonce
        self._desk = desk
        self._opened_at = now
        self._proof_is_good = False

    def is_overdue(self, handshake_seconds: float, now: float) -> bool:
        """Return whether it has had its time and said no JOIN that is good."""
        if self._proof_is_good:
            return False
        seconds = seconds_to_join(handshake_seconds, is_pressed=self._desk.is_pressed())
        return now - self._opened_at > seconds

    def take(self, join: Join) -> tuple[Room, Query]:
        """Return the room and which page it begins with; raises WireError where it is refused."""
        room = self._desk.enter(join, self._nonce)
        self._proof_is_good = True
        after = None if join.from_seq is None else max(join.from_seq - 1, 0)
        return room, Query(room.id, after=after, messages=join.last or 0)

    def enter(self, join: Join, room: Room, page: Page, pages: Pages) -> tuple[Welcome, Cursor]:
        """Make it a member, now that its first page is there; ``pages`` has the next ones."""
        room.open(page.head)
        entrance = room.enter(self._session, join.card, self._desk.notify)
        welcome = Welcome(self._session, page.oldest, page.head + 1, entrance.members)
        # A seq above the head is another log's: what comes now is news to the client.
        after = min(max((join.from_seq or 0) - 1, 0), page.head)
        cursor = Cursor(room, self._session, entrance.position, after, pages)
        cursor.take_page(page)
        return welcome, cursor
