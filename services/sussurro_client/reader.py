"""What a token that came means: what is shown of it, and what is wrong with it. Pure."""

from collections.abc import Callable

from sussurro_client.author import Author
from sussurro_client.backlog import Backlog
from sussurro_client.contents import Card
from sussurro_client.errors import Flaw
from sussurro_client.events import Alarm, Alert, Event, Kept
from sussurro_client.heads import Heads
from sussurro_client.letter import Head, Letter
from sussurro_client.meaning import Meaning, person_of
from sussurro_client.memory import Memory
from sussurro_client.recollection import Mark
from sussurro_client.transcript import Transcript, Verdict

_ALARMS = {
    Verdict.LATE: Alarm.REORDERED,
    Verdict.REPLAY: Alarm.REPLAY,
    Verdict.CONTRADICTION: Alarm.CONTRADICTION,
}
_SHOWN = frozenset({Verdict.NEW, Verdict.LATE})


class Reader:
    """Judges what others say, and tells of it. Owned by the conversation."""

    __slots__ = (
        "_acquaintances", "_author", "_backlog", "_heads", "_meaning", "_recollection", "_tell",
        "transcript",
    )  # fmt: skip

    def __init__(
        self,
        author: Author,
        heads: Heads,
        memory: Memory,
        meaning: Meaning,
        backlog: Backlog,
        tell: Callable[[Event], None],
    ) -> None:
        self.transcript = Transcript()
        self._author = author
        self._heads = heads
        self._acquaintances = memory.acquaintances
        self._recollection = memory.recollection
        self._meaning = meaning
        self._backlog = backlog
        self._tell = tell

    def take(self, opened: Letter | Flaw, seq: int, *, again: bool, live: bool) -> None:
        """Take what a token of chunk ``seq`` was opened to.

        ``again``: we asked for that chunk a second time.
        """
        if isinstance(opened, Flaw):
            self._tell(Alert(Alarm(opened.value), seq=seq))
            return
        letter = opened
        if isinstance(letter.envelope.content, Card):
            return  # it has no business in the log
        if (letter.envelope.key, letter.envelope.run) == self._author.name:
            # Our own, kept from an earlier connection: the ACK was lost, not the message.
            if self._author.found(letter, seq):
                self._tell(Kept(letter.id, seq))
            return
        verdict = self._judge(letter, seq, again=again)
        if verdict in _SHOWN:
            self._compare(letter, seq)
            self._show(letter, seq, live=live)

    def greet(self, card: Letter) -> None:
        """Take a member's card."""
        person = person_of(card)
        for event in self._meaning.meet(person)[1]:
            self._tell(event)
        if isinstance(card.envelope.content, Card):
            self._acquaintances.note_wrap_key(person, card.envelope.content.wrap_key)

    def _judge(self, letter: Letter, seq: int, *, again: bool) -> Verdict:
        """Return the verdict on a token, and tell what is wrong with it."""
        mark = Mark.of(letter)
        if self._recollection.is_replay(mark, seq):
            self._warn(Alarm.REPLAY, letter, seq)
            return Verdict.REPLAY
        judgement = self.transcript.judge(letter, again=again, since=self._heads.since)
        if judgement.verdict is not Verdict.REPLAY:
            self._recollection.note(mark, seq)
            self._heads.place(letter.digest, seq, seq)
        if judgement.missing:
            self._warn(Alarm.GAP, letter, seq, judgement.missing)
        alarm = _ALARMS.get(judgement.verdict)
        if alarm is not None:
            self._warn(alarm, letter, seq)
        return judgement.verdict

    def _compare(self, letter: Letter, seq: int) -> None:
        """Compare what a message's sender had seen with what we were shown."""
        envelope = letter.envelope
        seen = envelope.heads
        if seen and self._heads.differs(seen):
            self._warn(Alarm.SPLIT, letter, seq)
        if seen and self._author.witness.misses(seen, envelope.since):
            self._warn(Alarm.WITHHELD, letter, seq)
        self._heads.lead((envelope.key, envelope.run), Head(seq, letter.digest), seen)

    def _show(self, letter: Letter, seq: int, *, live: bool) -> None:
        self._backlog.note(letter, seq)
        for event in self._meaning.of(letter, seq, live=live):
            self._tell(event)

    def _warn(self, alarm: Alarm, letter: Letter, seq: int, missing: int = 0) -> None:
        self._tell(Alert(alarm, person_of(letter), missing, letter.envelope.at, seq))
