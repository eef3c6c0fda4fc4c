"""Who is here, and whether a name is still the same somebody. Pure; owned by the conversation."""

from sussurro_client.envelope import Card, Sealer
from sussurro_client.errors import EnvelopeError, Flaw
from sussurro_client.events import Person

_MAX_NAMES = 10_000


class People:
    """The sessions in the room, from their cards, and the key first seen with each name."""

    __slots__ = ("_key_of_name", "_present", "_sealer", "_strangers")

    def __init__(self, sealer: Sealer, me: Person) -> None:
        self._sealer = sealer
        self._present: dict[str, Person] = {}
        self._key_of_name = {me.name: me.key}
        self._strangers: set[Person] = set()  # a known name with another key, told already

    def present(self) -> tuple[Person, ...]:
        """Return everybody whose card is known, in the order of arrival."""
        return tuple(self._present.values())

    def arrive(self, session: str, card: str) -> tuple[Person, bool]:
        """Take a member's card; return who it is, and whether the session is a new one.

        Raises EnvelopeError when it is not a card of this room.
        """
        envelope = self._sealer.open(card.encode("ascii"))
        if not isinstance(envelope.content, Card):
            raise EnvelopeError(Flaw.FORGED)
        person = Person(envelope.name, envelope.key)
        is_new = session not in self._present
        self._present[session] = person
        return person, is_new

    def depart(self, session: str) -> Person | None:
        """Take note that a session ended; return who it was, where that is known."""
        return self._present.pop(session, None)

    def keep_only(self, sessions: set[str]) -> None:
        """Take note that these sessions and no others are here."""
        for session in self._present.keys() - sessions:
            del self._present[session]

    def clear(self) -> None:
        """Forget who is here, not who they are."""
        self._present.clear()

    def vouch(self, person: Person) -> tuple[bool, bool]:
        """Return whether the name has its first key, and, if not, whether that is news.

        Of more names than can be remembered nothing is known, and nothing is told.
        """
        if len(self._key_of_name) < _MAX_NAMES:
            self._key_of_name.setdefault(person.name, person.key)
        first = self._key_of_name.get(person.name)
        if first is None or first == person.key:
            return first is not None, False
        is_news = person not in self._strangers and len(self._strangers) < _MAX_NAMES
        if is_news:
            self._strangers.add(person)
        return False, is_news
