"""What an earlier run of this client had heard, so that nothing old passes for new. Pure."""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass

from sussurro_client.letter import Letter

MAX_MARKS = 10_000

Stream = tuple[bytes, bytes, int]  # a sender's identity key, run and connection


@dataclass(frozen=True, slots=True)
class Mark:
    """A token: the ``index``th of one connection of one run of one sender."""

    key: bytes
    run: bytes
    link: int
    index: int

    @classmethod
    def of(cls, letter: Letter) -> "Mark":
        """Return which token a letter was."""
        return cls(letter.envelope.key, letter.envelope.run, letter.link, letter.index)

    @property
    def stream(self) -> Stream:
        """Where it is counted."""
        return self.key, self.run, self.link


class Recollection:
    """How far an earlier run had heard, and how far this one has. Owned by the conversation."""

    __slots__ = ("_before", "_marks", "_position_before", "is_changed", "position")

    def __init__(self, position: int = 0, marks: Iterable[Mark] = ()) -> None:
        self._marks: OrderedDict[Stream, int] = OrderedDict(
            (mark.stream, mark.index) for mark in marks
        )
        self._before = dict(self._marks)
        self._position_before = position
        self.position = position  # the last chunk heard
        self.is_changed = False  # since somebody cared to keep it

    def is_replay(self, mark: Mark, seq: int) -> bool:
        """Return whether an earlier run has heard this token already, in an earlier chunk."""
        index = self._before.get(mark.stream) if self._before else None
        return index is not None and mark.index <= index and seq > self._position_before

    def has_gone_back(self, next_seq: int) -> bool:
        """Return whether a log whose next chunk is ``next_seq`` has lost what was heard of it."""
        return next_seq <= self._position_before

    def note(self, mark: Mark, seq: int) -> None:
        """Take note that a token was heard in chunk ``seq``, and all that stood before it."""
        stream = mark.stream
        self._marks[stream] = max(mark.index, self._marks.get(stream, 0))
        self._marks.move_to_end(stream)
        if len(self._marks) > MAX_MARKS:
            self._marks.popitem(last=False)
        self.position = max(self.position, seq)
        self.is_changed = True

    def marks(self) -> tuple[Mark, ...]:
        """Return the last token of each stream, the newest last."""
        return tuple(Mark(*stream, index) for stream, index in self._marks.items())
