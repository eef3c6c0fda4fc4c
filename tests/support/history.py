"""Was anything lost, doubled, reordered or invented? Pure: accounts in, a verdict out.

Every text of a history is said once in it, so a text is a message's name. The
checker trusts no client and no relay for the order: it looks for any one order
that everybody's account fits into. Chunk numbers only tell it what stood in the
log before what somebody was shown of it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Shown:
    """A text that a client showed, and the chunk that it said it came in."""

    text: str
    seq: int


@dataclass(frozen=True, slots=True)
class Account:
    """What one client did and saw, from its start to its end.

    ``entered``: the first chunk after its entrance. ``stayed``: it was there at
    the end, and everybody had the time to catch up; otherwise it was killed.
    """

    name: str
    entered: int = 0
    said: tuple[str, ...] = ()
    acknowledged: frozenset[str] = frozenset()
    shown: tuple[Shown, ...] = ()
    stayed: bool = True

    @property
    def since(self) -> int:
        """The first chunk that it was to see: of the history that it opened with, if any."""
        return min(self.entered, self.shown[0].seq) if self.shown else self.entered


@dataclass(frozen=True, slots=True)
class Fault:
    """One text that is not as promised in the account of one client."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found; ``reordered`` holds texts that no one order fits, where there are any."""

    lost: tuple[Fault, ...]
    doubled: tuple[Fault, ...]
    reordered: tuple[str, ...]
    invented: tuple[Fault, ...]

    @property
    def is_clean(self) -> bool:
        """Whether every promise was kept."""
        return not (self.lost or self.doubled or self.reordered or self.invented)


def judge(accounts: Iterable[Account]) -> Verdict:
    """Decide what became of every message that was acknowledged or shown to anybody."""
    evidence = _Evidence(tuple(accounts))
    return Verdict(
        lost=tuple(evidence.lost()),
        doubled=tuple(evidence.doubled()),
        reordered=evidence.reordered(),
        invented=tuple(evidence.invented()),
    )


@dataclass(slots=True)
class _Evidence:
    """All accounts, and what follows from them together."""

    accounts: tuple[Account, ...]
    author: dict[str, Account] = field(default_factory=dict)
    # Where a text stands in the log: the first chunk that anybody saw it in, and its
    # place among its author's, as one chunk has one author.
    place: dict[str, tuple[int, int]] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        numbers: dict[str, int] = {}
        for account in self.accounts:
            self.author |= dict.fromkeys(account.said, account)
            numbers |= {text: number for number, text in enumerate(account.said)}
        for account in self.accounts:
            self.kept |= account.acknowledged & self.author.keys()
            for shown in account.shown:
                if shown.text in self.author:
                    place = (shown.seq, numbers[shown.text])
                    self.place[shown.text] = min(place, self.place.get(shown.text, place))
        self.kept |= self.place.keys()

    def lost(self) -> Iterator[Fault]:
        for account in self.accounts:
            seen = {shown.text for shown in account.shown}
            last = max((self.place[text] for text in seen if text in self.place), default=(0, 0))
            for text in self.kept - seen.union(account.said):
                if self._is_promised(text, account, last):
                    yield Fault(account.name, text)

    def _is_promised(self, text: str, account: Account, last: tuple[int, int]) -> bool:
        """Return whether a text that was not shown should have been."""
        place = self.place.get(text)
        if place is None:
            # Shown to nobody. It was said after its author came, and that is all we know.
            return account.stayed and account.entered <= self.author[text].entered
        # Who was killed has seen everything up to a moment, and nothing after it.
        return place[0] >= account.since and (account.stayed or place < last)

    def doubled(self) -> Iterator[Fault]:
        for account in self.accounts:
            # An author has its own text already.
            times = Counter(account.said) + Counter(shown.text for shown in account.shown)
            yield from (Fault(account.name, text) for text, count in times.items() if count > 1)

    def invented(self) -> Iterator[Fault]:
        for account in self.accounts:
            known = account.acknowledged.intersection(account.said)
            claimed = [shown.text for shown in account.shown if shown.text not in self.author]
            claimed += account.acknowledged - known
            yield from (Fault(account.name, text) for text in claimed)

    def reordered(self) -> tuple[str, ...]:
        order: TopologicalSorter[str] = TopologicalSorter()
        for account in self.accounts:
            said = (text for text in account.said if text in self.kept)
            for chain in (said, self._in_order_for(account)):
                for before, after in pairwise(dict.fromkeys(chain)):
                    order.add(after, before)
        try:
            order.prepare()
        except CycleError as error:
            return tuple(error.args[1][1:])
        return ()

    def _in_order_for(self, account: Account) -> Iterator[str]:
        """Go through what was shown and was new: neither unknown, nor a second copy.

        A message that was sent again after a cut may stand in the log twice. Who
        sees the log from between the two can only take the second for the first.
        """
        for shown in account.shown:
            place = self.place.get(shown.text)
            if place is not None and place[0] >= account.since:
                yield shown.text
