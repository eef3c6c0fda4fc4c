"""Calling whoever sits here: the bell, and what the desktop is told."""

from collections.abc import Callable

from sussurro_client.app.abilities import Abilities
from sussurro_client.app.herald import Attention, Heard, Herald
from sussurro_client.app.notices import notification
from sussurro_client.wishes import Way, Wishes


class Caller:
    """Calls as it is wished, by what the terminal understands. Lives in the app's thread."""

    def __init__(
        self,
        wishes: Wishes,
        abilities: Abilities,
        monotonic: Callable[[], float],
        *,
        ring: Callable[[], None],
        write: Callable[[str], None],
    ) -> None:
        self.attention = Attention(monotonic)
        self._herald = Herald(wishes, self.attention, monotonic)
        self._wishes = wishes
        self._abilities = abilities
        self._ring = ring
        self._write = write

    def hear(self, heard: Heard, me: str, *, is_shown: bool, is_muted: bool) -> None:
        """Call, if what somebody else has just said is worth it."""
        sentence = self._herald.sentence(heard, me, is_shown=is_shown, is_muted=is_muted)
        if not sentence:
            return
        if self._wishes.bell:
            self._ring()
        way = self._wishes.notify_by
        sequence = notification(
            self._abilities.way if way is Way.AUTO else way,
            sentence,
            in_tmux=self._abilities.is_in_tmux,
        )
        if sequence:
            self._write(sequence)
