"""What schedules have found, each told again without chance."""

from dataclasses import dataclass, field

from sussurro_client.contents import Text
from sussurro_client.conversation import Conversation
from sussurro_client.envelope import Sealer
from sussurro_client.events import Alarm, Alert, Event, Received
from sussurro_client.letter import Head, Letter
from sussurro_relay.cursor import Cursor
from sussurro_relay.log import Page, Record
from sussurro_relay.room import Room
from sussurro_wire.chunk import Chunk
from sussurro_wire.messages import Ack, At, Hello, Join, Side, Welcome
from sussurro_wire.protocol import Event as WireEvent
from sussurro_wire.protocol import Protocol
from tests.client.scenes import ANA, BIA, KEY, NONCE, NOW, Voice
from tests.relay.table import NoPages
from tests.wire.link import say

_MUCH = 100_000


@dataclass
class Ana:
    """Ana's conversation, and the relay's side of each of its connections."""

    history: int = 0
    told: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._conversation = Conversation(
            ANA, b"my-run-1", "relay", self.told.append, history=self.history
        )

    def connect(self, oldest: int, next_seq: int) -> Join:
        """Let her in on a new connection; return her JOIN."""
        self._conversation.begin()
        self._relay = Protocol(Side.RELAY)
        self.hear(Hello(1, NONCE))
        heard: list[WireEvent] = []
        self._relay.receive(self._conversation.outgoing(NOW, _MUCH), heard.append)
        (join,) = heard
        assert isinstance(join, Join)
        self.hear(Welcome("me", oldest, next_seq, 1))
        return join

    def hear(self, *events: WireEvent) -> None:
        self._conversation.receive(b"".join(say(self._relay, event) for event in events), NOW)

    def say(self, text: str) -> Letter:
        """Let her say something, and send it; return what the others would read."""
        self._conversation.say(Text(text=text), NOW)
        return Sealer(KEY).open(self.send()[-1])

    def send(self) -> list[bytes]:
        """Return the tokens that she sends now."""
        heard: list[WireEvent] = []
        self._relay.receive(self._conversation.outgoing(NOW, _MUCH), heard.append)
        return [token for event in heard if isinstance(event, Chunk) for token in event.tokens()]

    def alarms(self) -> list[Alarm]:
        return [event.alarm for event in self.told if isinstance(event, Alert)]

    def texts(self) -> list[str]:
        return [event.text for event in self.told if isinstance(event, Received)]


def chunk(*tokens: bytes) -> Chunk:
    return Chunk(b"".join(token + b"\n" for token in tokens), len(tokens))


def test_who_asked_for_history_and_got_none_comes_back_to_where_they_entered() -> None:
    """With LAST again, more than so many messages said meanwhile would have been lost."""
    ana = Ana(history=3)
    assert ana.connect(oldest=1, next_seq=50).last == 3
    again = ana.connect(oldest=1, next_seq=90)
    assert (again.from_seq, again.last) == (50, None)


def test_a_place_where_nothing_came_yet_is_missing_when_it_is_let_go() -> None:
    ana = Ana()
    ana.connect(oldest=1, next_seq=50)
    ana.connect(oldest=51, next_seq=60)
    assert ana.alarms() == [Alarm.GAP]


def test_a_chunk_that_came_in_part_and_was_let_go_is_named_as_missing() -> None:
    ana, bia = Ana(), Voice(BIA)
    ana.connect(oldest=1, next_seq=50)
    ana.hear(At(50), chunk(bia.token("Oi")))
    ana.connect(oldest=51, next_seq=60)
    assert ana.alarms() == [Alarm.GAP]


def test_a_chunk_that_came_whole_and_was_let_go_is_not_missing() -> None:
    ana, bia = Ana(), Voice(BIA)
    ana.connect(oldest=1, next_seq=50)
    ana.hear(At(50), chunk(bia.token("Oi")), Ack(0, 0))
    ana.connect(oldest=51, next_seq=60)
    assert (ana.alarms(), ana.texts()) == ([], ["Oi"])


def test_what_comes_again_after_we_met_its_sender_further_on_is_no_replay() -> None:
    """It was on its way over an old connection, and stands in the log before our time too."""
    ana, bia = Ana(), Voice(BIA)
    for number in range(1, 8):
        bia.token(f"{number}")
    bia.reconnect()
    ana.connect(oldest=1, next_seq=100)
    ana.hear(At(100), chunk(bia.again(7)), At(101), chunk(bia.again(6, (1, 6))))
    assert (ana.alarms(), ana.texts()) == ([], ["7"])


def test_what_a_sender_found_in_the_log_and_did_not_send_again_is_no_gap_for_a_newcomer() -> None:
    """Bia sends 1 again, finds 2 and 3 in the log, and goes on with 4."""
    ana, bia = Ana(), Voice(BIA)
    for number in range(1, 4):
        bia.token(f"{number}")
    bia.reconnect()
    ana.connect(oldest=1, next_seq=100)
    ana.hear(At(100), chunk(bia.again(1)), At(101), chunk(bia.token("4", counter=4)))
    assert (ana.alarms(), ana.texts()) == ([], ["1", "4"])
    bia.token("5")
    ana.hear(At(102), chunk(bia.token("6")))
    assert ana.alarms() == [Alarm.GAP]


def test_what_was_kept_before_a_cut_may_be_named_where_it_stood_then() -> None:
    """Others' words came and the ACK did not, so that the new connection begins after ours."""
    ana, bia = Ana(), Voice(BIA)
    ana.connect(oldest=1, next_seq=50)
    mine = ana.say("Oi")
    ana.hear(At(52), chunk(bia.token("one")))
    ana.connect(oldest=1, next_seq=53)
    assert len(ana.send()) == 1
    ana.hear(Ack(1, 53))
    ana.hear(At(54), chunk(bia.token("two", seen=[Head(51, mine.digest)], since=50)))
    assert (ana.alarms(), ana.texts()) == ([], ["one", "two"])


def test_what_a_page_has_acknowledged_the_window_does_not_acknowledge_again() -> None:
    """A page may hold a chunk that is kept, and of which the room has not been told yet."""
    room = Room("room", 10_000, presence_limit=10)
    room.open(0)
    cursor = Cursor(room, "ana", 0, 0, NoPages())
    mine = chunk(b"gAAAAmine")
    cursor.hand_over(mine)
    record = Record("room", 1, "ana", 1, mine.lines)
    cursor.take_page(Page((record,), oldest=1, head=1, complete=True))
    assert cursor.next_data() == (b"ACK 1 1\n", 0)
    assert cursor.next_data() == (b"", 0)
    room.commit([record])
    assert cursor.next_data() == (b"", 0)
