"""What a client keeps of a room between its runs, as values. Pure."""

from dataclasses import dataclass

from sussurro_client.acquaintances import Acquaintance, Acquaintances
from sussurro_client.events import Person
from sussurro_client.recollection import Mark, Recollection


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is known at one moment: everybody met, the last chunk heard, and the last tokens."""

    people: tuple[Acquaintance, ...] = ()
    position: int = 0
    marks: tuple[Mark, ...] = ()


class Memory:
    """Whom we met, and how far we had heard. Owned by the conversation."""

    __slots__ = ("acquaintances", "recollection")

    def __init__(self, me: Person, kept: Snapshot | None = None) -> None:
        kept = kept or Snapshot()
        self.acquaintances = Acquaintances(me, kept.people)
        self.recollection = Recollection(kept.position, kept.marks)

    @property
    def has_news(self) -> bool:
        """Whether somebody was met, or is known better, since the last snapshot."""
        return self.acquaintances.is_changed

    @property
    def is_changed(self) -> bool:
        """Whether there is anything to keep since the last snapshot."""
        return self.acquaintances.is_changed or self.recollection.is_changed

    def snapshot(self) -> Snapshot:
        """Return what is to be kept now."""
        self.acquaintances.is_changed = self.recollection.is_changed = False
        people = tuple(self.acquaintances)
        return Snapshot(people, self.recollection.position, self.recollection.marks())

    def note_unkept(self) -> None:
        """Take note that the last snapshot could not be kept."""
        self.acquaintances.is_changed = self.recollection.is_changed = True
