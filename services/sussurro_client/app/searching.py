"""Searching a room: on a screen of its own, until a message is chosen there."""

from collections.abc import Sequence
from typing import Any, Protocol

from textual.app import App

from sussurro_client.app.clock import Clock
from sussurro_client.app.entries import Kind
from sussurro_client.app.past import Past
from sussurro_client.app.screens.search import SearchScreen
from sussurro_client.app.widgets.conversation import Conversation
from sussurro_client.errors import ClientError
from sussurro_client.naming import Circle
from sussurro_client.posts import Post
from sussurro_client.timeline import Timeline
from sussurro_client.words import _


class Desk(Protocol):
    """The room, as far as it is needed."""

    conversation: Conversation

    @property
    def app(self) -> App[Any]:
        """The app that shows the search."""

    def note(self, kind: Kind, text: str) -> None:
        """Write down that something happened."""


class Searching:
    """Opens searches, one at a time, and goes where they lead. Lives in the app's thread."""

    def __init__(
        self, desk: Desk, timeline: Timeline, past: Past, circle: Circle, clock: Clock
    ) -> None:
        self._desk = desk
        self._timeline = timeline
        self._past = past
        self._circle = circle
        self._clock = clock
        self._shown: SearchScreen | None = None

    def begin(self, words: str, *, is_everything: bool) -> None:
        """Find words in what is loaded, or in everything; raises ClientError where there are none."""
        if not words.strip():
            raise ClientError(_("Say what to search for: /search words"))
        self._shown = SearchScreen(
            words,
            self._timeline,
            self._past,
            self._circle,
            self._clock,
            is_everything=is_everything,
        )
        self._desk.app.push_screen(self._shown, self._go_to)

    def hear(self, posts: Sequence[Post]) -> None:
        """Search what has been fetched of the past, too."""
        if self._shown is not None and self._shown.is_mounted:
            self._shown.hear(posts)

    def _go_to(self, message_id: str | None) -> None:
        self._shown = None
        if message_id is not None and not self._desk.conversation.select(message_id):
            self._desk.note(Kind.NOTICE, _("That message is not loaded any more."))
