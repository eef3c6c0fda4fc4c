"""Who is here. Pure; owned by the conversation."""

from collections import OrderedDict
from enum import Enum, auto

from sussurro_client.envelope import Sealer
from sussurro_client.errors import EnvelopeError, Flaw
from sussurro_client.events import Person
from sussurro_client.letter import Card, Letter
from sussurro_client.recollection import Mark, Stream

# More than a relay tells of one by one, and a bound for one that invents sessions.
MAX_PRESENT = 10_000


class Arrival(Enum):
    """What a card means."""

    NEW = auto()  # a session that was not known
    KNOWN = auto()
    REPLAYED = auto()  # a card that was another session's: each connection has one of its own


class People:
    """The sessions in the room, from their cards."""

    __slots__ = ("_present", "_sealer", "_session_of")

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer
        self._present: dict[str, Person] = {}
        self._session_of: OrderedDict[Stream, str] = (
            OrderedDict()
        )  # by connection; also of the gone

    def present(self) -> tuple[Person, ...]:
        """Return everybody whose card is known, in the order of arrival."""
        return tuple(self._present.values())

    def arrive(self, session: str, card: str) -> tuple[Letter, Arrival]:
        """Take a member's card; return it, and what it means.

        Raises EnvelopeError when it is not a card of this room.
        """
        letter = self._sealer.open(card.encode("ascii"))
        if not isinstance(letter.envelope.content, Card):
            raise EnvelopeError(Flaw.FORGED)
        if self._owner_of(letter, session) != session:
            return letter, Arrival.REPLAYED
        is_new = session not in self._present
        if is_new and len(self._present) >= MAX_PRESENT:
            return letter, Arrival.KNOWN
        self._present[session] = Person(letter.envelope.name, letter.envelope.key)
        return letter, Arrival.NEW if is_new else Arrival.KNOWN

    def depart(self, session: str) -> Person | None:
        """Take note that a session ended; return who it was, where that is known."""
        return self._present.pop(session, None)

    def keep_only(self, sessions: set[str]) -> None:
        """Take note that these sessions and no others are here."""
        for session in self._present.keys() - sessions:
            del self._present[session]

    def clear(self) -> None:
        """Forget who is here."""
        self._present.clear()

    def _owner_of(self, card: Letter, session: str) -> str:
        """Return whose card it is: the session's that came with it first."""
        owner = self._session_of.setdefault(Mark.of(card).stream, session)
        if len(self._session_of) > MAX_PRESENT:
            self._session_of.popitem(last=False)
        return owner
