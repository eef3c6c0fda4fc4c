"""How people are named and marked, so that nobody passes for somebody else. Pure."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from sussurro_client.display import safe_name
from sussurro_client.events import Person, Standing
from sussurro_client.fingerprint import short_words_of, words_of
from sussurro_client.words import _
from sussurro_wire.errors import WireError
from sussurro_wire.room import public_key_of

_BADGES = {Standing.VERIFIED: "✓", Standing.KNOWN: " ", Standing.CHANGED: "!"}
_WORDS: dict[Standing, Callable[[], str]] = {
    Standing.VERIFIED: lambda: _("verified"),
    Standing.KNOWN: lambda: _("known"),
    Standing.CHANGED: lambda: _("another identity"),
}


@dataclass(frozen=True, slots=True)
class Circle:
    """Who one is oneself, and what is known of everybody."""

    me: Person
    standing: Callable[[Person], Standing]

    def label(self, person: Person) -> str:
        """Return a person's name as `label` makes it."""
        return label(person, self.standing(person))

    def distinction(self, person: Person) -> str:
        """Return what is to stand beside a person's name, as `distinction` has it."""
        return distinction(person, self.standing(person))

    def badge(self, person: Person) -> str:
        """Return a person's badge; oneself needs none."""
        return " " if person == self.me else badge(self.standing(person))

    def word(self, person: Person) -> str:
        """Return in words what the badge says, or that it is oneself."""
        return _("you") if person == self.me else word(self.standing(person))


def label(person: Person, standing: Standing) -> str:
    """Return a name that a terminal can show on one line, and that tells namesakes apart."""
    name, words = safe_name(person.name), distinction(person, standing)
    return f"{name} ({words})" if words else name


def distinction(person: Person, standing: Standing) -> str:
    """Return two words of the fingerprint where the name alone would mislead, else nothing.

    It misleads where it is another's, and where it only looks like what it is
    because something unseen is left out of it.
    """
    looks = unicodedata.normalize("NFC", safe_name(person.name))
    if looks == person.name and standing is not Standing.CHANGED:
        return ""
    return short_words_of(person.key)


def badge(standing: Standing) -> str:
    """Return a sign one column wide. It belongs where no name can stand, or names would fake it."""
    return _BADGES[standing]


def word(standing: Standing) -> str:
    """Return in words what the badge says."""
    return _WORDS[standing]()


def room_words(room: str) -> str:
    """Return the fingerprint of a room, by which its key is compared; empty: it is no room."""
    try:
        return words_of(public_key_of(room))
    except WireError:
        return ""
