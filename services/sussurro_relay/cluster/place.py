"""One room that somebody here is in, as the relays speak of it. Owned by the bus's thread."""

from collections.abc import Callable, Iterable

from sussurro_relay.cluster.elsewhere import Elsewhere
from sussurro_relay.room import Room
from sussurro_wire.messages import Gone, Here

# A room's number is told again at each turn for so long after something happened there ...
NEWS_TURNS = 6
# ... and then this often, should all of that have been lost.
_QUIET_TURNS = 30
# Who has members there and does not even say that is asked.
_LONGEST_SILENCE = 2 * _QUIET_TURNS + NEWS_TURNS


class Place:
    """The room, who is in it elsewhere, and what was said and asked of it."""

    __slots__ = (
        "_awaited", "_waiting", "answered", "asked", "elsewhere", "room", "stop_hearing", "turns", "version",
    )  # fmt: skip

    def __init__(self, room: Room, version: int) -> None:
        self.room = room
        self.elsewhere = Elsewhere()
        self.stop_hearing: Callable[[], None] | None = None  # None: not heard yet
        self.version = version  # rises with each who comes or goes here
        self.turns = 0  # since the last of them
        # Relays, since the last turn: a roster may be long, and more may be missing at once.
        self.asked: set[str] = set()
        self.answered: set[str] = set()
        self._awaited: set[str] | None = None  # relays that are asked first; None: not asked yet
        self._waiting: list[Callable[[], None]] = []  # until they have answered

    def happen(self) -> int:
        """Take note that somebody came or went here; return its number."""
        self.version += 1
        self.turns = 0
        return self.version

    def tell_again(self) -> None:
        """Take note that others may not have heard the last number."""
        self.turns = min(self.turns, NEWS_TURNS - 1)

    def take_turn(self) -> bool:
        """Let a turn pass; return whether to tell the number."""
        self.turns += 1
        self.asked.clear()
        self.answered.clear()
        self.elsewhere.take_turn(_LONGEST_SILENCE)
        return self.turns <= NEWS_TURNS or self.turns % _QUIET_TURNS == 0

    def apply(self, news: Iterable[Here | Gone]) -> None:
        """Let the room know who came and went elsewhere."""
        for each in news:
            if isinstance(each, Here):
                self.room.enter_elsewhere(each)
            else:
                self.room.leave_elsewhere(each)

    # Until it is known who is there.

    def gather(self, done: Callable[[], None]) -> None:
        """Call ``done`` once those that were asked have answered, or `be_gathered` was called."""
        if self.room.is_gathered:
            done()
        else:
            self._waiting.append(done)

    def expect(self, relays: Iterable[str]) -> None:
        """Take note who was asked."""
        self._awaited = set(relays)
        self._look_at_awaited()

    def hear_from(self, relay: str) -> None:
        """Take note that a relay has answered, or never will."""
        if self._awaited is not None:
            self._awaited.discard(relay)
            self._look_at_awaited()

    def be_gathered(self) -> None:
        """Let nobody wait any more."""
        self.room.is_gathered = True
        waiting, self._waiting = self._waiting, []
        for done in waiting:
            done()

    def _look_at_awaited(self) -> None:
        if not self._awaited and not self.room.is_gathered:
            self.be_gathered()
