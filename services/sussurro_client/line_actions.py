"""What a line of the line mode may ask for, as people type it. What it raises is told to whoever asked."""

from collections.abc import Sequence
from itertools import islice
from typing import Protocol

from sussurro_client.asides import Aside, addressee
from sussurro_client.errors import ClientError
from sussurro_client.events import Person
from sussurro_client.files.desk import FileDesk
from sussurro_client.line_commands import help_lines
from sussurro_client.line_faces import Face, Ref, Why
from sussurro_client.line_room import LineRoom
from sussurro_client.speaking import Speaker
from sussurro_client.vouching import Whom, called, trust
from sussurro_client.words import _


class Desk(Protocol):
    """What the loop of the line mode has; `sussurro_client.line_mode.LineMode` is one."""

    @property
    def me(self) -> Person:
        """Who one is."""

    @property
    def room(self) -> LineRoom:
        """Where one is."""

    @property
    def files(self) -> FileDesk:
        """The files that are sent and saved there."""

    @property
    def face(self) -> Face:
        """How answers to this line are shown."""

    def answer_to(self, ref: Ref) -> None:
        """Let them have ``ref``."""

    def write(self, line: str | None) -> None:
        """Show lines; None: nothing."""

    def move(self, words: str) -> None:
        """Go on in the room of the new key that was offered; raises ClientError."""

    def leave(self) -> None:
        """Leave, after what was sent is acknowledged."""


class LineActions:
    """The commands of the line mode. Owned by the thread of its loop."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def say(self, text: str) -> None:
        """Send a text to everybody."""
        self._speaker.say(text)

    def act(self, text: str) -> None:
        """Say what one does."""
        self._speaker.act(text)

    def whisper(self, asides: Sequence[Aside]) -> None:
        """Say something to one person alone."""
        self._speaker.whisper(asides)

    def reply(self, tag: str, text: str) -> None:
        """Answer a message, by default the newest of somebody else."""
        self._speaker.reply(tag, text)

    def edit(self, tag: str, text: str) -> None:
        """Let a text of one's own say something else."""
        self._speaker.edit(tag, text)

    def delete(self, tag: str) -> None:
        """Take back a message of one's own."""
        self._desk.files.retract(self._speaker.delete(tag).post)

    def react(self, tag: str, emoji: str) -> None:
        """Put an emoji beside a message; the same again takes it back."""
        self._speaker.react(tag, emoji)

    def send_file(self, path: str) -> None:
        """Send a file to everybody."""
        self._begun(self._desk.files.send(path))

    def send_file_to(self, asides: Sequence[Aside]) -> None:
        """Send a file to one person alone."""
        person, path = addressee(self._desk.room.departures, asides, is_file=True)
        self._begun(self._desk.files.send(path, person))

    def save(self, tag: str, path: str) -> None:
        """Save a file, by default the newest of somebody else."""
        self._begun(self._desk.files.save(tag, path))

    def cancel(self, tag: str) -> None:
        """Stop a file that is on its way, by default the newest."""
        self._desk.files.cancel(tag)

    def earlier(self, messages: int) -> None:
        """Show a page of what was said before."""
        self._desk.room.past.earlier(messages, self._desk.face)

    def list(self, messages: int) -> None:
        """Show the last messages, each with its tag."""
        room = self._desk.room
        for post in reversed(tuple(islice(reversed(room.timeline), messages))):
            room.show_post(post, Why.LISTED, self._desk.face)

    def search(self, text: str) -> None:
        """Search what is loaded."""
        self._check_words(text)
        self._desk.room.past.search(text, self._desk.face)

    def search_all(self, text: str) -> None:
        """Search everything that the relay keeps."""
        self._check_words(text)
        self._desk.room.past.search_all(text, self._desk.face)

    def who(self) -> None:
        """Ask who is here."""
        self._desk.room.ask_who(self._desk.face)

    def trust(self, readings: Sequence[Whom]) -> None:
        """Mark somebody as verified."""
        room = self._desk.room
        who = trust(room.session, readings)
        self._desk.write(self._desk.face.trusted(who, room.circle))

    def fingerprint(self, name: str) -> None:
        """Show the fingerprints of those with a name, or one's own."""
        room = self._desk.room
        for person in called(room.session, self._desk.me, name):
            self._desk.write(self._desk.face.fingerprint(person, room.circle))

    def move(self, words: str) -> None:
        """Go on in the room of the new key that was offered."""
        self._desk.move(words)

    def mute(self) -> None:
        """Say that there is nothing to mute."""
        words = _("Line by line nothing rings and nothing is notified: there is nothing to mute.")
        self._desk.write(self._desk.face.notice(words))

    def theme(self, name: str) -> None:
        """Say that there are no colours."""
        del name
        words = _("Line by line there are no colours, and so no themes.")
        self._desk.write(self._desk.face.notice(words))

    def help(self) -> None:
        """Show what can be done, a line for each command."""
        self._desk.write(self._desk.face.help(help_lines()))

    def leave(self) -> None:
        """Leave, after what was sent is acknowledged."""
        self._desk.leave()

    @property
    def _speaker(self) -> Speaker:
        return self._desk.room.speaker

    def _begun(self, number: int) -> None:
        self._desk.write(self._desk.face.transfer_begun(number))

    @staticmethod
    def _check_words(text: str) -> None:
        if not text.strip():
            raise ClientError(_("Write the words that you look for."))
