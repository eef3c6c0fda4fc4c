"""Whose key is whose, from the first meeting on. Pure.

The first key seen with a name is that name's, until whoever compared fingerprints
says otherwise; names that look the same are one. What is here is kept between runs.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from sussurro_client.display import looks_of
from sussurro_client.events import Person, Standing

_MAX_PEOPLE = 10_000


@dataclass(frozen=True, slots=True)
class Acquaintance:
    """Somebody who was met.

    ``is_owner``: the name is theirs. ``wrap_key``: what a secret for them is
    wrapped with; empty: unknown.
    """

    person: Person
    is_owner: bool
    is_verified: bool = False
    wrap_key: bytes = b""


class Acquaintances:
    """Everybody who was met in a room, oneself included. Owned by the conversation."""

    __slots__ = ("_me", "_met", "_owners", "_standings", "is_changed")

    def __init__(self, me: Person, known: Iterable[Acquaintance] = ()) -> None:
        self._me = me
        self._met = {each.person: each for each in known if each.person != me}
        self._owners = {
            looks_of(each.person.name): each.person for each in self._met.values() if each.is_owner
        }
        self._owners[looks_of(me.name)] = me
        # Of those met, until anything changes: how a name looks takes long to find out.
        self._standings: dict[Person, Standing] = {}
        self.is_changed = False  # since somebody cared to keep it

    def __iter__(self) -> Iterator[Acquaintance]:
        """Go through everybody but oneself, in the order of meeting."""
        return iter(tuple(self._met.values()))

    def bearer(self, key: bytes) -> Person | None:
        """Return who was met with an identity key, by the name that is theirs if there is one."""
        met = [each for each in self._met.values() if each.person.key == key]
        owner = next((each for each in met if each.is_owner), met[0] if met else None)
        return owner.person if owner else None

    def wrap_key(self, person: Person) -> bytes:
        """Return what secrets for somebody are wrapped with; empty: unknown."""
        known = self._met.get(person)
        return known.wrap_key if known else b""

    def meet(self, person: Person) -> tuple[Standing, bool]:
        """Return what is known of a person, and whether it is news that the name is another's.

        Of more people than can be remembered nothing is known, and nothing is told.
        """
        known = self._standings.get(person)
        if known is not None:
            return known, False
        is_new = person not in self._met and person != self._me
        if is_new and len(self._met) < _MAX_PEOPLE:
            self._put(Acquaintance(person, is_owner=looks_of(person.name) not in self._owners))
        standing = self.standing(person)
        return standing, is_new and person in self._met and standing is Standing.CHANGED

    def standing(self, person: Person) -> Standing:
        """Return what is known of a person; of somebody never met, that the name is not theirs."""
        known = self._standings.get(person)
        if known is None:
            known = self._find_standing(person)
            if person in self._met or person == self._me:
                self._standings[person] = known
        return known

    def _find_standing(self, person: Person) -> Standing:
        if self._owners.get(looks_of(person.name)) != person:
            return Standing.CHANGED
        is_verified = person == self._me or self._met[person].is_verified
        return Standing.VERIFIED if is_verified else Standing.KNOWN

    def trust(self, person: Person) -> None:
        """Take note that the fingerprint of somebody who was met was compared: the name is theirs.

        One's own name stays one's own.
        """
        owner = self._owners.get(looks_of(person.name))
        if owner is not None and owner != person and owner in self._met:
            self._put(replace(self._met[owner], is_owner=False))
        self._put(replace(self._met[person], is_owner=owner != self._me, is_verified=True))

    def note_wrap_key(self, person: Person, wrap_key: bytes) -> None:
        """Remember what secrets for somebody who was met are wrapped with."""
        known = self._met.get(person)
        if known is not None and wrap_key and known.wrap_key != wrap_key:
            self._put(replace(known, wrap_key=wrap_key))

    def _put(self, acquaintance: Acquaintance) -> None:
        self._standings.clear()
        self._met[acquaintance.person] = acquaintance
        if acquaintance.is_owner:
            self._owners[looks_of(acquaintance.person.name)] = acquaintance.person
        self.is_changed = True
