"""What a session tells whoever listens: frozen values, no words."""

from dataclasses import dataclass
from enum import StrEnum

from sussurro_client.contents import Content, Edit, Text


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a name and the public key that proves it is the same somebody."""

    name: str
    key: bytes


class Standing(StrEnum):
    """What is known of whoever bears a name."""

    VERIFIED = "verified"  # fingerprints were compared
    KNOWN = "known"  # the same key as when the name was first seen
    CHANGED = "changed"  # another key than that


class Alarm(StrEnum):
    """What a client noticed that should not be."""

    GAP = "gap"  # something is missing
    REPLAY = "replay"  # something old came again
    REORDERED = "reordered"  # something came after what was said after it
    SPLIT = "split"  # somebody had seen what we were not shown, or in another place
    WITHHELD = "withheld"  # somebody was not shown what we said
    FORGED = "forged"
    UNDECRYPTABLE = "undecryptable"
    CONTRADICTION = "contradiction"  # somebody said two things under one number
    NOT_THEIRS = "not_theirs"  # somebody wanted to change what another said
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
    """A message of somebody else's, or of another run of ours, of whatever kind.

    Its signature is good; ``standing`` says whose key that is. ``at`` is in
    milliseconds since the epoch. ``live``: said while we were connected, not history.
    ``private``: for whom alone it was sealed; None: for everybody.
    """

    sender: Person
    content: Content
    id: str
    seq: int
    at: int
    standing: Standing
    live: bool
    private: Person | None = None

    @property
    def text(self) -> str:
        """What was said, where it is a text."""
        return self.content.text if isinstance(self.content, Text | Edit) else ""

    @property
    def verified(self) -> bool:
        """Whether the key is the one that the name had from the first, or was compared."""
        return self.standing is not Standing.CHANGED


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
class Moved:
    """Somebody has made a new key for the room, and shared it among those who remain.

    ``room``: the new room's id; ``share``: the new key, wrapped for us, or None:
    we were left out. Nothing happens before somebody agrees. ``at`` as in Received.
    """

    who: Person
    standing: Standing
    room: str
    share: bytes | None
    at: int
    live: bool


@dataclass(frozen=True, slots=True)
class Alert:
    """The transcript is not as it should be.

    ``who``: whose message showed it, where known; ``at``: when that was said, in
    milliseconds since the epoch by the sender's clock; ``seq``: in which chunk it
    stands. ``missing``: how many messages of the sender are missing before it.
    """

    alarm: Alarm
    who: Person | None = None
    missing: int = 0
    at: int = 0
    seq: int = 0


@dataclass(frozen=True, slots=True)
class Earlier:
    """A part of what was said before all that was told so far, oldest first.

    ``more``: there may be still older ones to ask for.
    """

    events: tuple[Received | Moved | Alert, ...]
    more: bool


Event = (
    Connected
    | Disconnected
    | Received
    | Kept
    | Arrived
    | Departed
    | Present
    | Moved
    | Alert
    | Earlier
)
