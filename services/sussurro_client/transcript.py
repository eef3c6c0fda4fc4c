"""What each member has said so far, as far as numbers tell. Pure.

Every token says on which connection of its sender it is which one, so what came
on one connection can be counted without regard to what it holds: a hole is a
loss, and the same place twice is a replay. What a token holds is judged by the
counter of its message: who does not hear an ACK says the same again, on another
connection. Memory is bounded by runs and not by messages.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from enum import Enum, auto

from sussurro_client.letter import Letter

_MAX_RUNS = 4_000
_MAX_LINKS = 8  # of a run
_MAX_HOLES = 64  # of a link that are remembered
# As many as an outbox may hold, and send again whole.
_RECENT = 1_024
_MAX_DIGESTS = 65_536  # of all runs together

Name = tuple[bytes, bytes]  # a run of a member: its identity key, and the run


class Verdict(Enum):
    """What the transcript says of one message."""

    NEW = auto()
    LATE = auto()  # new, but what came after it was shown before
    DUPLICATE = auto()  # seen before, for a legal cause: drop in silence
    REPLAY = auto()  # seen before, and nobody had a reason to send it again
    CONTRADICTION = auto()  # its sender has said something else under the same number


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict on a token, and how many tokens of its sender are missing before it."""

    verdict: Verdict
    missing: int = 0


_IN_ORDER = {verdict: Judgement(verdict) for verdict in Verdict}


@dataclass(slots=True)
class _Link:
    """One connection of a sender. ``is_anchored``: what comes next can be counted on."""

    last: int
    is_anchored: bool = True
    missing: set[int] = field(default_factory=set)


@dataclass(slots=True)
class _Run:
    """One run of a sender, with the digests of its latest messages by their counters.

    ``first``: what it said before is not ours to know. ``is_cut``: nor is what
    it said before the next message that is new.
    """

    links: dict[int, _Link] = field(default_factory=dict)
    digests: "OrderedDict[int, bytes]" = field(default_factory=OrderedDict)
    first: int = 0
    highest: int = 0
    is_cut: bool = True


class Transcript:
    """Judges each token once, in the order of the log. Owned by the conversation."""

    __slots__ = ("_digests", "_runs")

    def __init__(self) -> None:
        self._runs: OrderedDict[Name, _Run] = OrderedDict()
        self._digests = 0  # remembered of all runs

    def judge(self, letter: Letter, *, again: bool, since: int) -> Judgement:
        """Return the verdict on a token.

        ``again``: the relay had a reason to send its chunk a second time, for we
        asked for it. ``since``: from that chunk on we should have been shown all.
        """
        run = self._run_of(letter)
        link = run.links.get(letter.link)
        if link is None:
            if len(run.links) == _MAX_LINKS and letter.link < min(run.links):
                return Judgement(Verdict.REPLAY)  # of a connection long forgotten
            # A connection that began in our time is ours to hear from its first token on.
            last = 0 if 0 < since <= letter.begun else letter.index - 1
            link = self._add_link(run, letter.link, _Link(last))
        if letter.index > link.last:
            missing = letter.index - link.last - 1 if link.is_anchored else 0
            self._advance(link, letter.index, missing)
            verdict = self._identify(run, letter)
            return _IN_ORDER[verdict] if not missing else Judgement(verdict, missing)
        if letter.index in link.missing:
            link.missing.discard(letter.index)
            verdict = self._identify(run, letter)
            return Judgement(Verdict.LATE if verdict is Verdict.NEW else verdict)
        return Judgement(Verdict.DUPLICATE if again else Verdict.REPLAY)

    def allow_gaps(self) -> None:
        """Take note that the log itself has a gap here, which was told already."""
        for run in self._runs.values():
            run.is_cut = True
            for link in run.links.values():
                link.is_anchored = False

    def _run_of(self, letter: Letter) -> _Run:
        name = letter.envelope.key, letter.envelope.run
        run = self._runs.get(name)
        if run is None:
            run = self._runs[name] = _Run()
        self._runs.move_to_end(name)
        while len(self._runs) > _MAX_RUNS or self._digests > _MAX_DIGESTS:
            _name, oldest = self._runs.popitem(last=False)
            self._digests -= len(oldest.digests)
        return run

    @staticmethod
    def _add_link(run: _Run, number: int, link: _Link) -> _Link:
        link = run.links.setdefault(number, link)
        if len(run.links) > _MAX_LINKS:
            del run.links[min(run.links)]
        return link

    @staticmethod
    def _advance(link: _Link, index: int, missing: int) -> None:
        if missing:
            link.missing.update(range(max(index - missing, index - _MAX_HOLES), index))
            while len(link.missing) > _MAX_HOLES:
                link.missing.remove(min(link.missing))
        link.last, link.is_anchored = index, True

    def _identify(self, run: _Run, letter: Letter) -> Verdict:
        """Return what a token that has not come before says of its message."""
        counter, digest = letter.envelope.counter, letter.digest
        known = run.digests.get(counter)
        if known is not None:
            return Verdict.DUPLICATE if known == digest else Verdict.CONTRADICTION
        is_late = counter < run.highest
        if is_late and (run.is_cut or counter < run.first or self._is_forgotten(run, counter)):
            return Verdict.DUPLICATE
        if run.is_cut:
            run.first, run.is_cut = counter, False
        before = run.digests.get(counter - 1)
        run.highest = max(run.highest, counter)
        run.digests[counter] = digest
        self._digests += 1
        if len(run.digests) > _RECENT:
            run.digests.popitem(last=False)
            self._digests -= 1
        if before is not None and before != letter.envelope.after:
            return Verdict.CONTRADICTION
        return Verdict.LATE if is_late else Verdict.NEW

    @staticmethod
    def _is_forgotten(run: _Run, counter: int) -> bool:
        return len(run.digests) == _RECENT and counter < min(run.digests)
