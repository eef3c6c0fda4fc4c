"""Which progress is worth a line of its own, where lines stay. Pure."""

from sussurro_client.files.progress import Progress, State

_UNTOLD = frozenset({State.PREPARING, State.CONNECTING, State.CHECKING})


class Milestones:
    """Passes on what is new: every so many percent, each silence, and the end."""

    def __init__(self, percent: int) -> None:
        self._percent = percent
        self._last: dict[int, tuple[State, int, str]] = {}

    def is_one(self, now: Progress) -> bool:
        """Take the next progress of a transfer; return whether it should be told."""
        if now.is_over:
            self._last.pop(now.number, None)
            return True
        if now.state in _UNTOLD:
            return False
        step = now.percent // self._percent if now.state is State.MOVING else 0
        mark = now.state, step, now.detail
        before = self._last.get(now.number, (State.MOVING, 0, ""))
        self._last[now.number] = mark
        return mark != before and not (now.state is State.MOVING and now.percent == 100)
