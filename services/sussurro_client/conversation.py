"""One member's side of a room, over as many connections as it takes. Pure.

Bytes and texts come in, bytes and events go out. No socket, no thread, no
clock: ``now`` is given, in seconds since the epoch. Owned by one session thread.
"""

from collections.abc import Callable
from typing import Any

from sussurro_client.envelope import Card, Envelope, Sealer, Text
from sussurro_client.errors import EnvelopeError
from sussurro_client.events import (
    Alarm,
    Alert,
    Arrived,
    Connected,
    Departed,
    Event,
    Kept,
    Person,
    Present,
    Received,
)
from sussurro_client.member import Member
from sussurro_client.outbox import Draft, Outbox
from sussurro_client.people import People
from sussurro_client.transcript import Transcript, Verdict
from sussurro_wire.chunk import Chunk
from sussurro_wire.errors import Reason, WireError
from sussurro_wire.limits import VERSION
from sussurro_wire.messages import (
    Ack,
    At,
    Bye,
    Count,
    Gone,
    Hello,
    Here,
    Join,
    Leave,
    Message,
    Ping,
    Pong,
    Side,
    Welcome,
    Who,
    WhoEnd,
)
from sussurro_wire.protocol import Event as WireEvent
from sussurro_wire.protocol import Protocol, State

# Above this many members the names of all are not asked for unless wanted.
_ROSTER_LIMIT = 200


class Conversation:
    """What one member says and hears in one room."""

    def __init__(
        self,
        member: Member,
        run: bytes,
        relay: str,
        tell: Callable[[Event], None],
        *,
        history: int = 0,
    ) -> None:
        self.outbox = Outbox()
        self.farewell: Bye | None = None
        self._member = member
        self._run = run
        self._relay = relay
        self._tell = tell
        self._history = history
        self._sealer = Sealer(member.key)
        self._people = People(self._sealer, member.person)
        self._transcript = Transcript()
        self._protocol = Protocol(Side.CLIENT)
        self._out: list[bytes] = []
        self._now = 0.0
        self._seq = 0  # the chunk whose tokens are arriving
        self._resume: int | None = None  # where the next connection takes up ...
        self._has_begun = False  # ... whether that chunk has come, or a part of it ...
        self._is_whole = False  # ... and whether something came after it, so that it was all
        self._live_from = 0  # chunks below are history
        self._roster: set[str] | None = None  # sessions named, while a WHO is answered
        self._knows_all = False  # whom a roster names and we do not know has just arrived
        self._handlers: dict[type, Callable[[Any], None]] = {
            Chunk: self._take_chunk,
            At: self._take_position,
            Ack: self._take_ack,
            Here: self._take_card,
            Gone: self._take_leave,
            WhoEnd: self._end_roster,
            Count: self._take_count,
            Ping: self._take_ping,
            Hello: self._join,
            Welcome: self._enter,
            Bye: self._take_farewell,
        }

    @property
    def is_open(self) -> bool:
        """Whether the relay has let us in and we have not left."""
        return self._protocol.state is State.OPEN

    @property
    def people(self) -> tuple[Person, ...]:
        """Everybody here whose name is known."""
        return self._people.present()

    def begin(self) -> None:
        """Start over on a new connection; what is not acknowledged will be sent again."""
        self._protocol = Protocol(Side.CLIENT)
        self._seq = 0
        self._out.clear()
        self.farewell = None
        self._roster = None
        self._knows_all = False
        self._people.clear()
        self.outbox.connection_lost()

    def say(self, text: str, now: float) -> str:
        """Take a text to send; return the id that its `Kept` will have."""
        return self._id(self.outbox.add(text, int(now * 1000)))

    def ask_who(self) -> None:
        """Ask for everybody here; a `Present` answers."""
        if self.is_open:
            self._roster = set()
            self._say(Who())

    def ping(self, text: str) -> None:
        """Ask the relay for a sign of life."""
        if self.is_open:
            self._say(Ping(text))

    def leave(self) -> None:
        """Say ``TT``."""
        if self._protocol.state in (State.JOINING, State.ADMITTING, State.OPEN):
            self._say(Leave())

    def receive(self, data: bytes, now: float) -> None:
        """Take what the relay sent; raises WireError when it breaks the protocol."""
        self._now = now
        self._protocol.receive(data, self._handle)

    def outgoing(self, now: float, room: int) -> bytes:
        """Return what is to be written now: about ``room`` bytes, ending at a line's end."""
        size = sum(map(len, self._out))
        while self.is_open and size < room and (draft := self.outbox.take()) is not None:
            token = self._seal(draft, now) + b"\n"
            size += len(token)
            self._out.append(token)
        data = b"".join(self._out)
        self._out.clear()
        return data

    def _say(self, message: Message) -> None:
        self._out.append(self._protocol.send(message))

    def _id(self, counter: int) -> str:
        return f"{self._run.hex()}-{counter}"

    def _seal(self, draft: Draft, now: float) -> bytes:
        return self._enclose(Text(text=draft.text), draft, now)

    def _card(self) -> str:
        draft = Draft(counter=0, attempt=1, at=int(self._now * 1000), text="")
        return self._enclose(Card(), draft, self._now).decode("ascii")

    def _enclose(self, content: Text | Card, draft: Draft, now: float) -> bytes:
        envelope = Envelope(
            name=self._member.name,
            key=self._member.person.key,
            run=self._run,
            counter=draft.counter,
            attempt=draft.attempt,
            at=draft.at,
            content=content,
        )
        return self._sealer.seal(envelope, self._member.identity, int(now))

    # What the relay says.

    def _handle(self, event: WireEvent) -> None:
        if self._seq and not isinstance(event, Chunk):
            self._is_whole = True  # nothing comes in the midst of a chunk
        # A PONG and the end of a PAST have no handler: arriving was all they had to do.
        handler = self._handlers.get(type(event))
        if handler is not None:
            handler(event)

    def _take_position(self, at: At) -> None:
        self._seq = at.seq
        if not self._has_begun or at.seq > (self._resume or 0):
            self._resume, self._has_begun, self._is_whole = at.seq, True, False

    def _take_chunk(self, chunk: Chunk) -> None:
        for token in chunk.tokens():
            self._take_token(token)

    def _take_ack(self, ack: Ack) -> None:
        for counter in self.outbox.acknowledge(ack.count):
            self._tell(Kept(self._id(counter), ack.seq))

    def _take_leave(self, gone: Gone) -> None:
        who = self._people.depart(gone.session)
        if who is not None:
            self._tell(Departed(who, gone.reason))

    def _take_ping(self, ping: Ping) -> None:
        if self.is_open:  # after TT there is nothing more to say
            self._say(Pong(ping.text))

    def _take_farewell(self, bye: Bye) -> None:
        self.farewell = bye

    def _join(self, hello: Hello) -> None:
        if hello.version != VERSION:
            raise WireError(Reason.UNEXPECTED, "the relay speaks another version")
        card = self._card()
        proof = self._member.key.prove(hello.nonce, card)
        if self._resume is None:
            self._say(Join(self._member.key.room, proof, card, last=self._history or None))
        else:
            self._say(Join(self._member.key.room, proof, card, from_seq=self._resume))

    def _enter(self, welcome: Welcome) -> None:
        if self._resume is None:
            # From here on we are a member: should no history come, we come back to this.
            self._live_from = self._resume = welcome.next_seq
        else:
            due = self._resume + 1 if self._is_whole else self._resume
            if welcome.oldest > due or welcome.next_seq < due:
                # What is due after all that we saw is not kept any more.
                self._transcript.allow_gaps()
                self._tell(Alert(Alarm.GAP))
                self._resume, self._has_begun, self._is_whole = welcome.oldest, False, False
        self._tell(Connected(self._relay, welcome.members))
        if welcome.members <= _ROSTER_LIMIT:
            self.ask_who()

    def _take_card(self, here: Here) -> None:
        try:
            person, is_new = self._people.arrive(here.session, here.card)
        except EnvelopeError as error:
            self._tell(Alert(Alarm(error.flaw.value)))
            return
        if self._roster is not None:
            self._roster.add(here.session)
        if is_new and (self._knows_all or self._roster is None):
            self._tell(Arrived(person))
        self._vouch(person)

    def _end_roster(self, end: WhoEnd) -> None:
        if self._roster is not None:
            self._people.keep_only(self._roster)
        self._roster = None
        self._knows_all = True
        self._tell(Present(self._people.present(), end.members))

    def _take_count(self, count: Count) -> None:
        self._knows_all = False  # the room is too large to tell who comes and goes
        self._tell(Present((), count.members))

    def _vouch(self, person: Person) -> bool:
        """Return whether the name is who it was, and say so the first time when it is not."""
        same, is_news = self._people.vouch(person)
        if is_news:
            self._tell(Alert(Alarm.IDENTITY_CHANGED, person))
        return same

    def _take_token(self, token: bytes) -> None:
        try:
            envelope = self._sealer.open(token)
        except EnvelopeError as error:
            self._tell(Alert(Alarm(error.flaw.value)))
            return
        if not isinstance(envelope.content, Text):
            return  # a card has no business in the log
        sender = Person(envelope.name, envelope.key)
        if envelope.key == self._member.person.key and envelope.run == self._run:
            # Our own, kept from an earlier connection: the ACK was lost, not the message.
            if self.outbox.settle(envelope.counter):
                self._tell(Kept(envelope.id, self._seq))
            return
        verdict, missing = self._transcript.judge(
            envelope.key, envelope.run, envelope.counter, envelope.attempt, self._seq
        )
        if verdict is Verdict.DUPLICATE:
            return
        if verdict is Verdict.REPLAY:
            self._tell(Alert(Alarm.REPLAY, sender))
            return
        if verdict is Verdict.AFTER_GAP:
            self._tell(Alert(Alarm.GAP, sender, missing))
        self._tell(
            Received(
                sender=sender,
                text=envelope.content.text,
                id=envelope.id,
                seq=self._seq,
                at=envelope.at,
                verified=self._vouch(sender),
                live=self._seq >= self._live_from,
            )
        )
