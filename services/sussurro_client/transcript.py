"""What each member has said so far, as far as counters tell. Pure.

Every run of every member counts its messages. From that alone a client knows a
duplicate, a replay and a gap, in memory bounded by runs and not by messages.
"""

from collections import OrderedDict
from dataclasses import dataclass
from enum import Enum, auto

_MAX_RUNS = 10_000
# As many as an outbox may hold, and send again whole.
_RECENT = 1_024


class Verdict(Enum):
    """What the transcript says of one message."""

    NEW = auto()
    AFTER_GAP = auto()  # new, but something of the same sender is missing before it
    DUPLICATE = auto()  # seen before, for a legal cause: drop in silence
    REPLAY = auto()  # seen before, and nobody had a reason to send it again


@dataclass(slots=True)
class _Run:
    """One run of one sender; ``recent`` holds the attempts seen of the latest counters.

    ``first``: what it said before is not ours to know. ``anchored``: what comes
    next can be counted on. A message sent again is no anchor, for what its
    sender found in the log it does not send again.
    """

    highest: int
    recent: "OrderedDict[int, set[int]]"
    first: int
    anchored: bool


class Transcript:
    """Judges each envelope once, in the order of the log. Owned by the conversation."""

    __slots__ = ("_runs", "_seq")

    def __init__(self) -> None:
        self._runs: OrderedDict[tuple[bytes, bytes], _Run] = OrderedDict()
        self._seq = 0

    def judge(
        self, sender: bytes, run: bytes, counter: int, attempt: int, seq: int
    ) -> tuple[Verdict, int]:
        """Return the verdict on a message in chunk ``seq``, and how many are missing before it.

        A message is a legal duplicate when its chunk was seen before (the relay
        sends the last one again after a reconnect), when its sender sent it again
        (then the attempt is another), or when it is from before all that we know.
        """
        seen_chunk = seq <= self._seq
        self._seq = max(self._seq, seq)
        state = self._runs.get((sender, run))
        if state is None:
            recent = OrderedDict({counter: {attempt}})
            self._remember((sender, run), _Run(counter, recent, counter, attempt == 1))
            return Verdict.NEW, 0
        self._runs.move_to_end((sender, run))
        if counter > state.highest:
            missing = counter - state.highest - 1 if state.anchored else 0
            if not state.anchored:
                state.first, state.anchored = counter, attempt == 1
            state.highest = counter
            self._note(state, counter, attempt)
            return (Verdict.AFTER_GAP if missing else Verdict.NEW), missing
        attempts = state.recent.get(counter)
        is_sent_again = attempt not in attempts if attempts else counter < state.first
        if seen_chunk or is_sent_again:
            self._note(state, counter, attempt)
            return Verdict.DUPLICATE, 0
        return Verdict.REPLAY, 0

    def allow_gaps(self) -> None:
        """Take note that the log itself has a gap here, which was told already."""
        for run in self._runs.values():
            run.anchored = False

    def _remember(self, name: tuple[bytes, bytes], run: _Run) -> None:
        self._runs[name] = run
        if len(self._runs) > _MAX_RUNS:
            self._runs.popitem(last=False)

    @staticmethod
    def _note(run: _Run, counter: int, attempt: int) -> None:
        run.recent.setdefault(counter, set()).add(attempt)
        if len(run.recent) > _RECENT:
            run.recent.popitem(last=False)
