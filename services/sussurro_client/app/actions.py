"""What the commands do in a room of the app. What they raise is told to whoever typed them."""

from collections.abc import Sequence
from typing import Protocol

from textual.message import Message

from sussurro_client import sentences
from sussurro_client.app.entries import Kind
from sussurro_client.app.filing import Filing
from sussurro_client.app.listening import Hearing
from sussurro_client.app.ports import Room
from sussurro_client.app.searching import Searching
from sussurro_client.app.wants import Asking, Left, MoveAsked, Muted, ThemeAsked
from sussurro_client.app.widgets.conversation import Conversation
from sussurro_client.app.writing import Writing
from sussurro_client.asides import Aside
from sussurro_client.naming import Circle
from sussurro_client.targets import answered, editable
from sussurro_client.timeline import Timeline
from sussurro_client.vouching import Whom, called, trust
from sussurro_client.words import _


class Desk(Asking, Protocol):
    """The room's screen, as far as commands need it."""

    timeline: Timeline
    conversation: Conversation
    files: Filing

    def write(self, text: str) -> None:
        """Put another draft in the place of what is written, and go there."""

    def show_here(self) -> None:
        """Show who is here now."""

    def show_help(self) -> None:
        """Show what can be done."""

    def post_message(self, message: Message) -> bool:
        """Hand a message to the app."""


class RoomActions:
    """The commands of one room. Lives in the app's thread."""

    def __init__(
        self,
        desk: Desk,
        room: Room,
        writing: Writing,
        hearing: Hearing,
        searching: Searching,
        circle: Circle,
    ) -> None:
        self._desk = desk
        self._room = room
        self._writing = writing
        self._hearing = hearing
        self._searching = searching
        self._circle = circle

    def say(self, text: str) -> None:
        """Send a text, which stands in the room at once."""
        if not text.strip():
            return
        self._writing.say(text)

    def act(self, text: str) -> None:
        """Send what one does."""
        self._writing.act(text)

    def whisper(self, asides: Sequence[Aside]) -> None:
        """Send a text to one person alone."""
        self._writing.whisper(asides)

    def reply(self, tag: str, text: str) -> None:
        """Answer a message; with no text, begin to."""
        if text.strip():
            self._writing.reply(tag, text)
        else:
            post = answered(self._desk.timeline, tag)
            self._desk.write("")
            self._writing.begin_reply(post)

    def edit(self, tag: str, text: str) -> None:
        """Change a text of one's own; with no text, begin to."""
        if text.strip():
            self._writing.edit(tag, text)
        else:
            post = editable(self._desk.timeline, self._circle.me, tag)
            self._desk.write("")
            self._writing.begin_edit(post)

    def delete(self, tag: str) -> None:
        """Delete a message of one's own."""
        self._writing.delete(tag)

    def react(self, tag: str, emoji: str) -> None:
        """Put an emoji beside a message, or take it back."""
        self._writing.react(tag, emoji)

    def send_file(self, path: str) -> None:
        """Send a file to everybody."""
        self._desk.files.send(path)

    def send_file_to(self, asides: Sequence[Aside]) -> None:
        """Send a file to one person alone."""
        self._desk.files.send_to(self._room, asides)

    def save(self, tag: str, path: str) -> None:
        """Save a file that was offered."""
        self._desk.files.save(tag, path)

    def cancel(self, tag: str) -> None:
        """Stop a file that is on its way."""
        self._desk.files.cancel(tag)

    def search(self, words: str) -> None:
        """Find words in what is loaded."""
        self._searching.begin(words, is_everything=False)

    def search_all(self, words: str) -> None:
        """Find words in everything that is kept."""
        self._searching.begin(words, is_everything=True)

    def who(self) -> None:
        """Show who is here."""
        if self._hearing.expect_who():
            self._room.ask_who()

    def trust(self, readings: Sequence[Whom]) -> None:
        """Mark somebody as verified."""
        person = trust(self._room, readings)
        self._desk.conversation.show_standings()
        self._desk.note(Kind.NOTICE, sentences.trusted(person, self._circle))
        self._desk.show_here()

    def fingerprint(self, name: str) -> None:
        """Show the fingerprints of those with a name, or one's own."""
        for person in called(self._room, self._circle.me, name):
            self._desk.note(Kind.NOTICE, sentences.fingerprint(person, self._circle))

    def move(self, words: str) -> None:
        """Ask the app to go on in the room of the new key that was offered."""
        self._desk.post_message(MoveAsked(self._desk, self._hearing.offers.choose(words)))

    def mute(self) -> None:
        """Let nothing said here call whoever sits here any more, or let it again."""
        self._desk.is_muted = not self._desk.is_muted
        if self._desk.is_muted:
            words = _("Nothing that is said here calls you any more; /mute ends that.")
        else:
            words = _("What is said here calls you again.")
        self._desk.note(Kind.NOTICE, words)
        self._desk.post_message(Muted(self._desk))

    def theme(self, name: str) -> None:
        """Ask the app for other colours, or which there are."""
        self._desk.post_message(ThemeAsked(self._desk, name.strip()))

    def help(self) -> None:
        """Show what can be done."""
        self._desk.show_help()

    def leave(self) -> None:
        """Ask the app to leave."""
        self._desk.post_message(Left(self._desk))
