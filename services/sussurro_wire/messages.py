"""What is said, each a frozen value. How it stands on a line is the codec's business."""

from dataclasses import dataclass
from enum import StrEnum


class Side(StrEnum):
    """Who says it."""

    CLIENT = "client"
    RELAY = "relay"


@dataclass(frozen=True, slots=True)
class Hello:
    """Relay: its protocol version, and a nonce for the proof."""

    version: int
    nonce: str


@dataclass(frozen=True, slots=True)
class Join:
    """Client: enter a room, at its head or from an earlier point of its log.

    ``from_seq``: the chunk to begin with. ``last``: how many messages back.
    """

    room: str
    proof: str
    card: str
    from_seq: int | None = None
    last: int | None = None


@dataclass(frozen=True, slots=True)
class Welcome:
    """Relay: you are in. Every chunk from ``oldest`` on is kept; ``next_seq`` comes next."""

    session: str
    oldest: int
    next_seq: int
    members: int


@dataclass(frozen=True, slots=True)
class Ack:
    """Relay: the first ``count`` tokens of this connection are in the log, up to ``seq``."""

    count: int
    seq: int


@dataclass(frozen=True, slots=True)
class At:
    """Relay: the tokens that follow are chunk ``seq`` of the log."""

    seq: int


@dataclass(frozen=True, slots=True)
class Past:
    """Client: send at least ``messages`` older messages from chunks before ``before_seq``."""

    before_seq: int
    messages: int


@dataclass(frozen=True, slots=True)
class PastEnd:
    """Relay: that was the past asked for; its first chunk was ``first_seq`` (0: none is kept)."""

    first_seq: int


@dataclass(frozen=True, slots=True)
class Who:
    """Client: tell me who is here."""


@dataclass(frozen=True, slots=True)
class WhoEnd:
    """Relay: that was everybody, ``members`` in all."""

    members: int


@dataclass(frozen=True, slots=True)
class Here:
    """Relay: a member is here, or has just arrived."""

    session: str
    card: str


@dataclass(frozen=True, slots=True)
class Gone:
    """Relay: a member is here no more."""

    session: str
    reason: str


@dataclass(frozen=True, slots=True)
class Count:
    """Relay: how many members are here, where arrivals are too many to tell."""

    members: int


@dataclass(frozen=True, slots=True)
class Ping:
    """Either side: answer, so that I know you are there."""

    text: str


@dataclass(frozen=True, slots=True)
class Pong:
    """Either side: the answer, with the text of the question."""

    text: str


@dataclass(frozen=True, slots=True)
class Leave:
    """Client: ``TT``, the word that has always ended a Sussurro chat."""


@dataclass(frozen=True, slots=True)
class Bye:
    """Relay: the last line before it closes."""

    reason: str
    retry_after: int | None = None


Message = (
    Hello | Join | Welcome | Ack | At | Past | PastEnd | Who | WhoEnd
    | Here | Gone | Count | Ping | Pong | Leave | Bye
)  # fmt: skip
