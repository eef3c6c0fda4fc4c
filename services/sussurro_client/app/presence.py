"""Who is here, after each event. Pure."""

from dataclasses import dataclass

from sussurro_client.events import Arrived, Connected, Departed, Event, Person, Present


@dataclass(frozen=True, slots=True)
class Presence:
    """How many are here, and who, as far as names are known."""

    people: tuple[Person, ...] = ()
    members: int = 0

    def after(self, event: Event, people: tuple[Person, ...]) -> "Presence":
        """Return who is here once ``event`` has happened; ``people`` is what the session knows."""
        match event:
            case Connected(members=members) | Present(members=members):
                count = members
            case Arrived(person):
                # Whom a roster has named already is counted already.
                count = self.members + (person not in self.people)
            case Departed():
                count = self.members - 1
            case _:
                return self
        return Presence(people, max(count, len(people)))
