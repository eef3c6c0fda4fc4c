"""One room as the line mode has it: its session, what is loaded of it, and what is on its way."""

import time
from collections import deque
from collections.abc import Callable

from sussurro_client.contents import Delete, Edit, Reaction
from sussurro_client.departures import Departures
from sussurro_client.events import (
    Alert,
    Connected,
    Disconnected,
    Earlier,
    Event,
    Kept,
    Moved,
    Person,
    Present,
    Received,
)
from sussurro_client.line_faces import Face, Why
from sussurro_client.line_past import Past
from sussurro_client.moving import Offers
from sussurro_client.naming import Circle
from sussurro_client.posts import Post, today
from sussurro_client.session import Session
from sussurro_client.speaking import Speaker
from sussurro_client.timeline import Timeline


class LineRoom:
    """Shows what one session tells. Owned by the thread of the line mode."""

    def __init__(
        self, session: Session, me: Person, face: Face, write: Callable[[str | None], None]
    ) -> None:
        """Take a session in hand, started or not; each line shown goes to ``write``."""
        self.session = session
        self.timeline = Timeline(me)
        self.offers = Offers()
        self._me = me
        self._face = face
        self._write = write
        self.departures = Departures(session)
        self.speaker = Speaker(self.departures, self.timeline, me, time.time)
        self._who_asked: deque[Face] = deque()
        self.past = Past(self.timeline, session.ask_earlier, self.show_post, self._show_past, write)

    @property
    def circle(self) -> Circle:
        """Who one is, and what is known of everybody here."""
        return Circle(self._me, self.session.standing)

    def ask_who(self, face: Face) -> None:
        """Ask who is here; the answer is shown by ``face``."""
        self._who_asked.append(face)
        self.session.ask_who()

    def take(self, event: Event) -> bool:
        """Take and show what the session tells; return whether a place in flight is free again."""
        match event:
            case Kept():
                self._show(event)
                self.timeline.keep(event.id, event.seq)
                return self.departures.arrive(event.id)
            case Moved() if not self.offers.hear(event):
                pass
            case Present() if self._who_asked and event.people:
                self._write(self._who_asked.popleft().present(event, self.circle))
            case Earlier():
                self.past.take(event)
            case Received() if not self._is_news(event):
                pass
            case _:
                self._show(event)
                self._note_connection(event)
        return False

    def show_post(self, post: Post, why: Why, face: Face) -> None:
        """Show a message that is not new, with what is known of its author by now."""
        circle = self.circle
        self._write(face.post(today(post, circle.standing), why, circle, self.timeline))

    def _show(self, event: Event) -> None:
        self._write(self._face.show(event, self.circle, self.timeline))

    def _show_past(self, event: Alert | Moved) -> None:
        if isinstance(event, Alert) or self.offers.hear(event):
            self._show(event)

    def _note_connection(self, event: Event) -> None:
        if isinstance(event, Connected):
            self.past.is_connected = True
        elif isinstance(event, Disconnected):
            self.past.lose()

    def _is_news(self, event: Received) -> bool:
        """Take note of what came; return false where it changes nothing that is loaded.

        That is what is none of its sender's business, or was so before.
        """
        content = event.content
        is_change = isinstance(content, Edit | Delete | Reaction)
        about = content.of.hex() if isinstance(content, Edit | Delete | Reaction) else event.id
        before = self.timeline.get(about)
        after = self.timeline.hear(event)
        self.past.trim()
        return before is None or (is_change and before != after)
