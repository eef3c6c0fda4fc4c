"""What the keys do with the message that is selected."""

from collections.abc import Callable
from typing import Any, Protocol

from textual.app import App

from sussurro_client.app.deeds import Deed
from sussurro_client.app.entries import Kind
from sussurro_client.app.screens.confirm import ConfirmScreen
from sussurro_client.app.screens.react import ReactScreen
from sussurro_client.app.widgets.conversation import Conversation
from sussurro_client.app.writing import Writing
from sussurro_client.display import safe_line, safe_text
from sussurro_client.errors import ClientError
from sussurro_client.events import Person
from sussurro_client.posts import Post
from sussurro_client.targets import answered, editable, own
from sussurro_client.timeline import Timeline
from sussurro_client.words import _

_ASKED = 200  # characters of the message that a question shows


class Desk(Protocol):
    """The room, as far as it is needed."""

    conversation: Conversation

    @property
    def app(self) -> App[Any]:
        """The app whose screens ask."""

    def note(self, kind: Kind, text: str, advice: str = "") -> None:
        """Write down that something happened, and what to do about it."""


class Doing:
    """Does what a key asks for, and says so where it cannot be done. Lives in the app's thread."""

    def __init__(self, room: Desk, writing: Writing, timeline: Timeline, me: Person) -> None:
        self._room = room
        self._writing = writing
        self._timeline = timeline
        self._me = me

    def do(self, deed: Deed, post: Post) -> None:
        """Do something with a message, perhaps after a question."""
        self._try(lambda: self._do(deed, post))

    def _do(self, deed: Deed, post: Post) -> None:
        unselect = self._room.conversation.unselect
        match deed:
            case Deed.REPLY:
                unselect()
                self._writing.begin_reply(answered(self._timeline, post.id))
            case Deed.EDIT:
                text = editable(self._timeline, self._me, post.id)
                unselect()
                self._writing.begin_edit(text)
            case Deed.DELETE:
                own(self._timeline, self._me, post.id)
                words = safe_line(post.text)[:_ASKED]
                question = ConfirmScreen(
                    _("Delete this message?"), words, _("Delete"), _("Keep it")
                )
                self._room.app.push_screen(question, lambda yes: self._delete(post, yes=yes))
            case Deed.REACT:
                answered(self._timeline, post.id)
                self._room.app.push_screen(ReactScreen(), lambda emoji: self._react(post, emoji))
            case Deed.COPY:
                self._room.app.copy_to_clipboard(safe_text(post.text))
                unselect()
                self._room.note(Kind.NOTICE, _("Copied, if the terminal allows it."))
            case Deed.END:
                unselect()

    def _delete(self, post: Post, *, yes: bool | None) -> None:
        if yes:
            self._try(lambda: self._writing.delete(post.id))
        self._room.conversation.unselect()

    def _react(self, post: Post, emoji: str | None) -> None:
        if emoji is not None:
            self._try(lambda: self._writing.react(post.id, emoji))
        self._room.conversation.unselect()

    def _try(self, do: Callable[[], None]) -> None:
        try:
            do()
        except ClientError as error:
            self._room.note(Kind.WARNING, str(error))
