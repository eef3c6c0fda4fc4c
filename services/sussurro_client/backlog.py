"""What was said before all that was shown so far, fetched page by page. Pure.

A page is older than what we have, so it is read from its end: each message names the
digest of its author's message before it, and the oldest one that we have of an author
says what the next older one has to be. So a page can leave out, add or alter nothing
between two messages of one run without being found out.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from sussurro_client.contents import Card
from sussurro_client.errors import Flaw
from sussurro_client.events import Alarm, Alert, Earlier, Moved, Person, Received
from sussurro_client.letter import Letter
from sussurro_client.transcript import Name
from sussurro_wire.errors import Reason, WireError

_SPARE = 10_000  # tokens of a page above those that were asked for: chunks come whole
_MAX_RUNS = 10_000  # whose seams are looked at; a member may make up any number
_Told = Received | Moved | Alert


@dataclass(slots=True)
class _Floor:
    """The oldest that we have of a run: its counter, what it names as the one before it, where.

    ``shown_from``: the oldest of what was shown without asking for the past, and
    ``seen``: what came from it since, by counter.
    """

    counter: int
    after: bytes
    at: int
    seq: int
    shown_from: int
    seen: set[int] = field(default_factory=set)


class Backlog:
    """Where the past begins that was not shown, and how it is read. Owned by the conversation.

    ``show`` returns what is told of a message that is proven: its kind decides.
    """

    __slots__ = ("_asked", "_floors", "_me", "_most", "_oldest", "_page", "_show", "before")

    def __init__(self, me: Name, show: Callable[[Letter, int], list[_Told]]) -> None:
        self._me = me
        self._show = show
        self._floors: dict[Name, _Floor] = {}
        self._page: list[tuple[Letter | Flaw, int]] = []
        self._asked = 0  # what is due now lies below this chunk; 0: nothing is
        self._most = 0  # tokens that may come
        self._oldest = 1  # of what the relay keeps, as far as we know
        self.before = 0  # the past that was not shown ends before this chunk; 0: not known

    @property
    def is_due(self) -> bool:
        """Whether a page was asked for and has not come."""
        return bool(self._asked)

    @property
    def has_more(self) -> bool:
        """Whether there may be something older that the relay keeps."""
        return self.before > self._oldest

    def enter(self, oldest: int, next_seq: int) -> None:
        """Take note of what the relay keeps as a connection begins; what was asked for is void."""
        self._asked = 0
        self._page.clear()
        self._oldest = max(oldest, 1)
        if not self.before or next_seq < self.before:  # a log whose numbers begin anew
            self.before = next_seq

    def arrive(self, seq: int) -> bool:
        """Take note that a chunk comes; return whether it is one of the past that is due."""
        if self._asked and seq < self._asked:
            return True
        self.before = min(self.before, seq)
        return False

    def note(self, letter: Letter, seq: int) -> None:
        """Take note of a message that was shown without asking for the past."""
        envelope = letter.envelope
        name = envelope.key, envelope.run
        if name not in self._floors and len(self._floors) < _MAX_RUNS:
            self._floors[name] = _Floor(
                envelope.counter, envelope.after, envelope.at, seq, envelope.counter
            )

    def ask(self, messages: int) -> int:
        """Take note that a page is asked for; return before which chunk."""
        self._asked = self.before
        self._most = messages + _SPARE
        return self._asked

    def take(self, opened: Letter | Flaw, seq: int) -> None:
        """Take the next token of the page; raises WireError for more than was asked for."""
        if len(self._page) >= self._most:
            raise WireError(Reason.UNEXPECTED, "more of the past than was asked for")
        self._page.append((opened, seq))

    def end(self, first: int) -> Earlier | None:
        """Take note that the page is whole, from chunk ``first`` on (0: nothing older is kept)."""
        if not self._asked:
            return None
        page, asked = self._page, self._asked
        self._page, self._asked = [], 0
        newest_first: list[_Told] = []
        for opened, seq in reversed(page):
            newest_first += self._read(opened, seq)
        if first and not page:
            newest_first.append(Alert(Alarm.GAP))  # it says that there is something, and keeps it
        if page and 0 < first < asked:
            self.before = min(self.before, first)
        else:
            self._oldest = self.before  # or it could lead us on for ever
        return Earlier(tuple(reversed(newest_first)), self.has_more)

    def _read(self, opened: Letter | Flaw, seq: int) -> list[_Told]:
        """Return what is told of a token, newest first."""
        if isinstance(opened, Flaw):
            return [Alert(Alarm(opened.value), seq=seq)]
        envelope = opened.envelope
        name = envelope.key, envelope.run
        if isinstance(envelope.content, Card) or name == self._me:
            return []
        floor = self._floors.get(name)
        fault: Alert | None = None
        if floor is None:
            floor = _Floor(envelope.counter, envelope.after, envelope.at, seq, shown_from=2**63)
            if len(self._floors) < _MAX_RUNS:
                self._floors[name] = floor
        elif envelope.counter >= floor.shown_from or envelope.counter in floor.seen:
            return []  # a copy: whoever heard no acknowledgement said the same again
        elif envelope.counter < floor.counter:
            fault = _fault(floor, opened)
            floor.counter, floor.after = envelope.counter, envelope.after
            floor.at, floor.seq = envelope.at, seq
        floor.seen.add(envelope.counter)
        told = list(reversed(self._show(opened, seq)))
        return [fault, *told] if fault else told


def _fault(floor: _Floor, older: Letter) -> Alert | None:
    """Return what is wrong between a message and the one of its run that was read before it."""
    envelope = older.envelope
    who = Person(envelope.name, envelope.key)
    missing = floor.counter - envelope.counter - 1
    if missing:
        return Alert(Alarm.GAP, who, missing, floor.at, floor.seq)
    if older.digest != floor.after:
        return Alert(Alarm.CONTRADICTION, who, at=floor.at, seq=floor.seq)
    return None
