"""Whom ``/trust`` and ``/fingerprint`` mean: names are not unique, fingerprints are. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from sussurro_client.acquaintances import Acquaintance
from sussurro_client.display import safe_name
from sussurro_client.errors import ClientError
from sussurro_client.events import Person
from sussurro_client.fingerprint import words_of
from sussurro_client.letter import MAX_NAME
from sussurro_client.words import _

_BETWEEN_WORDS = re.compile(r"[\s-]+")


class Acquainted(Protocol):
    """Somebody who has met people; `sussurro_client.session.Session` is one."""

    @property
    def acquaintances(self) -> tuple[Acquaintance, ...]:
        """Everybody who was ever met in the room, oneself not."""

    def trust(self, person: Person) -> None:
        """Take note that the fingerprint of somebody who was met was compared, and fits."""


@dataclass(frozen=True, slots=True)
class Whom:
    """A name as it is shown, and the first words of a fingerprint, perhaps none."""

    name: str
    words: str = ""

    def is_called(self, person: Person) -> bool:
        """Return whether a person's name looks like this one."""
        return safe_name(person.name) == safe_name(self.name)

    def fits(self, person: Person) -> bool:
        """Return whether a person's fingerprint begins with the words."""
        return fits(self.words, person.key)


class Named:
    """People by their names as they are shown, to be looked up by many."""

    def __init__(self, people: Iterable[Person]) -> None:
        self._people: dict[str, list[Person]] = {}
        for person in people:
            self._people.setdefault(safe_name(person.name), []).append(person)

    def called(self, name: str) -> list[Person]:
        """Return those whose name looks like this one."""
        return self._people.get(safe_name(name), [])


def fits(words: str, public_key: bytes) -> bool:
    """Return whether a key's fingerprint begins with ``words``, in whole words."""
    given = [word for word in _BETWEEN_WORDS.split(words.casefold()) if word]
    return words_of(public_key).split("-")[: len(given)] == given


def readings_of(text: str) -> tuple[Whom, ...]:
    """Return everything that ``NAME [WORDS]`` may mean, as names may have spaces."""
    parts = text.split()
    return tuple(
        Whom(" ".join(parts[:length]), " ".join(parts[length:]))
        for length in range(min(len(parts), MAX_NAME), 0, -1)  # no name has more words
    )


def trust(session: Acquainted, readings: Sequence[Whom]) -> Person:
    """Trust the one person who is meant, and return who that is.

    Raises ClientError, with nothing done, when it is nobody or may be several.
    """
    if not readings:
        raise ClientError(_("Say whom you trust: /trust name"))
    met = Named(each.person for each in session.acquaintances)
    bearers = [(whom, person) for whom in readings for person in met.called(whom.name)]
    if not bearers:
        raise _nobody(readings[0].name)
    fitting = list(dict.fromkeys(person for whom, person in bearers if whom.fits(person)))
    if not fitting:
        raise ClientError(
            _(
                "These words are not how the fingerprint of {name} begins; nothing was done. "
                "Compare it with them again: /fingerprint {name}"
            ).format(name=safe_name(bearers[0][1].name))
        )
    if len(fitting) > 1:
        raise _several(fitting)
    session.trust(fitting[0])
    return fitting[0]


def called(session: Acquainted, me: Person, name: str) -> tuple[Person, ...]:
    """Return oneself where no name is given, else everybody with that name; raises ClientError."""
    if not name.strip():
        return (me,)
    whom = Whom(name)
    everybody = (me, *(each.person for each in session.acquaintances))
    found = tuple(filter(whom.is_called, everybody))
    if not found:
        raise _nobody(name)
    return found


def _nobody(name: str) -> ClientError:
    return ClientError(_("Nobody called {name} was met here.").format(name=safe_name(name)))


def _several(people: list[Person]) -> ClientError:
    each = ", ".join(f"{safe_name(person.name)} {words_of(person.key)}" for person in people)
    return ClientError(
        _(
            "That may be any of these, and nothing was done: {people}. "
            "Add the first words of the fingerprint that you compared: /trust name words"
        ).format(people=each)
    )
