"""For whom ``/msg NAME text`` or ``/sendto NAME path`` is, and what a program says: nobody else may be meant. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from sussurro_client.acquaintances import Acquaintance
from sussurro_client.display import safe_name
from sussurro_client.errors import ClientError
from sussurro_client.events import Person, Standing
from sussurro_client.fingerprint import words_of
from sussurro_client.letter import MAX_NAME
from sussurro_client.vouching import Named, Whom
from sussurro_client.words import _

_QUOTES = {'"': '"', "“": "”"}


class Acquainted(Protocol):
    """Somebody who has met people; `sussurro_client.session.Session` is one."""

    @property
    def acquaintances(self) -> tuple[Acquaintance, ...]:
        """Everybody who was ever met in the room, oneself not."""

    def standing(self, person: Person) -> Standing:
        """Return what is known of whoever bears a name."""


@dataclass(frozen=True, slots=True)
class Aside:
    """Something for one person alone: the name, and what is said."""

    name: str
    text: str


def asides_of(argument: str) -> tuple[Aside, ...]:
    """Return everything that ``NAME text`` may mean; a name in quotes ends where they do."""
    argument = argument.strip()
    closing = _QUOTES.get(argument[:1])
    if closing and (end := argument.find(closing, 1)) > 0:
        return (Aside(argument[1:end], argument[end + 1 :].strip()),)
    found: list[Aside] = []
    name, rest = "", argument
    while rest and len(found) < MAX_NAME:  # no name has more words
        word = rest.split(maxsplit=1)[0]
        name = f"{name} {word}".strip()
        rest = rest[len(word) :].lstrip()
        found.append(Aside(name, rest))
    return tuple(found)


def addressee(
    room: Acquainted, asides: Sequence[Aside], *, is_file: bool = False
) -> tuple[Person, str]:
    """Return the one person who is meant, and what to say to them, or the path of a file.

    Raises ClientError when it is nobody who was met, when it may be more than one, and
    when the name is not theirs. Of several readings none is preferred: whoever calls
    themselves "Ana I" shall not read what begins with I and is for Ana.
    """
    if not asides:
        raise _incomplete(is_file=is_file)
    met = Named(each.person for each in room.acquaintances)
    found = {aside.name: bearers for aside in asides if (bearers := met.called(aside.name))}
    if not found:
        name = safe_name(asides[0].name)
        raise ClientError(_("Nobody called {name} was met here.").format(name=name))
    if len(found) > 1:
        raise _ambiguous(found, is_file=is_file)
    ((name, bearers),) = found.items()
    person = next(
        (each for each in bearers if room.standing(each) is not Standing.CHANGED), bearers[0]
    )
    refuse_posing(room, person)
    text = next(aside.text for aside in asides if aside.name == name)
    if not text:
        raise _incomplete(is_file=is_file)
    return person, text


def receiver(room: Acquainted, whom: Whom) -> Person:
    """Return the one person whom a program names; raises ClientError as `addressee` does.

    Words of a fingerprint tell namesakes apart, and all of them say that the name is theirs.
    """
    if not whom.words.strip():
        return addressee(room, (Aside(whom.name, "-"),))[0]
    met = [each.person for each in room.acquaintances]
    fitting_ones = [each for each in met if whom.is_called(each) and whom.fits(each)]
    if len(fitting_ones) != 1:
        raise ClientError(
            _("Nobody called {name} with this fingerprint was met here.").format(
                name=safe_name(whom.name)
            )
        )
    if whom.words.strip() != words_of(fitting_ones[0].key):
        refuse_posing(room, fitting_ones[0])  # part of a fingerprint proves nothing
    return fitting_ones[0]


def _incomplete(*, is_file: bool) -> ClientError:
    if is_file:
        return ClientError(_("Say for whom, and which file: /sendto name path"))
    return ClientError(_("Say for whom, and what: /msg name text"))


def _ambiguous(names: Iterable[str], *, is_file: bool) -> ClientError:
    if is_file:
        sentence = _(
            "That may be for any of these, and nothing was sent: {names}. "
            'Put the name in quotes: /sendto "name" path'
        )
    else:
        sentence = _(
            "That may be for any of these, and nothing was sent: {names}. "
            'Put the name in quotes: /msg "name" text'
        )
    return ClientError(sentence.format(names=", ".join(f'"{safe_name(each)}"' for each in names)))


def refuse_posing(room: Acquainted, person: Person) -> None:
    """Raise ClientError when somebody's name is not known to be theirs."""
    if room.standing(person) is Standing.CHANGED:
        raise ClientError(
            _(
                "Nothing was sent: {name} has another identity than before. Compare fingerprints "
                "with them (/fingerprint {name}), then write: /trust {name}"
            ).format(name=safe_name(person.name))
        )
