"""What a relay does for the sake of the others, and a relay that stands alone does not."""

from collections.abc import Callable
from dataclasses import dataclass, field

from sussurro_relay.hub import Hub
from sussurro_relay.neighbours import ALONE
from sussurro_relay.room import Room
from sussurro_wire.errors import Reason
from sussurro_wire.messages import Here, Leave, Who, WhoEnd
from tests.relay.table import SECRET, Table
from tests.support.relay import CARD


@dataclass
class Told:
    """Neighbours that write down what they are told, and let who enters wait."""

    said: list[str] = field(default_factory=list)
    waiting: list[Callable[[], None]] = field(default_factory=list)

    def opened(self, room: Room) -> None:
        self.said.append(f"opened {room.id}")

    def gather(self, _: Room, done: Callable[[], None]) -> None:
        self.waiting.append(done)

    def entered(self, _: Room, session: str, card: str) -> None:
        self.said.append(f"entered {session} {card}")

    def left(self, _: Room, session: str, reason: str) -> None:
        self.said.append(f"left {session} {reason}")

    def closed(self, room: Room) -> None:
        self.said.append(f"closed {room.id}")


def table_beside(told: Told) -> Table:
    table = Table()
    table.hub = Hub(table.window_bytes, table.presence_limit, table.budget, told)
    table.log.start(table.hub.committed)
    return table


def test_the_first_who_enters_is_welcomed_once_those_elsewhere_are_there() -> None:
    told = Told()
    table = table_beside(told)
    ana = table.enter("ana")
    assert ana.hear() == []
    room = table.hub.acquire(SECRET.room)
    room.enter_elsewhere(Here("bia", CARD))
    room.is_gathered = True
    told.waiting.pop()()
    assert ana.hear_welcome().members == 2
    ana.say(Who())
    assert ana.hear() == [Here("bia", CARD), Here("ana", CARD), WhoEnd(2)]
    assert table.enter("caio").hear_welcome().members == 3
    assert told.waiting == []


def test_who_gives_up_before_that_enters_nowhere() -> None:
    told = Told()
    table = table_beside(told)
    ana = table.enter("ana")
    ana.connection.end(Reason.DRAIN, table.now)
    ana.hear()
    told.waiting.pop()()
    assert ana.hear() == []
    ana.connection.closed()
    assert told.said == [f"opened {SECRET.room}", f"closed {SECRET.room}"]
    assert not any(table.budget.held().values())


def test_others_are_told_of_our_own_members_and_not_of_their_own() -> None:
    told = Told()
    table = table_beside(told)
    ana = table.enter("ana")
    told.waiting.pop()()
    ana.hear_welcome()
    room = ana.connection.room
    assert room is not None
    room.enter_elsewhere(Here("bia", CARD))
    assert room.own_members() == [b"HERE ana " + CARD.encode() + b"\n"]
    ana.say(Leave())
    ana.hear()
    ana.connection.closed()
    assert told.said == [
        f"opened {SECRET.room}", f"entered ana {CARD}", "left ana left", f"closed {SECRET.room}",
    ]  # fmt: skip
    room.enter_elsewhere(Here("caio", CARD))  # it had been on its way to a room that is closed
    assert not any(table.budget.held().values())


def test_a_relay_that_stands_alone_lets_nobody_wait() -> None:
    heard: list[str] = []
    room = Hub(1000, 200).acquire("room")
    room.gather(lambda: heard.append("now"))
    ALONE.gather(room, lambda: heard.append("now too"))
    assert heard == ["now", "now too"]
