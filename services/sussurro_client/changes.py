"""What was done to messages after they were said, by whom, in the order of the log. Pure.

Of what one person does to one message again and again, the last counts. So memory is
bounded by people and messages, and by characters where somebody makes up either.
"""

from collections import OrderedDict

from sussurro_client.contents import Delete, Edit, Reaction
from sussurro_client.events import Received

_MAX_CHANGED = 100_000  # messages
_MAX_CHANGES = 2_000  # of one message
_MAX_CHARACTERS = 16 * 1024 * 1024  # of all edits together

_Kind = tuple[bytes, bool, str]  # who, whether in private, and what: a later one takes its place


class Changes:
    """The changes of each message, which may not be here (yet). Owned by the timeline."""

    __slots__ = ("_by_target", "_characters")

    def __init__(self) -> None:
        self._by_target: OrderedDict[str, dict[_Kind, Received]] = OrderedDict()
        self._characters = 0

    def of(self, message_id: str) -> tuple[Received, ...]:
        """Return what was done to a message, in order."""
        return tuple(self._by_target.get(message_id, {}).values())

    def note(self, target: str, change: Received, *, is_old: bool = False) -> None:
        """Take a change of the message ``target``; ``is_old``: it came before all others."""
        changes = self._by_target.setdefault(target, {})
        kind = _kind_of(change)
        if is_old and kind in changes:
            return  # that was changed once more since
        self._characters += len(change.text) - self._length(changes.pop(kind, None))
        if is_old:
            self._by_target[target] = {kind: change, **changes}
        else:
            changes[kind] = change
        self._bound(target)

    def _bound(self, target: str) -> None:
        changes = self._by_target[target]
        while len(changes) > _MAX_CHANGES:
            self._characters -= self._length(changes.pop(next(iter(changes))))
        while len(self._by_target) > _MAX_CHANGED or self._characters > _MAX_CHARACTERS:
            _target, dropped = self._by_target.popitem(last=False)
            self._characters -= sum(map(self._length, dropped.values()))

    @staticmethod
    def _length(change: Received | None) -> int:
        return len(change.text) if change else 0


def target_of(received: Received) -> str:
    """Return the id of what a message changes; empty: it is no change."""
    content = received.content
    return content.of.hex() if isinstance(content, Edit | Delete | Reaction) else ""


def _kind_of(change: Received) -> _Kind:
    content = change.content
    what = content.emoji if isinstance(content, Reaction) else f" {content.kind}"
    return change.sender.key, change.private is not None, what
