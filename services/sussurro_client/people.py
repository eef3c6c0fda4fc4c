"""Who is here. Pure; owned by the conversation."""

from sussurro_client.envelope import Sealer
from sussurro_client.errors import EnvelopeError, Flaw
from sussurro_client.events import Person
from sussurro_client.letter import Card, Letter

# More than a relay tells of one by one, and a bound for one that invents sessions.
MAX_PRESENT = 10_000


class People:
    """The sessions in the room, from their cards."""

    __slots__ = ("_present", "_sealer")

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer
        self._present: dict[str, Person] = {}

    def present(self) -> tuple[Person, ...]:
        """Return everybody whose card is known, in the order of arrival."""
        return tuple(self._present.values())

    def arrive(self, session: str, card: str) -> tuple[Letter, bool]:
        """Take a member's card; return it, and whether the session is a new one.

        Raises EnvelopeError when it is not a card of this room.
        """
        letter = self._sealer.open(card.encode("ascii"))
        if not isinstance(letter.envelope.content, Card):
            raise EnvelopeError(Flaw.FORGED)
        is_new = session not in self._present
        if is_new and len(self._present) >= MAX_PRESENT:
            return letter, False
        self._present[session] = Person(letter.envelope.name, letter.envelope.key)
        return letter, is_new

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
