"""Whether what somebody said is worth a bell, and what is told of it. Pure but for its clock."""

from collections.abc import Callable
from dataclasses import dataclass

from sussurro_client.mentions import mentions
from sussurro_client.wishes import Notify, Wishes
from sussurro_client.words import _

_BETWEEN_SECONDS = 3.0  # two bells at least; nobody may make them ring without end
_IDLE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Heard:
    """What somebody else said just now. ``name``: as it is shown."""

    name: str
    text: str
    is_private: bool = False


class Attention:
    """Whether somebody looks at the terminal: what it says of its focus, else what is typed."""

    __slots__ = ("_has_focus", "_monotonic", "_typed_at")

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._has_focus: bool | None = None  # None: the terminal does not say
        self._typed_at = monotonic()

    def note_focus(self, *, has_focus: bool) -> None:
        """Take note that the terminal got the focus, or lost it."""
        self._has_focus = has_focus

    def note_typing(self) -> None:
        """Take note that a key was pressed, by whoever looks."""
        self._typed_at = self._monotonic()
        if self._has_focus is False:
            self._has_focus = True

    @property
    def is_away(self) -> bool:
        """Whether nobody seems to look."""
        if self._has_focus is not None:
            return not self._has_focus
        return self._monotonic() - self._typed_at >= _IDLE_SECONDS


class Herald:
    """Decides what is told, and how often. Lives in the app's thread."""

    __slots__ = ("_attention", "_last", "_monotonic", "_wishes")

    def __init__(
        self, wishes: Wishes, attention: Attention, monotonic: Callable[[], float]
    ) -> None:
        self._wishes = wishes
        self._attention = attention
        self._monotonic = monotonic
        self._last: float | None = None

    def sentence(self, heard: Heard, me: str, *, is_shown: bool, is_muted: bool) -> str:
        """Return what to tell, where anybody is to be told anything; empty: nothing.

        ``me`` is one's own name in the room; ``is_shown``: the room is the one on the screen.
        """
        if is_muted or self._wishes.notify is Notify.NEVER:
            return ""
        if is_shown and not self._attention.is_away:
            return ""
        now = self._monotonic()
        if self._last is not None and now - self._last < _BETWEEN_SECONDS:
            return ""
        is_mention = mentions(heard.text, me)
        if not (is_mention or heard.is_private or self._wishes.notify is Notify.ALL):
            return ""
        self._last = now
        if self._wishes.notify_content:
            return f"{heard.name}: {heard.text}"
        if heard.is_private:
            return _("A private message has come.")
        return _("Your name was said.") if is_mention else _("A message has come.")
