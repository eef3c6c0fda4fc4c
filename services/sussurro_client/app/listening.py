"""What each event of a session changes in the room."""

from typing import Protocol

from sussurro_client import sentences
from sussurro_client.app.arrivals import Arrivals, single, told
from sussurro_client.app.clock import Clock
from sussurro_client.app.entries import Kind, Noted
from sussurro_client.app.presence import Presence
from sussurro_client.app.typists import Typists
from sussurro_client.app.widgets.conversation import Conversation
from sussurro_client.app.widgets.status import Connection, Phase
from sussurro_client.contents import Delete, Edit, Reaction, Typing
from sussurro_client.events import (
    Alarm,
    Alert,
    Arrived,
    Connected,
    Departed,
    Disconnected,
    Earlier,
    Event,
    Kept,
    Moved,
    Person,
    Present,
    Received,
)
from sussurro_client.moving import Offers
from sussurro_client.naming import Circle
from sussurro_client.timeline import Timeline
from sussurro_client.words import _

_MAX_SPOKE = 1_000
_TALKING_SECONDS = 5 * 60  # after which whoever spoke is not talking with us any more


class View(Protocol):
    """Where it shows."""

    conversation: Conversation

    def note(self, kind: Kind, text: str, advice: str = "") -> None:
        """Write down that something happened, and what to do about it."""

    def show_past(self, event: Earlier) -> None:
        """Show what was said before."""

    def show_typing(self) -> None:
        """Show who is writing."""

    def show_connection(self, connection: Connection) -> None:
        """Show how the connection does."""

    def show_here(self) -> None:
        """Show who is here now."""


class Hearing:
    """Turns events into what is seen. Lives in the app's thread."""

    def __init__(self, view: View, clock: Clock, circle: Circle, timeline: Timeline) -> None:
        self.presence = Presence()
        self.offers = Offers()
        self.typists = Typists(clock.monotonic)
        self.partner: bytes = b""  # the key of whoever we answered or wrote to alone
        self._timeline = timeline
        self._spoke: dict[bytes, float] = {}  # when, by key
        self._arrivals = Arrivals()
        self._arrived_at = -1  # how much stood in the conversation after the last of them
        self._view = view
        self._clock = clock
        self._circle = circle
        self._phase = Phase.CONNECTING
        self._outage = ""  # the reason that has been told
        self._was_in = False
        self._who_asked = False
        self._in_history = False
        self._is_presence_news = self._is_writing_news = False  # since it was shown last

    def expect_who(self) -> bool:
        """Show the next roster as a line; false, and said so, when none can come."""
        if self._phase is not Phase.OPEN:
            self._view.note(Kind.NOTICE, _("Not connected: nobody can say who is here."))
            return False
        self._who_asked = True
        return True

    def hear(self, event: Event, people: tuple[Person, ...]) -> None:
        """Take an event; ``people`` are those whom the session knows to be here.

        Who is here and who writes is shown by `settle`, once for all that has come.
        """
        if isinstance(event, Received):
            self._received(event)
            return
        if isinstance(event, Earlier):
            self._view.show_past(event)
            return
        self.presence = self.presence.after(event, people)
        match event:
            case Kept():
                if self._timeline.keep(event.id, event.seq) is not None:
                    self._view.conversation.change(event.id)
            case Connected():
                self._connected()
            case Disconnected():
                self._disconnected(event)
            case Present():
                self._roster(event)
            case Arrived() | Departed() | Moved() | Alert():
                self._happening(event)
        self._is_presence_news |= _tells_of_presence(event)

    def settle(self) -> None:
        """Show who is here and who writes, where that is news."""
        if self._is_presence_news:
            self._is_presence_news = False
            self._show_presence()
        if self._is_writing_news:
            self._is_writing_news = False
            self._view.show_typing()

    @property
    def is_open(self) -> bool:
        """Whether there is a connection."""
        return self._phase is Phase.OPEN

    def may_tell_typing(self) -> bool:
        """Return whether it is time to tell that we are writing, and take it as told."""
        return self.is_open and self.typists.may_tell()

    def _happening(self, event: Arrived | Departed | Moved | Alert) -> None:
        match event:
            case Arrived() | Departed():
                self._coming_or_going(event)
            case Alert():
                words = sentences.alert(event, self._circle, self._clock.zone)
                self._view.note(Kind.WARNING, words, sentences.advice(event))
            case Moved():
                if self.offers.hear(event):
                    self._view.note(Kind.WARNING, sentences.moved(event))

    def _coming_or_going(self, event: Arrived | Departed) -> None:
        """Tell of each for itself while they are few, and of those that one talks with."""
        conversation = self._view.conversation
        if self._is_talking(event.who.key):
            self._view.note(Kind.PRESENCE, single(event, self._circle))
            return
        before = self._arrivals if self._arrived_at == conversation.added else Arrivals()
        self._arrivals = before.after(event)
        is_folded = self._arrivals.is_folded
        words = told(self._arrivals, self._circle) if is_folded else single(event, self._circle)
        note = Noted(Kind.PRESENCE, words, self._clock.now())
        conversation.fold(note, before.lines if is_folded else 0)
        self._arrived_at = conversation.added

    def _is_talking(self, key: bytes) -> bool:
        since = self._spoke.get(key)
        is_recent = since is not None and self._clock.monotonic() - since < _TALKING_SECONDS
        return is_recent or key == self.partner

    def _received(self, event: Received) -> None:
        """Take a message, or what changes one."""
        if event.live:
            self._note_writing(event)
        match event.content:
            case Typing():
                return
            case Edit(of=of) | Delete(of=of) | Reaction(of=of):
                if self._timeline.hear(event) is not None:
                    self._view.conversation.change(of.hex())
            case _:
                post = self._timeline.hear(event)
                if post is not None:
                    self._divide(is_history=not event.live)
                    self._view.conversation.add(post)

    def _note_writing(self, event: Received) -> None:
        if event.sender.key == self._circle.me.key:
            return
        if isinstance(event.content, Typing):
            self.typists.hear(event.sender)
            self._is_writing_news = True
        else:
            self._is_writing_news |= self.typists.rest(event.sender)
            self._spoke[event.sender.key] = self._clock.monotonic()
            if len(self._spoke) > _MAX_SPOKE:
                del self._spoke[next(iter(self._spoke))]

    def _divide(self, *, is_history: bool) -> None:
        """Say once where what was said before we came begins, and where it ends."""
        if is_history != self._in_history:
            self._in_history = is_history
            words = _("Said before you came:") if is_history else _("From here on it is new.")
            self._view.note(Kind.NOTICE, words)

    def _connected(self) -> None:
        if not self._was_in:
            words = _("You are in, as {name}.").format(name=self._circle.label(self._circle.me))
            self._view.note(Kind.NOTICE, words)
        elif self._outage:
            self._view.note(Kind.NOTICE, _("Connected again."))
        self._phase = Phase.OPEN
        self._was_in = True
        self._outage = ""

    def _disconnected(self, event: Disconnected) -> None:
        self.presence = Presence()
        self._who_asked = False
        # Each reason is told once an outage: the status counts the attempts.
        if event.reason != self._outage and event.retry_in is not None:
            self._view.note(Kind.WARNING, sentences.disconnected(event))
        self._outage = event.reason
        self._phase = Phase.WAITING
        until = self._clock.monotonic() + (event.retry_in or 0.0)
        self._view.show_connection(Connection(Phase.WAITING, until=until))

    def _roster(self, event: Present) -> None:
        if not (self._who_asked and event.people):
            return
        self._who_asked = False
        self._view.note(Kind.NOTICE, sentences.roster(event, self._circle))

    def _show_presence(self) -> None:
        self._view.show_here()
        if self._phase is Phase.OPEN:
            self._view.show_connection(Connection(Phase.OPEN, self.presence.members))


def _tells_of_presence(event: Event) -> bool:
    """Return whether who is here, or what is known of them, may be other than before."""
    if isinstance(event, Alert):
        return event.alarm is Alarm.IDENTITY_CHANGED
    return not isinstance(event, Kept | Moved)
