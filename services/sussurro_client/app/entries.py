"""What stands in the conversation, one below the other, as values."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sussurro_client.events import Person, Standing
from sussurro_client.posts import Post


@dataclass(frozen=True, slots=True)
class Quote:
    """What a message answers. ``who``: None when that message is not loaded."""

    who: Person | None = None
    standing: Standing | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a file is, in bytes; ``state`` says in words what happens to it."""

    done: int
    total: int
    state: str


@dataclass(frozen=True, slots=True)
class Said:
    """A message. ``begins``: it is the first of its author's, so the name stands with it."""

    post: Post
    at: datetime
    begins: bool = True
    quote: Quote | None = None
    is_mention: bool = False
    is_selected: bool = False
    progress: Progress | None = None


class Kind(StrEnum):
    """What a line that nobody said is about."""

    PRESENCE = "presence"
    NOTICE = "notice"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Noted:
    """Something that happened. ``advice``: what to do about it, if anything."""

    kind: Kind
    text: str
    at: datetime
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """A new day begins."""

    date: date


@dataclass(frozen=True, slots=True)
class Line:
    """A line across: where somebody stopped reading, or how far back the past is loaded."""

    text: str


Entry = Said | Noted | Day | Line
