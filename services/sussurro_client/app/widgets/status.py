"""The line at the top: which room this is, and how the connection does."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from textual.content import Content
from textual.widget import Widget

from sussurro_client import sentences
from sussurro_client.words import _

_SIGN_CELLS = 2
_ROOM_FROM = 72  # a narrower terminal has no place for the room's words


class Phase(StrEnum):
    """Where the connection is."""

    CONNECTING = "connecting"
    OPEN = "open"
    WAITING = "waiting"
    LEAVING = "leaving"
    OVER = "over"  # it is not tried again


@dataclass(frozen=True, slots=True)
class Connection:
    """How the connection does. ``until``: when it is tried again, on the monotonic clock."""

    phase: Phase
    members: int = 0
    until: float = 0.0


_SIGNS = {
    Phase.CONNECTING: ("◌", "$warning"),
    Phase.OPEN: ("●", "$success"),
    Phase.WAITING: ("○", "$error"),
    Phase.LEAVING: ("◌", "$faint"),
    Phase.OVER: ("✗", "$error"),
}


class Status(Widget):
    """Sussurro, the room's words, and the connection in colour and words."""

    def __init__(self, room_words: str, monotonic: Callable[[], float]) -> None:
        super().__init__()
        self._room_words = room_words
        self._monotonic = monotonic
        self._connection = Connection(Phase.CONNECTING)

    def on_mount(self) -> None:
        """Count the seconds down while waiting."""
        self.set_interval(1.0, self._tick)

    def show(self, connection: Connection) -> None:
        """Show another state."""
        self._connection = connection
        self.refresh()

    def render(self) -> Content:
        """Return the line."""
        sign, style = _SIGNS[self._phase]
        left = Content.styled("sussurro", "$accent bold")
        if self.size.width >= _ROOM_FROM and self._room_words:
            left += Content.assemble("  ", (self._room_words, "$faint"))
        right = Content.styled(f"{sign} {self._words()}", style)
        gap = self.size.width - left.cell_length - right.cell_length
        if gap < 1:
            return right.truncate(self.size.width, ellipsis=True)
        return left + Content(" " * gap) + right

    @property
    def _phase(self) -> Phase:
        over = self._connection.phase is Phase.WAITING and not self._seconds_left()
        return Phase.CONNECTING if over else self._connection.phase

    def _seconds_left(self) -> int:
        return max(round(self._connection.until - self._monotonic()), 0)

    def _words(self) -> str:
        match self._phase:
            case Phase.CONNECTING:
                return _("connecting…")
            case Phase.WAITING:
                return _("reconnecting in {seconds} s").format(seconds=self._seconds_left())
            case Phase.LEAVING:
                return _("leaving…")
            case Phase.OVER:
                return _("refused")
            case Phase.OPEN:
                here = sentences.here(self._connection.members)
                words = _("connected") + " · " + here
                # A narrow terminal has the sign for the first of the two.
                return words if len(words) + _SIGN_CELLS <= self.size.width else here

    def _tick(self) -> None:
        if self._connection.phase is Phase.WAITING:
            self.refresh()
