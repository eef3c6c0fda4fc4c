"""Who came and who left since anything else happened, told in few lines. Pure."""

from dataclasses import dataclass

from sussurro_client import sentences
from sussurro_client.events import Arrived, Departed, Person
from sussurro_client.naming import Circle
from sussurro_client.words import _, ngettext

_SINGLE = 3  # lines that stand for themselves; more become one
_NAMED = 2  # people by name in that one


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What came one after the other, and in how many lines it stands."""

    came: tuple[Person, ...] = ()
    left: tuple[Person, ...] = ()
    lines: int = 0

    @property
    def is_folded(self) -> bool:
        """Whether it is told in one line."""
        return len(self.came) + len(self.left) > _SINGLE

    def after(self, event: Arrived | Departed) -> "Arrivals":
        """Return the same after one more, in one line more, or in one where it is folded."""
        came, left = self.came, self.left
        if isinstance(event, Arrived):
            came = (*(each for each in came if each != event.who), event.who)
        else:
            left = (*(each for each in left if each != event.who), event.who)
        is_folded = self.is_folded or len(came) + len(left) > _SINGLE
        return Arrivals(came, left, 1 if is_folded else self.lines + 1)


def told(arrivals: Arrivals, circle: Circle) -> str:
    """Return who came and who left, in one line."""
    parts: list[str] = []
    if arrivals.came:
        sentence = ngettext("{people} came", "{people} came", len(arrivals.came))
        parts.append(sentence.format(people=_people(arrivals.came, circle)))
    if arrivals.left:
        sentence = ngettext("{people} left", "{people} left", len(arrivals.left))
        parts.append(sentence.format(people=_people(arrivals.left, circle)))
    return "; ".join(parts) + "."


def single(event: Arrived | Departed, circle: Circle) -> str:
    """Return what is told of one alone."""
    if isinstance(event, Arrived):
        return sentences.arrived(event.who, circle)
    return sentences.departed(event, circle)


def _people(people: tuple[Person, ...], circle: Circle) -> str:
    names = [circle.label(person) for person in people[:_NAMED]]
    more = len(people) - _NAMED
    if more <= 0:
        return _(" and ").join(names)
    named = ", ".join(names)
    return ngettext("{names} and {count} more", "{names} and {count} more", more).format(
        names=named, count=more
    )
