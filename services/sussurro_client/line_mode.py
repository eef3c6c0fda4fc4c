"""The line mode: a full client for pipes, programs and screen readers.

One loop hears both the session and stdin, so that what is shown and what is
sent never overtake each other. A thread reads stdin, as that may block for ever.
"""

import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Protocol, TextIO

from sussurro_client import sentences
from sussurro_client.asides import Aside
from sussurro_client.commands import perform
from sussurro_client.display import safe_text
from sussurro_client.errors import ClientError
from sussurro_client.events import (
    Disconnected,
    Event,
    Kept,
    Moved,
    Person,
    Present,
    Received,
)
from sussurro_client.json_commands import perform_json
from sussurro_client.line_faces import Face, connection_refused, undelivered
from sussurro_client.moving import Offers
from sussurro_client.naming import Circle, room_words
from sussurro_client.session import Session
from sussurro_client.speaking import Speaker, Spoken
from sussurro_client.timeline import Timeline
from sussurro_client.vouching import Whom, called, trust
from sussurro_client.words import _

_LONGEST_LINE = 1024 * 1024
# Lines that were read and are not acknowledged yet; more stay in the pipe.
_IN_FLIGHT = 500
_MAX_POSTS = 10_000  # that commands can still mean
EXIT_OK, EXIT_NOT_DELIVERED, EXIT_REFUSED, EXIT_INTERRUPTED = 0, 1, 2, 130


class Doorway(Protocol):
    """Where sessions begin; `sussurro_client.doorway.Doorway` is one."""

    def open(self, name: str, listener: Callable[[Event], None]) -> Session:
        """Return a session, not yet started, in the room as it is today; raises ClientError."""

    def follow(self, moved: Moved) -> None:
        """Take the key that somebody has handed to us; raises ClientError."""


@dataclass(frozen=True, slots=True)
class Console:
    """Where lines come from and go to, and how they are read and shown."""

    lines: BinaryIO
    out: TextIO
    face: Face
    takes_json: bool


@dataclass(frozen=True, slots=True)
class _Heard:
    """An event, and of which of our sessions, counted from 1."""

    session: int
    event: Event


class LineMode:
    """Talks in one room between a stream of lines in and one out. Owned by the thread of `run`."""

    def __init__(
        self,
        doorway: Doorway,
        me: Person,
        console: Console,
        *,
        leave_seconds: float,
        notices: Sequence[str] = (),
    ) -> None:
        """Open the first session; raises ClientError. ``notices``: what is to be known first."""
        self._doorway = doorway
        self._me = me
        self._console = console
        self._face = console.face
        self._leave_seconds = leave_seconds
        self._notices = notices
        self._inbox: queue.SimpleQueue[_Heard | bytes] = queue.SimpleQueue()
        self._number = 0
        self._session = self._open()
        self._timeline, self._speaker = self._begin()
        self._number = 1
        self._offers = Offers()
        self._space = threading.Semaphore(_IN_FLIGHT)
        self._sent = 0
        self._asked_who = 0
        self._has_lost = False  # something, when we moved
        self._left = False

    def run(self) -> int:
        """Talk until TT, /quit, the end of the input or a refusal; return the exit code."""
        for notice in self._notices:
            self._print(self._face.notice(notice))
        self._session.start()
        # A daemon: it may be waiting for a line that never comes.
        threading.Thread(target=self._read_lines, name="stdin", daemon=True).start()
        try:
            while not self._left:
                item = self._inbox.get()
                if isinstance(item, bytes):
                    self._take_line(item)
                elif self._is_the_end(item):
                    return self._refused(item.event)
                else:
                    self._take_event(item)
        except KeyboardInterrupt:
            self._session.close(0)
            return EXIT_INTERRUPTED
        return self._leave()

    def end_input(self) -> None:
        """Leave as at the end of the input; may be called by a signal's handler."""
        self._inbox.put(b"")

    # Commands: what a line may ask for. What they raise is told to whoever asked.

    def say(self, text: str) -> None:
        """Send a text; it keeps its place in flight until it is acknowledged."""
        self._note(self._speaker.say(text))

    def act(self, text: str) -> None:
        """Send what one does."""
        self._note(self._speaker.act(text))

    def whisper(self, asides: Sequence[Aside]) -> None:
        """Send a text to one person alone."""
        self._note(self._speaker.whisper(asides))

    def reply(self, tag: str, text: str) -> None:
        """Answer a message."""
        self._note(self._speaker.reply(tag, text))

    def edit(self, tag: str, text: str) -> None:
        """Change a text of one's own."""
        self._note(self._speaker.edit(tag, text))

    def delete(self, tag: str) -> None:
        """Delete a message of one's own."""
        self._note(self._speaker.delete(tag))

    def react(self, tag: str, emoji: str) -> None:
        """Put an emoji beside a message, or take it back."""
        self._note(self._speaker.react(tag, emoji))

    def _note(self, spoken: Spoken) -> None:
        self._sent += 1
        self._print(self._face.sent(spoken.id))

    def search(self, words: str) -> None:
        """Find words in what is loaded."""
        found = self._timeline.search(words)
        self._print(self._face.notice(sentences.found(len(found), len(self._timeline))))
        for post in reversed(found):
            line = f"{post.tag} {self._circle.label(post.who)}: {safe_text(post.text)}"
            self._print(self._face.notice(line))

    def search_all(self, words: str) -> None:
        """Find words in everything that is kept."""
        self.search(words)  # the rest comes with the history of the line mode

    def who(self) -> None:
        """Ask who is here."""
        self._asked_who += 1
        self._session.ask_who()

    def trust(self, readings: Sequence[Whom]) -> None:
        """Mark somebody as verified."""
        self._print(self._face.trusted(trust(self._session, readings), self._circle))

    def fingerprint(self, name: str) -> None:
        """Show the fingerprints of those with a name, or one's own."""
        for person in called(self._session, self._me, name):
            self._print(self._face.fingerprint(person, self._circle))

    def move(self, words: str) -> None:
        """Go on in the room of the new key that was offered."""
        moved = self._offers.choose(words)
        self._doorway.follow(moved)
        session = self._open()
        self._give_up(self._session.close(self._leave_seconds))
        self._session = session
        self._timeline, self._speaker = self._begin()
        self._number += 1
        self._offers = Offers()
        self._asked_who = 0
        sentence = _("You are in the new room now; its fingerprint: {words}")
        self._print(self._face.notice(sentence.format(words=room_words(moved.room))))
        session.start()

    def mute(self) -> None:
        """Say that there is nothing to mute."""
        words = _("Line by line nothing rings and nothing is notified: there is nothing to mute.")
        self._print(self._face.notice(words))

    def theme(self, name: str) -> None:
        """Say that there are no colours."""
        del name
        words = _("Line by line there are no colours, and so no themes.")
        self._print(self._face.notice(words))

    def help(self) -> None:
        """Show what can be done."""
        self._print(
            self._face.notice(
                _(
                    "Write and press Enter. TT leaves. /who: who is here. /fingerprint: yours. "
                    "/trust name: you compared theirs. /move: to a new key."
                )
            )
        )

    def leave(self) -> None:
        """Leave, after what was sent is acknowledged."""
        self._left = True

    # The loop.

    @property
    def _circle(self) -> Circle:
        return Circle(self._me, self._session.standing)

    def _open(self) -> Session:
        number = self._number + 1
        return self._doorway.open(
            self._me.name, lambda event: self._inbox.put(_Heard(number, event))
        )

    def _begin(self) -> tuple[Timeline, Speaker]:
        """Return what was said in the session's room, nothing yet, and who speaks there."""
        timeline = Timeline(self._me)
        return timeline, Speaker(self._session, timeline, self._me, time.time)

    def _read_lines(self) -> None:
        lines = self._console.lines
        while True:
            self._space.acquire()
            piece = line = lines.readline(_LONGEST_LINE)
            while len(piece) == _LONGEST_LINE and not piece.endswith(b"\n"):
                # The line is refused for its length; its rest is not a line of its own.
                piece = lines.readline(_LONGEST_LINE)
            self._inbox.put(line)
            if not line:
                return

    def _take_line(self, line: bytes) -> None:
        if not line:
            self.leave()
            return
        text = line.decode("utf-8", "replace").removesuffix("\n").removesuffix("\r")
        sent = self._sent
        is_json = self._console.takes_json and text.startswith("{")
        try:
            sentence = perform_json(text, self) if is_json else perform(text, self)
        except ClientError as error:
            sentence = str(error)
        if sentence is not None:
            self._print(self._face.error(sentence))
        if self._sent == sent:
            self._space.release()

    def _is_the_end(self, heard: _Heard) -> bool:
        """Return whether our session is refused for good; of one that we have left, no matter."""
        event = heard.event
        is_final = isinstance(event, Disconnected) and event.retry_in is None
        return is_final and heard.session == self._number

    def _take_event(self, heard: _Heard) -> None:
        event = heard.event
        if isinstance(event, Kept):
            self._space.release()
            self._timeline.keep(event.id, event.seq)
        if isinstance(event, Received):
            self._timeline.hear(event)
            self._timeline.forget(max(len(self._timeline) - _MAX_POSTS, 0))
        if isinstance(event, Moved) and heard.session == self._number:
            if self._offers.hear(event):
                self._print(self._face.show(event, self._circle))
        elif isinstance(event, Present) and self._asked_who and event.people:
            self._asked_who -= 1
            self._print(self._face.present(event, self._circle))
        else:
            self._print(self._face.show(event, self._circle))

    def _give_up(self, lost: tuple[str, ...]) -> None:
        """Say what was not delivered, and let as many other lines in."""
        if lost:
            self._has_lost = True
            self._print(self._face.error(undelivered(lost)))
            self._space.release(len(lost))

    def _leave(self) -> int:
        lost = self._session.close(self._leave_seconds)
        while not self._inbox.empty():
            item = self._inbox.get()
            if not isinstance(item, bytes):
                self._take_event(item)
        self._give_up(lost)
        return EXIT_NOT_DELIVERED if self._has_lost else EXIT_OK

    def _refused(self, event: Event) -> int:
        self._print(self._face.show(event, self._circle))
        if isinstance(event, Disconnected):
            self._print(self._face.error(connection_refused(event)))
        self._session.close(0)
        return EXIT_REFUSED

    def _print(self, line: str | None) -> None:
        if line is not None:
            self._console.out.write(line + "\n")
            self._console.out.flush()
