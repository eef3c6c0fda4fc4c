"""The past of a room, fetched page by page as somebody looks for it."""

from collections.abc import Callable
from enum import Enum, auto
from typing import Protocol

from sussurro_client import sentences
from sussurro_client.app.clock import Clock
from sussurro_client.app.entries import Kind, Noted
from sussurro_client.app.widgets.conversation import Conversation
from sussurro_client.events import Alert, Earlier, Received
from sussurro_client.naming import Circle
from sussurro_client.posts import Post
from sussurro_client.timeline import Timeline
from sussurro_client.words import _

PAGE, LARGE_PAGE = 100, 1_000  # messages


class Room(Protocol):
    """Where it is asked for."""

    def ask_earlier(self, messages: int) -> bool:
        """Ask for what was said before; return whether an `Earlier` answers."""


class _State(Enum):
    OPEN = auto()  # there may be more
    ASKED = auto()
    BEGUN = auto()  # it is all here
    FULL = auto()  # there may be more, and no place for it


class Past:
    """Asks for what was said before, and puts it where it belongs. Lives in the app's thread."""

    def __init__(
        self,
        room: Room,
        timeline: Timeline,
        conversation: Conversation,
        clock: Clock,
        circle: Circle,
        is_open: Callable[[], bool],
    ) -> None:
        self._room = room
        self._timeline = timeline
        self._conversation = conversation
        self._clock = clock
        self._circle = circle
        self._is_open = is_open
        self._state = _State.OPEN
        self._messages = PAGE
        self._is_wanted = False  # and the connection was lost

    @property
    def is_asked(self) -> bool:
        """Whether a page is on its way, or will be asked for again."""
        return self._state is _State.ASKED or self._is_wanted

    @property
    def has_all(self) -> bool:
        """Whether everything that the relay keeps is here."""
        return self._state is _State.BEGUN

    def ask(self, messages: int = PAGE) -> bool:
        """Ask for the page before all that is here; return whether one will come."""
        if self._state is not _State.OPEN:
            return self.is_asked
        if self._conversation.is_full:
            self._state = _State.FULL
            self._conversation.show_edge(_("older messages find no place here"))
            return False
        self._messages = messages
        if self._room.ask_earlier(messages):
            self._state = _State.ASKED
            self._is_wanted = False
            self._conversation.show_edge(_("fetching earlier messages…"))
            return True
        if self._is_open():
            self._state = _State.BEGUN
            self._conversation.show_edge(_("this is where it begins"))
            return False
        self._is_wanted = True
        return True

    def hear(self, event: Earlier) -> list[Post]:
        """Put a page in; return the messages that are new in it."""
        heard = [each for each in event.events if isinstance(each, Received)]
        new = {post.id: post for post in self._timeline.prepend(heard)}
        items: list[Post | Noted] = []
        at = heard[0].at if heard else 0
        for each in event.events:
            at = each.at or at  # what has no time stands where it is
            if isinstance(each, Received):
                if each.id in new:
                    items.append(new[each.id])
            elif isinstance(each, Alert):
                items.append(self._warning(each, at))
            else:
                when = self._clock.local(each.at)
                items.append(Noted(Kind.WARNING, sentences.moved(each), when))
        self._conversation.prepend(items)
        self._state = _State.OPEN if event.more else _State.BEGUN
        words = _("there is more above") if event.more else _("this is where it begins")
        self._conversation.show_edge(words)
        if event.more and not new:
            self.ask(self._messages)  # nothing in it was to be shown
        return list(new.values())

    def lose(self) -> None:
        """Take note that the connection is lost, and with it what was asked for."""
        if self._state is _State.ASKED:
            self._state = _State.OPEN
            self._is_wanted = True

    def resume(self) -> None:
        """Ask again for what was lost with the connection."""
        if self._is_wanted:
            self._is_wanted = False
            self.ask(self._messages)

    def _warning(self, event: Alert, at: int) -> Noted:
        words = sentences.alert(event, self._circle, self._clock.zone)
        when = self._clock.local(at) if at else self._clock.now()
        return Noted(Kind.WARNING, words, when, sentences.advice(event))
