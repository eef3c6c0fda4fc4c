"""Who is here. Pure; owned by the conversation."""

from collections import Counter, OrderedDict
from enum import Enum, auto

from sussurro_client.contents import Card
from sussurro_client.envelope import Sealer
from sussurro_client.errors import EnvelopeError, Flaw
from sussurro_client.events import Person
from sussurro_client.letter import Letter
from sussurro_client.recollection import Mark, Stream

# More than a relay tells of one by one, and a bound for one that invents sessions.
MAX_PRESENT = 10_000


class Arrival(Enum):
    """What a card means."""

    NEW = auto()  # somebody of whom no session was known
    KNOWN = auto()
    REPLAYED = auto()  # a card that was another session's: each connection has one of its own


class People:
    """The sessions in the room, from their cards."""

    __slots__ = ("_present", "_sealer", "_session_of", "_sessions")

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer
        self._present: dict[str, Person] = {}
        self._sessions: Counter[bytes] = Counter()  # of each identity
        self._session_of: OrderedDict[Stream, str] = (
            OrderedDict()
        )  # by connection; also of the gone

    def present(self) -> tuple[Person, ...]:
        """Return everybody whose card is known, in the order of arrival."""
        return tuple({person.key: person for person in self._present.values()}.values())

    def arrive(self, session: str, card: str) -> tuple[Letter, Arrival]:
        """Take a member's card; return it, and what it means.

        Raises EnvelopeError when it is not a card of this room.
        """
        letter = self._sealer.open(card.encode("ascii"))
        if not isinstance(letter.envelope.content, Card):
            raise EnvelopeError(Flaw.FORGED)
        if self._owner_of(letter, session) != session:
            return letter, Arrival.REPLAYED
        if session not in self._present and len(self._present) >= MAX_PRESENT:
            return letter, Arrival.KNOWN
        is_new = session not in self._present and not self._sessions[letter.envelope.key]
        self._drop(session)
        self._present[session] = Person(letter.envelope.name, letter.envelope.key)
        self._sessions[letter.envelope.key] += 1
        return letter, Arrival.NEW if is_new else Arrival.KNOWN

    def is_alone(self, session: str) -> bool:
        """Return whether the session is here, as the only one of its person."""
        who = self._present.get(session)
        return who is not None and self._sessions[who.key] == 1

    def depart(self, session: str) -> Person | None:
        """Take note that a session ended; return who has left with it.

        Whoever comes back at another relay is here twice until the first is found
        to be gone, and has not left.
        """
        who = self._drop(session)
        return None if who is None or self._sessions[who.key] else who

    def keep_only(self, sessions: set[str]) -> None:
        """Take note that these sessions and no others are here."""
        for session in self._present.keys() - sessions:
            self._drop(session)

    def clear(self) -> None:
        """Forget who is here."""
        self._present.clear()
        self._sessions.clear()

    def _drop(self, session: str) -> Person | None:
        who = self._present.pop(session, None)
        if who is not None:
            self._sessions[who.key] -= 1
            if not self._sessions[who.key]:
                del self._sessions[who.key]
        return who

    def _owner_of(self, card: Letter, session: str) -> str:
        """Return whose card it is: the session's that came with it first."""
        owner = self._session_of.setdefault(Mark.of(card).stream, session)
        if len(self._session_of) > MAX_PRESENT:
            self._session_of.popitem(last=False)
        return owner
