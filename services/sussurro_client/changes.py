"""What was done to messages after they were said, by whom, in the order of the log. Pure.

Of what one person does to one message again and again, the last counts. Memory is bounded
by numbers and characters, as people and messages may be made up; reactions go first.
"""

from collections import OrderedDict

from sussurro_client.contents import Delete, Edit, Reaction
from sussurro_client.events import Received

_MAX_CHANGED = 100_000  # messages
_MAX_CHANGES = 2_000  # of one message
_MAX_ALL = 200_000  # changes of all messages together
_MAX_CHARACTERS = 16 * 1024 * 1024  # of all edits together

# Who, whether in private, what, and with which emoji: a later one takes its place.
_Kind = tuple[bytes, bool, str, str]


class Changes:
    """The changes of each message, which may not be here (yet). Owned by the timeline."""

    __slots__ = ("_by_target", "_characters", "_count")

    def __init__(self) -> None:
        self._by_target: OrderedDict[str, dict[_Kind, Received]] = OrderedDict()
        self._characters = 0
        self._count = 0

    def of(self, message_id: str) -> tuple[Received, ...]:
        """Return what was done to a message, in order."""
        return tuple(self._by_target.get(message_id, {}).values())

    def note(self, target: str, change: Received, *, is_old: bool = False) -> bool:
        """Take a change of the message ``target``; ``is_old``: it came before all others.

        Returns whether it counts.
        """
        changes = self._by_target.setdefault(target, {})
        kind = _kind_of(change)
        if is_old and kind in changes:
            return False  # that was changed once more since
        self._drop(changes, kind)
        self._count += 1
        self._characters += len(change.text)
        if is_old:
            self._by_target[target] = {kind: change, **changes}
        else:
            changes[kind] = change
        self._bound(target)
        return True

    def _bound(self, target: str) -> None:
        changes = self._by_target[target]
        if len(changes) > _MAX_CHANGES:
            self._drop(changes, next(filter(_is_reaction, changes), next(iter(changes))))
        while (
            len(self._by_target) > _MAX_CHANGED
            or self._count > _MAX_ALL
            or self._characters > _MAX_CHARACTERS
        ):
            _target, dropped = self._by_target.popitem(last=False)
            for kind in tuple(dropped):
                self._drop(dropped, kind)

    def _drop(self, changes: dict[_Kind, Received], kind: _Kind) -> None:
        dropped = changes.pop(kind, None)
        if dropped is not None:
            self._count -= 1
            self._characters -= len(dropped.text)


def target_of(received: Received) -> str:
    """Return the id of what a message changes; empty: it is no change."""
    content = received.content
    return content.of.hex() if isinstance(content, Edit | Delete | Reaction) else ""


def _kind_of(change: Received) -> _Kind:
    content = change.content
    emoji = content.emoji if isinstance(content, Reaction) else ""
    return change.sender.key, change.private is not None, content.kind, emoji


def _is_reaction(kind: _Kind) -> bool:
    return bool(kind[-1])
