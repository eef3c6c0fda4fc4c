"""One client of the relay: what it says, what it is told, what it is held to. Bytes in, bytes out, ``now`` given.

No socket, no lock, no clock. A connection belongs to one I/O thread from accept
to close. ``now`` is always in seconds of the monotonic clock.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from typing import Protocol as Interface

from sussurro_relay.admission import Rate
from sussurro_relay.cursor import Cursor, Phase
from sussurro_relay.log import Page, Query
from sussurro_relay.room import Room
from sussurro_relay.tally import Tally
from sussurro_wire.chunk import Chunk
from sussurro_wire.codec import encode
from sussurro_wire.errors import Reason, WireError
from sussurro_wire.limits import VERSION
from sussurro_wire.messages import (
    At,
    Bye,
    Hello,
    Join,
    Leave,
    Message,
    Past,
    PastEnd,
    Ping,
    Pong,
    Side,
    Welcome,
    Who,
)
from sussurro_wire.protocol import Event, Protocol

# Who asks (WHO, PAST, PING) and does not read the answers is not listened to.
_REPLIES_LIMIT = 64 * 1024
# Nor is who sends faster than the log keeps.
_UNKEPT_LIMIT = 4 * 1024 * 1024
_PAST_MESSAGES = 1_000
# How long a connection that is ending may wait for what it sent to be kept.
_ENDING_SECONDS = 3.0
# And how long it then has to read its BYE.
_FAREWELL_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Terms:
    """What every connection is held to; seconds and bytes."""

    max_line: int
    rate_bytes: int
    handshake_seconds: float
    heartbeat_seconds: float


class Desk(Interface):
    """What a connection asks of the relay around it."""

    def enter(self, join: Join, nonce: str) -> Room:
        """Return the room, kept until `leave`; raises WireError where that is refused."""

    def leave(self, room: Room) -> None:
        """Give the room back."""

    def append(self, room: Room, chunk: Chunk, session: str, now: float) -> None:
        """Hand a chunk to the log."""

    def is_behind(self) -> bool:
        """Return whether the log has more to keep than it should."""

    def read(self, query: Query, done: Callable[[Page], None]) -> None:
        """Read from the log; ``done`` is called later, in the connection's thread."""

    def notify(self, room: Room) -> None:
        """Be told of news in a room; any thread."""


class Connection:
    """One client from HELLO to BYE."""

    __slots__ = (
        "_asked", "_cursor", "_desk", "_ending_at", "_farewell", "_handlers", "_heard_at",
        "_is_recalling", "_join", "_nonce", "_now", "_opened_at", "_pasts", "_protocol", "_rate",
        "_replies", "_replies_size", "_tally", "_terms", "_unsent", "_unsent_count", "is_over",
        "room", "session",
    )  # fmt: skip

    def __init__(
        self, session: str, nonce: str, desk: Desk, terms: Terms, tally: Tally, now: float
    ) -> None:
        self.session = session
        self.is_over = False  # BYE has been handed out, or there is no socket any more
        self._desk = desk
        self._terms = terms
        self._tally = tally
        self._nonce = nonce
        self._protocol = Protocol(Side.RELAY, terms.max_line)
        self._rate = Rate(terms.rate_bytes, now)
        self.room: Room | None = None  # from JOIN to BYE
        self._join: Join | None = None
        self._cursor: Cursor | None = None
        self._replies: deque[bytes] = deque()
        self._replies_size = 0
        self._pasts: deque[Past] = deque()  # asked for and not read from the log yet
        self._is_recalling = False  # one of them is being read
        self._unsent: bytes | memoryview = b""
        self._unsent_count = 0
        self._farewell: Bye | None = None
        self._ending_at = 0.0
        self._opened_at = self._heard_at = self._now = now
        self._asked = False
        self._handlers: dict[type, Callable[[Any], None]] = {
            Chunk: self._take_chunk,
            Join: self._take_join,
            Past: self._take_past,
            Who: lambda _: self._reply(self._in_room().roster()),
            Ping: lambda ping: self._say(Pong(ping.text)),
            Pong: lambda _: None,
            Leave: lambda _: self.end(Reason.LEFT, self._now),
        }
        self._say(Hello(VERSION, nonce))

    # Bytes in.

    def receive(self, data: bytes, now: float) -> None:
        """Take what the client sent."""
        self._heard_at, self._asked, self._now = now, False, now
        self._rate.take(len(data), now)
        self._tally.bytes_in += len(data)
        try:
            self._protocol.receive(data, self._handle)
        except WireError as error:
            self.end(error.reason, now)

    def may_read(self, now: float) -> bool:
        """Return whether the client may be listened to; if not, TCP makes it wait."""
        return (
            self._replies_size < _REPLIES_LIMIT
            and not self._pasts
            and not self._desk.is_behind()
            and not self._rate.is_over(now)
            and (self._cursor is None or self._cursor.unkept_bytes < _UNKEPT_LIMIT)
            and (self.room is None or not self.room.is_crowded(now))
        )

    @property
    def is_ending(self) -> bool:
        """Whether nothing more is taken from the client."""
        return self._farewell is not None

    # Bytes out.

    def next_data(self, now: float) -> bytes | memoryview:
        """Return what to send next; empty when there is nothing for now."""
        if self._unsent or self.is_over:
            return self._unsent
        if self._replies:
            self._unsent = self._replies.popleft()
            self._replies_size -= len(self._unsent)
            self._recall()
        elif self._cursor is not None:
            self._unsent, self._unsent_count = self._cursor.next_data()
            if self._cursor.phase is Phase.LAGGED:
                self.end(Reason.LAGGED, now)
        if not self._unsent and self._farewell is not None and self._may_end(now):
            self._unsent = encode(self._farewell)
            self._leave_room(self._farewell.reason)
            self.is_over = True
        return self._unsent

    def sent(self, size: int) -> bool:
        """Take note that ``size`` bytes went out; return whether that was all."""
        self._tally.bytes_out += size
        if size < len(self._unsent):
            self._unsent = memoryview(self._unsent)[size:]
            return False
        self._tally.frames_out += self._unsent_count
        self._unsent, self._unsent_count = b"", 0
        return True

    def note_blocked(self, *, blocked: bool) -> None:
        """Take note that the socket is full, or is full no more."""
        if self._cursor is not None:
            self._cursor.note_blocked(blocked=blocked)

    def take_read_at(self) -> float:
        """Return when the last chunk taken for this client had been read; 0: none since asked."""
        return self._cursor.take_read_at() if self._cursor is not None else 0.0

    # Time and ends.

    def tick(self, now: float) -> None:
        """Look at the deadlines; called about once a second."""
        self._now = now
        if self._rate.is_over(now) or self._desk.is_behind():
            self._heard_at = now  # it is not listened to, so it cannot be called silent
        silence = now - self._heard_at
        heartbeat = self._terms.heartbeat_seconds
        if self.is_ending:
            return
        if self._cursor is None:
            if self._join is None and now - self._opened_at > self._terms.handshake_seconds:
                self.end(Reason.HANDSHAKE_TIMEOUT, now)
        elif silence > 2 * heartbeat:
            self.end(Reason.TIMEOUT, now)
        elif silence > heartbeat and not self._asked:
            self._asked = True
            self._say(Ping("alive"))

    def end(self, reason: Reason, now: float, retry_after: int | None = None) -> None:
        """Say BYE, once what the client sent is kept; it is not read any more."""
        if self._farewell is None:
            self._farewell = Bye(reason, retry_after)
            self._ending_at = now + _ENDING_SECONDS
            if reason not in (Reason.LEFT, Reason.DRAIN):
                self._tally.refused[reason] += 1

    def is_overdue(self, now: float) -> bool:
        """Return whether the client has had the time to read its BYE."""
        return self.is_ending and now > self._ending_at + _FAREWELL_SECONDS

    def closed(self) -> None:
        """Take note that there is no socket any more."""
        self._leave_room(self._farewell.reason if self._farewell else Reason.LOST)
        self.is_over = True

    def _may_end(self, now: float) -> bool:
        if self._cursor is None or self._cursor.phase is Phase.LAGGED:
            return True
        return not self._cursor.unkept_bytes or now >= self._ending_at

    def _leave_room(self, reason: str) -> None:
        room, self.room = self.room, None
        if room is not None:
            room.leave(self.session, reason)
            self._desk.leave(room)

    # What the client says.

    def _handle(self, event: Event) -> None:
        if not self.is_ending:
            self._handlers[type(event)](event)

    def _take_join(self, join: Join) -> None:
        self.room = self._desk.enter(join, self._nonce)
        self._join = join
        after = None if join.from_seq is None else max(join.from_seq - 1, 0)
        query = Query(self.room.id, after=after, messages=join.last or 0)
        self._desk.read(query, self._begin)

    def _begin(self, page: Page) -> None:
        """Enter the room: the first page of its log is there."""
        if self.room is None or self._join is None or self.is_ending:
            return
        room = self.room
        room.open(page.head)
        entrance = room.enter(self.session, self._join.card, self._desk.notify)
        self._say(Welcome(self.session, page.oldest, page.head + 1, entrance.members))
        # A seq above the head is another log's: what comes now is news to the client.
        after = min(max((self._join.from_seq or 0) - 1, 0), page.head)
        self._cursor = Cursor(room, self.session, entrance.position, after, self._desk.read)
        self._cursor.take_page(page)

    def _take_chunk(self, chunk: Chunk) -> None:
        room = self._in_room()
        if self._cursor is not None:
            self._cursor.hand_over(chunk)
        self._tally.frames_in += chunk.count
        self._desk.append(room, chunk, self.session, self._now)

    def _take_past(self, past: Past) -> None:
        self._pasts.append(past)
        self._recall()

    def _recall(self) -> None:
        """Read the next past that was asked for: one at a time, as fast as it is taken."""
        if self._pasts and not self._is_recalling and not self._replies:
            self._is_recalling = True
            past = self._pasts.popleft()
            messages = min(past.messages, _PAST_MESSAGES)
            query = Query(self._in_room().id, messages=messages, before=past.before_seq)
            self._desk.read(query, self._send_past)

    def _send_past(self, page: Page) -> None:
        self._is_recalling = False
        lines = [encode(At(record.seq)) + record.lines for record in page.records]
        first = page.records[0].seq if page.records else 0
        self._reply(b"".join(lines) + encode(PastEnd(first)))

    def _say(self, message: Message) -> None:
        self._reply(self._protocol.send(message))

    def _reply(self, lines: bytes) -> None:
        self._replies.append(lines)
        self._replies_size += len(lines)

    def _in_room(self) -> Room:
        if self.room is None:
            raise WireError(Reason.UNEXPECTED, "not in a room")
        return self.room
