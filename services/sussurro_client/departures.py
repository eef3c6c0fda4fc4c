"""What was said in a session and is not known to be kept, by id."""

from dataclasses import dataclass

from sussurro_client.acquaintances import Acquaintance
from sussurro_client.contents import Content, Text
from sussurro_client.events import Person, Standing
from sussurro_client.session import Session


@dataclass(frozen=True, slots=True)
class Said:
    """A message that was just handed over; ``to``: for whom alone, where it is a text."""

    id: str
    to: Person | None = None


class Departures:
    """Says things in a session and counts them. Owned by the thread of its face."""

    __slots__ = ("_just_said", "_on_their_way", "_session")

    def __init__(self, session: Session) -> None:
        self._session = session
        self._on_their_way: set[str] = set()
        self._just_said: list[Said] = []

    def __len__(self) -> int:
        """How many are on their way."""
        return len(self._on_their_way)

    @property
    def acquaintances(self) -> tuple[Acquaintance, ...]:
        """Everybody who was ever met in the room, oneself not."""
        return self._session.acquaintances

    def standing(self, person: Person) -> Standing:
        """Return what is known of whoever bears a name."""
        return self._session.standing(person)

    def send(self, text: str, timeout: float | None = None) -> str:
        """Send a text, as the session does."""
        return self._note(Said(self._session.send(text, timeout)))

    def say(self, content: Content, timeout: float | None = None) -> str:
        """Send anything, as the session does."""
        return self._note(Said(self._session.say(content, timeout)))

    def whisper(self, person: Person, content: Content, timeout: float | None = None) -> str:
        """Send something to one member alone, as the session does."""
        message_id = self._session.whisper(person, content, timeout)
        return self._note(Said(message_id, person if isinstance(content, Text) else None))

    def arrive(self, message_id: str) -> bool:
        """Take note that something is kept; return whether it was on its way until now."""
        is_news = message_id in self._on_their_way
        self._on_their_way.discard(message_id)
        return is_news

    def take_just_said(self) -> tuple[Said, ...]:
        """Return what was said since this was asked last."""
        said = tuple(self._just_said)
        self._just_said.clear()
        return said

    def _note(self, said: Said) -> str:
        self._on_their_way.add(said.id)
        self._just_said.append(said)
        return said.id
