"""Who is writing at the moment, as far as they tell. Pure."""

from collections.abc import Callable

from sussurro_client.events import Person
from sussurro_client.naming import Circle
from sussurro_client.words import _, ngettext

SHOWN_SECONDS = 6.0
SAID_SECONDS = 5.0  # between two times that we tell
_MAX_WRITING = 1_000


class Typists:
    """People who write, until they have said it or a while has passed."""

    __slots__ = ("_monotonic", "_said", "_until")

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._until: dict[Person, float] = {}
        self._said = -SAID_SECONDS

    def hear(self, person: Person) -> None:
        """Take note that somebody is writing."""
        if person in self._until or len(self._until) < _MAX_WRITING:
            self._until[person] = self._monotonic() + SHOWN_SECONDS

    def rest(self, person: Person) -> bool:
        """Take note that somebody has said it; return whether they were writing."""
        return self._until.pop(person, None) is not None

    def may_tell(self) -> bool:
        """Return whether it is time to tell that we are writing, and take it as told."""
        now = self._monotonic()
        if now - self._said < SAID_SECONDS:
            return False
        self._said = now
        return True

    def people(self) -> tuple[Person, ...]:
        """Return who is writing, the first to begin first."""
        now = self._monotonic()
        self._until = {person: until for person, until in self._until.items() if until > now}
        return tuple(self._until)

    def told(self, circle: Circle) -> str:
        """Return who is writing, in a sentence; nothing, where nobody is."""
        people = self.people()
        if not people:
            return ""
        name = circle.label(people[0])
        if len(people) == 1:
            return _("{name} is writing…").format(name=name)
        more = len(people) - 1
        sentence = ngettext(
            "{name} and {count} more are writing…", "{name} and {count} more are writing…", more
        )
        return sentence.format(name=name, count=more)
