"""What each event of a session changes in the room."""

from typing import Protocol

from sussurro_client import sentences
from sussurro_client.app.clock import Clock
from sussurro_client.app.lines import Kind, Said
from sussurro_client.app.presence import Presence
from sussurro_client.app.widgets.conversation import Conversation
from sussurro_client.app.widgets.status import Connection, Phase
from sussurro_client.contents import Text
from sussurro_client.events import (
    Alert,
    Arrived,
    Connected,
    Departed,
    Disconnected,
    Event,
    Kept,
    Moved,
    Person,
    Present,
    Received,
)
from sussurro_client.moving import Offers
from sussurro_client.naming import Circle
from sussurro_client.words import _


class View(Protocol):
    """Where it shows."""

    conversation: Conversation

    def note(self, kind: Kind, text: str) -> None:
        """Write down that something happened."""

    def show_connection(self, connection: Connection) -> None:
        """Show how the connection does."""

    def show_here(self) -> None:
        """Show who is here now."""


class Hearing:
    """Turns events into what is seen. Lives in the app's thread."""

    def __init__(self, view: View, clock: Clock, circle: Circle) -> None:
        self.presence = Presence()
        self.offers = Offers()
        self._view = view
        self._clock = clock
        self._circle = circle
        self._phase = Phase.CONNECTING
        self._outage = ""  # the reason that has been told
        self._was_in = False
        self._who_asked = False
        self._in_history = False

    def expect_who(self) -> bool:
        """Show the next roster as a line; false, and said so, when none can come."""
        if self._phase is not Phase.OPEN:
            self._view.note(Kind.NOTICE, _("Not connected: nobody can say who is here."))
            return False
        self._who_asked = True
        return True

    def hear(self, event: Event, people: tuple[Person, ...]) -> None:
        """Show an event; ``people`` are those whom the session knows to be here."""
        if isinstance(event, Received):
            if isinstance(event.content, Text):
                self._message(event)
            return
        self.presence = self.presence.after(event, people)
        match event:
            case Kept():
                self._view.conversation.keep(event.id)
            case Connected():
                self._connected()
            case Disconnected():
                self._disconnected(event)
            case Present():
                self._roster(event)
            case Arrived() | Departed() | Moved() | Alert():
                self._happening(event)
        if not isinstance(event, Kept | Moved):  # an alarm may change a badge
            self._show_presence()

    def _happening(self, event: Arrived | Departed | Moved | Alert) -> None:
        match event:
            case Arrived():
                self._view.note(Kind.PRESENCE, sentences.arrived(event.who, self._circle))
            case Departed():
                self._view.note(Kind.PRESENCE, sentences.departed(event, self._circle))
            case Alert():
                words = sentences.alert(event, self._circle, self._clock.zone)
                self._view.note(Kind.WARNING, words)
            case Moved():
                if self.offers.hear(event):
                    self._view.note(Kind.WARNING, sentences.moved(event))

    def _message(self, event: Received) -> None:
        self._divide(is_history=not event.live)
        self._view.conversation.add(
            Said(event.sender, event.standing, event.text, self._clock.local(event.at))
        )

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
