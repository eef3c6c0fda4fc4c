"""One member's side of a room, over as many connections as it takes. Pure.

Bytes and texts come in, bytes and events go out. No socket, no thread, no
clock: ``now`` is given, in seconds since the epoch. Owned by one session thread.
"""

from collections.abc import Callable
from functools import partial
from itertools import chain, islice
from typing import Any

from sussurro_client.author import Author
from sussurro_client.authorship import Authorship
from sussurro_client.backlog import Backlog
from sussurro_client.company import Company
from sussurro_client.contents import Content
from sussurro_client.display import safe_name
from sussurro_client.envelope import Sealer
from sussurro_client.errors import ClientError
from sussurro_client.events import (
    Alarm,
    Alert,
    Connected,
    Event,
    Kept,
    Person,
)
from sussurro_client.heads import Heads
from sussurro_client.meaning import Meaning
from sussurro_client.member import Member
from sussurro_client.memory import Memory
from sussurro_client.opening import open_together
from sussurro_client.outbox import Outbox
from sussurro_client.people import People
from sussurro_client.place import Place
from sussurro_client.private import Privacy
from sussurro_client.reader import Reader
from sussurro_client.words import _
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
    Past,
    PastEnd,
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
_MAX_UNSENT = 1_000  # lines


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
        memory: Memory | None = None,
    ) -> None:
        """Make the conversation of one run; ``tell`` is called with each event."""
        self.memory = memory or Memory(member.person)
        self.farewell: Bye | None = None
        self._member = member
        self._relay = relay
        self._tell = tell
        self._history = history
        self._sealer = Sealer(member.key)
        self._heads = Heads()
        self._place = Place()
        authorship = Authorship()
        self._author = Author(
            member, run, self._sealer, self._heads, self.memory.recollection, authorship
        )
        self._privacy = Privacy(member)
        meaning = Meaning(
            member.person, self._author, self.memory.acquaintances, authorship, self._privacy
        )
        self._backlog = Backlog(self._author.name, partial(meaning.of, live=False))
        self._is_past = False  # what comes now answers a question for the past ...
        self._past_seq = 0  # ... and stands in this chunk
        self._reader = Reader(self._author, self._heads, self.memory, meaning, self._backlog, tell)
        self._company = Company(People(self._sealer), self._reader.greet, tell)
        self._protocol = Protocol(Side.CLIENT)
        self._out: list[bytes] = []
        self._now = 0.0
        self._unread: list[At | Chunk] = []  # what came in the same piece, to be opened together
        self._handlers: dict[type, Callable[[Any], None]] = {
            Ack: self._take_ack,
            Here: self._company.take_card,
            Gone: self._company.take_leave,
            WhoEnd: self._company.end_roster,
            Count: self._company.take_count,
            Ping: self._take_ping,
            Hello: self._join,
            Welcome: self._enter,
            Bye: self._take_farewell,
            PastEnd: self._end_past,
        }

    @property
    def outbox(self) -> Outbox:
        """What we said and is not acknowledged."""
        return self._author.outbox

    @property
    def unacknowledged(self) -> tuple[str, ...]:
        """The texts that are not acknowledged, oldest first."""
        return tuple(draft.text for draft in self.outbox if draft.text)

    @property
    def is_open(self) -> bool:
        """Whether the relay has let us in and we have not left."""
        return self._protocol.state is State.OPEN

    @property
    def people(self) -> tuple[Person, ...]:
        """Everybody here whose name is known."""
        return self._company.present

    def begin(self) -> None:
        """Start over on a new connection; what is not acknowledged will be sent again."""
        self._protocol = Protocol(Side.CLIENT)
        self._place.begin()
        self._out.clear()
        self.farewell = None
        self._company.begin()
        self._author.begin()

    def say(self, content: Content, now: float) -> str:
        """Take something to send; return the id that its `Kept` will have."""
        return self._author.say(content, now)

    def whisper(self, person: Person, content: Content, now: float) -> str:
        """Take something to send to one member alone, as `say` does; raises ClientError.

        It must be somebody whose card was seen.
        """
        acquaintances = self.memory.acquaintances
        is_me = person == self._member.person
        wrap_key = self._member.wrap_key if is_me else acquaintances.wrap_key(person)
        if not wrap_key:
            raise ClientError(
                _("Nothing can be sealed for {name} alone before they were here.").format(
                    name=safe_name(person.name)
                )
            )
        return self._author.say(self._privacy.seal(content, person.key, wrap_key), now, content)

    def ask_earlier(self, messages: int) -> bool:
        """Ask for what was said before all that was told; return whether an `Earlier` will come.

        None does where there is nothing, or none of the connection is left to ask.
        """
        if not self.is_open or self._backlog.is_due or not self._backlog.has_more:
            return False
        self._say(Past(self._backlog.ask(messages), messages))
        return True

    def ask_who(self) -> None:
        """Ask for everybody here; a `Present` answers."""
        if self.is_open:
            self._company.expect_roster()
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
        try:
            self._protocol.receive(data, self._handle)
        finally:
            self._read()

    def outgoing(self, now: float, room: int) -> bytes:
        """Return what is to be written now: about ``room`` bytes, ending at a line's end."""
        size = sum(map(len, self._out))
        while self.is_open and size < room and (token := self._author.next_token(now)) is not None:
            self._out.append(token + b"\n")
            size += len(token) + 1
        data = b"".join(self._out)
        self._out.clear()
        return data

    def _say(self, message: Message) -> None:
        self._out.append(self._protocol.send(message))

    # What the relay says.

    def _handle(self, event: WireEvent) -> None:
        if isinstance(event, (At, Chunk)):  # a union would be made anew each time
            self._unread.append(event)
            return
        self._read()
        if not self._is_past:
            self._place.end_chunk()
        # A PONG has no handler: arriving was all that it had to do.
        handler = self._handlers.get(type(event))
        if handler is not None:
            handler(event)

    def _read(self) -> None:
        """Take the chunks that came one after the other: opened together, judged in their order."""
        unread, self._unread = self._unread, []
        chunks = (event.tokens() for event in unread if isinstance(event, Chunk))
        opened = iter(open_together(self._sealer, chain.from_iterable(chunks)))
        for event in unread:
            if isinstance(event, At):
                self._take_position(event.seq)
            elif self._is_past:
                for each in islice(opened, event.count):
                    self._backlog.take(each, self._past_seq)
            else:
                again, live = self._place.is_again, self._place.is_live
                for each in islice(opened, event.count):
                    self._reader.take(each, self._place.seq, again=again, live=live)

    def _take_position(self, seq: int) -> None:
        self._is_past = self._backlog.arrive(seq)
        if self._is_past:
            self._past_seq = seq
            return
        if self._place.is_before_history:
            self._heads.since = min(self._heads.since, seq)
        if self._place.arrive(seq):
            self._tell(Alert(Alarm.REORDERED, seq=seq))
        self._author.hear(seq)

    def _take_ack(self, ack: Ack) -> None:
        if self._place.acknowledge(ack):
            self._tell(Alert(Alarm.REORDERED, seq=ack.seq))
        for identity in self._author.acknowledged(ack):
            self._tell(Kept(identity, ack.seq))

    def _end_past(self, end: PastEnd) -> None:
        self._is_past = False
        earlier = self._backlog.end(end.first_seq)
        if earlier is not None:
            self._tell(earlier)

    def _take_ping(self, ping: Ping) -> None:
        # After TT there is nothing more to say, nor to a relay that asks and does not read.
        if self.is_open and len(self._out) < _MAX_UNSENT:
            self._say(Pong(ping.text))

    def _take_farewell(self, bye: Bye) -> None:
        self.farewell = bye

    def _join(self, hello: Hello) -> None:
        if hello.version != VERSION:
            raise WireError(Reason.UNEXPECTED, "the relay speaks another version")
        card = self._author.card(self._now)
        proof = self._member.key.prove(hello.nonce, card)
        resume = self._place.ask_again()
        last = self._history or None if resume is None else None
        self._say(Join(self._member.key.room, proof, card, from_seq=resume, last=last))

    def _enter(self, welcome: Welcome) -> None:
        self._author.enter(welcome.next_seq)
        self._is_past = False
        self._backlog.enter(welcome.oldest, welcome.next_seq)
        if self._place.enter(welcome):
            self._heads.since = welcome.next_seq
            if self.memory.recollection.has_gone_back(welcome.next_seq):
                self._tell(Alert(Alarm.GAP))
        else:
            self._resume_at(welcome, self._place.due)
        self._tell(Connected(self._relay, welcome.members))
        if welcome.members <= _ROSTER_LIMIT:
            self.ask_who()

    def _resume_at(self, welcome: Welcome, due: int) -> None:
        """Go on where the last connection ended, at chunk ``due``, or tell that it is not kept."""
        if welcome.oldest <= due <= welcome.next_seq:
            return
        self._reader.transcript.allow_gaps()
        self._author.witness.forget()  # whoever named what we said may stand in the gap
        if welcome.next_seq < due:
            self._heads.restart()  # the numbers begin anew, and mean other chunks
        self._heads.since = welcome.oldest
        self._place.skip_to(welcome.oldest)
        self._tell(Alert(Alarm.GAP))
