"""What a session tells whoever listens: frozen values, no words."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a name and the public key that proves it is the same somebody."""

    name: str
    key: bytes


class Alarm(StrEnum):
    """What a client noticed that should not be."""

    GAP = "gap"
    REPLAY = "replay"
    FORGED = "forged"
    UNDECRYPTABLE = "undecryptable"
    IDENTITY_CHANGED = "identity_changed"


@dataclass(frozen=True, slots=True)
class Connected:
    """In the room. ``members`` counts everybody, oneself too."""

    relay: str
    members: int


@dataclass(frozen=True, slots=True)
class Disconnected:
    """Out of the room. ``retry_in`` is in seconds; None: it will not try again.

    ``reason`` is a wire reason or ``unreachable`` or ``lost``; ``detail`` is
    what the operating system said, if it said anything.
    """

    relay: str
    reason: str
    detail: str
    retry_in: float | None


@dataclass(frozen=True, slots=True)
class Received:
    """A message of somebody else's. ``at`` is in milliseconds since the epoch.

    ``verified``: its signature is good, and the key is the one that the name
    had from the first. ``live``: said while we were connected, not history.
    """

    sender: Person
    text: str
    id: str
    seq: int
    at: int
    verified: bool
    live: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """A message of our own is in the relay's log, at chunk ``seq``."""

    id: str
    seq: int


@dataclass(frozen=True, slots=True)
class Arrived:
    """Somebody came in."""

    who: Person


@dataclass(frozen=True, slots=True)
class Departed:
    """Somebody went; ``reason`` is a wire reason."""

    who: Person
    reason: str


@dataclass(frozen=True, slots=True)
class Present:
    """Everybody who is here, oneself included, and how many; names may be unknown."""

    people: tuple[Person, ...]
    members: int


@dataclass(frozen=True, slots=True)
class Alert:
    """The transcript is not as it should be. ``who``: whose message, where known."""

    alarm: Alarm
    who: Person | None = None
    missing: int = 0


Event = (
    Connected | Disconnected | Received | Kept | Arrived | Departed | Present | Alert
)  # fmt: skip
