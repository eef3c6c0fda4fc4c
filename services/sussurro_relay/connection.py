"""One client of the relay: what it says and what it is told. Bytes in, bytes out, ``now`` given.

No socket, no lock, no clock. A connection belongs to one I/O thread from accept
to close. ``now`` is always in seconds of the monotonic clock.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from sussurro_relay.arrival import Arrival
from sussurro_relay.budget import CONNECTION_BYTES, Kind
from sussurro_relay.cursor import Cursor, Phase
from sussurro_relay.farewell import Farewell, make_bye
from sussurro_relay.incoming import Incoming
from sussurro_relay.log import Page, Query
from sussurro_relay.outgoing import Outgoing
from sussurro_relay.room import Room
from sussurro_relay.surroundings import Desk
from sussurro_relay.tally import Tally
from sussurro_relay.window import Batch
from sussurro_wire.chunk import Chunk
from sussurro_wire.errors import Reason, WireError
from sussurro_wire.limits import MAX_VERB_LINE, VERSION
from sussurro_wire.messages import Hello, Join, Leave, Message, Past, Ping, Pong, Side, Who
from sussurro_wire.protocol import Event, Protocol

# Who asks (WHO, PAST, PING) and does not read the answers is not listened to.
_REPLIES_LIMIT = 64 * 1024
# Nor is who sends faster than the log keeps.
_UNKEPT_LIMIT = 4 * 1024 * 1024
_UNKEPT_CHUNKS = 8_192
_PAST_MESSAGES = 1_000
_LOOK_SECONDS = 1.0
_STRANGER_READ_BYTES = MAX_VERB_LINE


@dataclass(frozen=True, slots=True)
class Terms:
    """What every connection is held to; seconds and bytes."""

    max_line: int
    rate_bytes: int
    handshake_seconds: float
    heartbeat_seconds: float


class Connection:
    """One client from HELLO to BYE."""

    __slots__ = (
        "_arrival", "_budget", "_charged", "_cursor", "_desk", "_farewell", "_incoming", "_now", "_outgoing", "_protocol", "_tally", "_terms", "_unsent",
        "_unsent_count", "is_over", "room", "session",
    )  # fmt: skip

    def __init__(
        self, session: str, nonce: str, desk: Desk, terms: Terms, tally: Tally, now: float
    ) -> None:
        self.session = session
        self.is_over = False  # BYE has been handed out, or there is no socket any more
        self._desk = desk
        self._budget = desk.budget
        self._charged = 0  # bytes, for what it holds itself
        self._terms = terms
        self._tally = tally
        self._arrival: Arrival | None = Arrival(session, nonce, desk, now)  # until it is a member
        self._protocol = Protocol(Side.RELAY, terms.max_line)
        self._incoming = Incoming(
            self._protocol, self._budget, terms.rate_bytes, terms.heartbeat_seconds, now
        )
        self._outgoing = Outgoing(desk)
        self.room: Room | None = None  # from JOIN to BYE
        self._cursor: Cursor | None = None
        self._unsent: bytes | memoryview = b""
        self._unsent_count = 0
        self._farewell: Farewell | None = None
        self._now = now
        self._account()
        self._say(Hello(VERSION, nonce))

    # Bytes in.

    def receive(self, data: bytes, now: float) -> None:
        """Take what the client sent."""
        self._now = now
        self._tally.bytes_in += len(data)
        try:
            self._incoming.receive(data, now, self._handle)
        except WireError as error:
            self.end(error.reason, now)
        self._account()

    def may_read(self, now: float) -> bool:
        """Return whether the client may be listened to; if not, TCP makes it wait."""
        # Asked most often when most are waiting for memory, so that comes first.
        if self.room is not None and not (self._budget.may_read or self._may_read_little(now)):
            return False
        return (
            self._outgoing.replies_size < _REPLIES_LIMIT
            and not self._outgoing.has_questions
            and not self._desk.is_behind()
            and not self._incoming.is_over_rate(now)
            and (self._cursor is None or self._may_hand_over(self._cursor))
            and (self.room is None or not self.room.is_crowded(now))
        )

    @property
    def read_bytes(self) -> int:
        """How much to read at once; a stranger, who has little to say, need not be given more."""
        return self._incoming.read_bytes if self._cursor is not None else _STRANGER_READ_BYTES

    def _may_read_little(self, now: float) -> bool:
        return self._outgoing.held is None and self._incoming.is_affordable(now)

    @staticmethod
    def _may_hand_over(cursor: Cursor) -> bool:
        return cursor.unkept_bytes < _UNKEPT_LIMIT and cursor.unkept_chunks < _UNKEPT_CHUNKS

    @property
    def is_ending(self) -> bool:
        """Whether nothing more is taken from the client."""
        return self._farewell is not None

    # Bytes out.

    def next_data(self, now: float) -> bytes | memoryview:
        """Return what to send next; empty when there is nothing for now."""
        self._now = now
        if self._unsent or self.is_over:
            return self._unsent
        outgoing = self._outgoing
        if outgoing.replies:
            self._unsent = outgoing.take_reply()
        elif self._cursor is not None and (
            # Whose socket takes everything costs nothing; who was slow must not hold more now.
            not outgoing.moved_at or self._budget.may_connect or not outgoing.was_slow(now)
        ):
            self._unsent, self._unsent_count = self._cursor.next_data()
            if self._cursor.phase is Phase.LAGGED:
                self.end(Reason.LAGGED, now)
        farewell = self._farewell
        if farewell is not None and not self._unsent and farewell.may_be_said(self._cursor, now):
            self._unsent = farewell.line
            self._leave_room(farewell.reason)
            self.is_over = True
        return self._unsent

    def sent(self, size: int) -> bool:
        """Take note that ``size`` bytes went out; return whether that was all."""
        self._tally.bytes_out += size
        if size < len(self._unsent):
            self._unsent = self._outgoing.keep(self._unsent, size, self._now)
            return False
        self._tally.frames_out += self._unsent_count
        self._unsent, self._unsent_count = b"", 0
        if self._outgoing.held is not None:
            self._outgoing.let_go()
        return True

    @property
    def place(self) -> int | None:
        """Its cursor's place, where nothing else is owed and others may count it; None: not so."""
        if self._cursor is None or self._unsent or self._outgoing.replies or self.is_ending:
            return None
        return self._cursor.place

    def step_in(self) -> None:
        """Let others count the cursor's place; only where there is a `place`."""
        if self._cursor is not None:
            self._cursor.step_in()

    def step_out(self, position: int, seq: int) -> None:
        """Let the cursor count again."""
        if self._cursor is not None:
            self._cursor.step_out(position, seq)

    def pass_own(self, batch: Batch) -> None:
        """Go past a batch that holds nothing but what this client has said: an ACK is due."""
        if self._cursor is not None:
            self._unsent = self._cursor.pass_own(batch)

    def owe(self, batch: Batch, now: float) -> None:
        """Take note that a batch is being sent, of which `sent` will tell how much went out."""
        self._now = now
        self._unsent, self._unsent_count = batch.data, batch.count

    def note_blocked(self, *, blocked: bool) -> None:
        """Take note that the socket is full, or is full no more."""
        if self._cursor is not None:
            self._cursor.note_blocked(blocked=blocked)

    def take_read_at(self) -> float:
        """Return when the last chunk taken for this client had been read; 0: none since asked."""
        return self._cursor.take_read_at() if self._cursor is not None else 0.0

    # Time and ends.

    def look(self, now: float) -> float:
        """Look at the deadlines; return when to do so next, at the latest."""
        self._tick(now)
        return self._incoming.silence_due() if self._is_calm(now) else now + _LOOK_SECONDS

    def _is_calm(self, now: float) -> bool:
        """Return whether nothing but a sign of life is waited for."""
        return (
            self._cursor is not None
            and not self._cursor.is_reading
            and not self.is_ending
            and not self._unsent
            and self._charged <= CONNECTION_BYTES
            and not self._outgoing.was_slow(now)
            and not self._has_to_wait(now)
        )

    def _has_to_wait(self, now: float) -> bool:
        """Return whether it is not listened to, for which it cannot be called silent."""
        return (
            self._incoming.is_over_rate(now) or self._desk.is_behind() or not self._budget.may_read
        )

    def _tick(self, now: float) -> None:
        self._now = now
        self._account()
        incoming = self._incoming
        if self._has_to_wait(now):
            incoming.excuse_silence(now)
        if self.is_ending:
            return
        if self._cursor is None:
            if self._arrival and self._arrival.is_overdue(self._terms.handshake_seconds, now):
                self.end(Reason.HANDSHAKE_TIMEOUT, now)
        elif self._budget.is_short and self._stalled_bytes(now) > self._budget.fair_bytes:
            self._send_away(now)
        elif incoming.is_gone(now):
            self.end(Reason.TIMEOUT, now)
        elif incoming.has_to_be_asked(now):
            self._say(Ping("alive"))

    def _stalled_bytes(self, now: float) -> int:
        return self._incoming.stalled_bytes(now) + self._outgoing.stalled_bytes(now)

    def _send_away(self, now: float) -> None:
        """End it, and give back at once what it holds and does not move."""
        self.end(Reason.OVERLOADED, now)
        self._protocol.forget_unfinished()
        self._account()
        if self._outgoing.held is not None:  # a BYE in the middle of a line cannot be said
            self._break_off(Reason.LOST)

    def _break_off(self, reason: str) -> None:
        self._unsent, self._unsent_count = b"", 0
        self._outgoing.let_go()
        self._leave_room(reason)
        self.is_over = True

    def end(self, reason: Reason, now: float, retry_after: int | None = None) -> None:
        """Say BYE, once what the client sent is kept; it is not read any more."""
        if self._farewell is None:
            self._farewell = Farewell(make_bye(reason, retry_after), now)
            if reason not in (Reason.LEFT, Reason.DRAIN):
                self._tally.refused[reason] += 1

    def is_overdue(self, now: float) -> bool:
        """Return whether the client has had the time to read its BYE."""
        return self._farewell is not None and self._farewell.is_overdue(now)

    def closed(self) -> None:
        """Take note that there is no socket any more."""
        self._break_off(self._farewell.reason if self._farewell else Reason.LOST)
        self._outgoing.close()
        if self._cursor is not None and self._cursor.is_reading:
            self.note_behind(is_behind=False)
        self._cursor = None
        self._settle(0)
        self._desk.close()

    def _account(self) -> None:
        """Charge what is held and may have changed."""
        held = CONNECTION_BYTES + self._incoming.held_bytes
        if self._cursor is not None:
            held += self._cursor.held_bytes
        self._settle(held)

    def _settle(self, held: int) -> None:
        if held != self._charged:
            self._budget.charge(Kind.CONNECTIONS, held - self._charged)
            self._charged = held

    def _leave_room(self, reason: str) -> None:
        room, self.room = self.room, None
        if room is not None:
            room.leave(self.session, reason)
            self._desk.leave(room)

    # What the client says.

    def _handle(self, event: Event) -> None:
        if self.is_ending:
            return
        match event:
            case Chunk():
                self._take_chunk(event)
            case Join():
                self._take_join(event)
            case Past():
                self._take_past(event)
            case Who():
                self._outgoing.reply(self._in_room().roster())
            case Ping(text=text):
                self._say(Pong(text))
            case Leave():
                self.end(Reason.LEFT, self._now)

    def _take_join(self, join: Join) -> None:
        if self._arrival is not None:
            self.room, query = self._arrival.take(join)
            begin = partial(self._begin, join, self._arrival)
            # So that WELCOME counts those at other relays, and the first roster names them.
            self._desk.gather(self.room, partial(self._desk.read, query, begin))

    def _begin(self, join: Join, arrival: Arrival, page: Page) -> None:
        """Enter the room: the first page of its log is there."""
        if self.room is not None and not self.is_ending:
            welcome, self._cursor = arrival.enter(join, self.room, page, self)
            self._arrival = None
            self._say(welcome)
            self._account()

    def read(self, query: Query, done: Callable[[Page], None]) -> None:
        """Read from the log for the cursor, and charge what that brings."""

        def take(page: Page) -> None:
            if not self.is_over:
                done(page)
                self._account()

        self._desk.read(query, take)

    def note_behind(self, *, is_behind: bool) -> None:
        """Count this member among those who are on their way through pages, or no more."""
        self._tally.lagging += 1 if is_behind else -1

    def _take_chunk(self, chunk: Chunk) -> None:
        room = self._in_room()
        if self._cursor is not None:
            self._cursor.hand_over(chunk)
        self._tally.frames_in += chunk.count
        self._desk.append(room, chunk, self.session, self._now)

    def _take_past(self, past: Past) -> None:
        messages = min(past.messages, _PAST_MESSAGES)
        query = Query(self._in_room().id, messages=messages, before=past.before_seq)
        self._outgoing.ask(query)

    def _say(self, message: Message) -> None:
        self._outgoing.reply(self._protocol.send(message))

    def _in_room(self) -> Room:
        if self.room is None:
            raise WireError(Reason.UNEXPECTED, "not in a room")
        return self.room
