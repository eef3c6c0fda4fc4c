"""What a message that is proven says, and to whom. Pure."""

from sussurro_client.acquaintances import Acquaintances
from sussurro_client.author import Author
from sussurro_client.authorship import Authorship
from sussurro_client.contents import Card, Content, Delete, Edit, Private, Rekey, Typing
from sussurro_client.errors import EnvelopeError
from sussurro_client.events import Alarm, Alert, Moved, Person, Received, Standing
from sussurro_client.letter import Letter
from sussurro_client.private import Privacy

Told = Received | Moved | Alert


class Meaning:
    """Turns messages into what is told of them. Owned by the conversation."""

    __slots__ = ("_acquaintances", "_author", "_authorship", "_me", "_offered", "_privacy")

    def __init__(
        self,
        me: Person,
        author: Author,
        acquaintances: Acquaintances,
        authorship: Authorship,
        privacy: Privacy,
    ) -> None:
        self._me = me
        self._author = author
        self._acquaintances = acquaintances
        self._authorship = authorship
        self._privacy = privacy
        # Who handed us a key last, and of which room.
        self._offered: tuple[Person, str] | None = None

    def of(self, letter: Letter, seq: int, *, live: bool) -> list[Told]:
        """Return what is told of a message in chunk ``seq``, perhaps nothing."""
        person = person_of(letter)
        standing, told = self.meet(person)
        content = letter.envelope.content
        self._authorship.note(letter.digest, person.key)
        private: Person | None = None
        if isinstance(content, Private):
            try:
                opened = self._privacy.open(content, person.key)
            except EnvelopeError as error:
                alarm = Alarm(error.flaw.value)
                return [*told, Alert(alarm, person, at=letter.envelope.at, seq=seq)]
            if opened is None:
                return told
            to, content = opened
            private = self._bearer(to)
        if isinstance(content, Rekey):
            moved = self._moved(content, letter, standing, live=live)
            return [*told, moved] if moved else told
        if isinstance(content, Edit | Delete) and self._authorship.is_anothers(
            content.of, person.key
        ):
            return [*told, Alert(Alarm.NOT_THEIRS, person, at=letter.envelope.at, seq=seq)]
        if isinstance(content, Card) or (isinstance(content, Typing) and not live):
            return told
        return [*told, self._received(letter, content, seq, standing, private, live=live)]

    def meet(self, person: Person) -> tuple[Standing, list[Told]]:
        """Return whose name it is, and what is told the first time that it is another's."""
        standing, is_news = self._acquaintances.meet(person)
        return standing, [Alert(Alarm.IDENTITY_CHANGED, person)] if is_news else []

    @staticmethod
    def _received(
        letter: Letter,
        content: Content,
        seq: int,
        standing: Standing,
        private: Person | None,
        *,
        live: bool,
    ) -> Received:
        at = letter.envelope.at
        return Received(person_of(letter), content, letter.id, seq, at, standing, live, private)

    def _moved(
        self, rekey: Rekey, letter: Letter, standing: Standing, *, live: bool
    ) -> Moved | None:
        person = person_of(letter)
        share = self._author.share_in(rekey)
        offer = person, rekey.room
        if not share and (not rekey.is_last or offer == self._offered):
            return None
        if share:
            self._offered = offer
        return Moved(person, standing, rekey.room, share, letter.envelope.at, live)

    def _bearer(self, key: bytes) -> Person:
        """Return who has an identity key; the name is empty where nobody was met with it."""
        if key == self._me.key:
            return self._me
        return self._acquaintances.bearer(key) or Person("", key)


def person_of(letter: Letter) -> Person:
    """Return who says something."""
    return Person(letter.envelope.name, letter.envelope.key)
