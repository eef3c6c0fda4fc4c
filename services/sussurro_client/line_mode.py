"""The line mode: a full client for pipes, programs and screen readers.

One loop hears both the session and stdin, so that what is shown and what is
sent never overtake each other. A thread reads stdin, as that may block for ever.
What a line may ask for is in `sussurro_client.line_actions`, and in `sussurro_client.json_actions`
where a program wrote it.
"""

import threading
from collections.abc import Sequence

from sussurro_client.errors import ClientError
from sussurro_client.events import Disconnected, Event, Person
from sussurro_client.exit_codes import (
    EXIT_INTERRUPTED,
    EXIT_NOT_DELIVERED,
    EXIT_OK,
    EXIT_REFUSED,
)
from sussurro_client.files import told
from sussurro_client.files.desk import FileDesk
from sussurro_client.files.errand import Errand
from sussurro_client.files.progress import Progress
from sussurro_client.files.transfers import FileRules
from sussurro_client.json_actions import JsonActions
from sussurro_client.json_commands import perform_json
from sussurro_client.line_actions import LineActions
from sussurro_client.line_commands import perform_line
from sussurro_client.line_faces import (
    Ref,
    connection_refused,
    deeds_undelivered,
    undelivered,
)
from sussurro_client.line_files import FilesEnded, LineFiles
from sussurro_client.line_inbox import Heard, Inbox, Interrupted, Told
from sussurro_client.line_ports import Console, Doorway, Flow, read_lines
from sussurro_client.line_room import LineRoom
from sussurro_client.naming import room_words
from sussurro_client.words import _


class LineMode:
    """Talks in one room between a stream of lines in and one out. Owned by the thread of `run`."""

    def __init__(
        self,
        doorway: Doorway,
        me: Person,
        console: Console,
        *,
        leave_seconds: float,
        rules: FileRules,
        notices: Sequence[str] = (),
    ) -> None:
        """Open the first session; raises ClientError. ``notices``: what is to be known first.

        ``rules``: where files are saved, and how large they may be.
        """
        self.me = me
        self.face = console.face  # of the answers to the line that is being read
        self._doorway = doorway
        self._console = console
        self._leave_seconds = leave_seconds
        self._notices = notices
        self._inbox = Inbox()
        self._files = LineFiles(doorway, me, rules, self._inbox.put)
        self._number = 1
        self._flow = Flow()
        self._has_lost = False  # something, when we moved or left
        self._left = False
        self.room, self.files = self._open(self._number)
        self._actions = LineActions(self)
        self._program_actions = JsonActions(self, self._actions)

    def run(self) -> int:
        """Talk until TT, /quit, the end of the input or a refusal; return the exit code."""
        for notice in self._notices:
            self.write(self._console.face.notice(notice))
        self.room.session.start()
        # A daemon: it may be waiting for a line that never comes.
        arguments = self._console.lines, self._flow, self._inbox.put
        threading.Thread(target=read_lines, args=arguments, name="stdin", daemon=True).start()
        try:
            while not self._left:
                item = self._inbox.get()
                if isinstance(item, bytes):
                    self._take_line(item)
                elif isinstance(item, Interrupted):
                    return self._give_up()
                elif isinstance(item, Heard) and self._is_the_end(item):
                    return self._refused(item.event)
                else:
                    self._take(item)
        except KeyboardInterrupt:
            return self._give_up()
        except OSError:  # whoever read our lines is gone
            self._give_up()
            raise
        return self._leave()

    def end_input(self) -> None:
        """Leave as at the end of the input; may be called by a signal's handler."""
        self._inbox.put(b"")

    def interrupt(self) -> None:
        """End at once, when nothing else has done so; may be called by a signal's handler."""
        self._inbox.put(Interrupted())

    # What the commands need.

    def write(self, line: str | None) -> None:
        """Show lines; None: nothing."""
        if line is not None:
            self._console.out.write(line + "\n")
            self._console.out.flush()

    def answer_to(self, ref: Ref) -> None:
        """Let the answers to the line that is being read have ``ref``."""
        self.face = self._console.face.answering(ref)

    def move(self, words: str) -> None:
        """Go on in the room of the new key that was offered; raises ClientError."""
        moved = self.room.offers.choose(words)
        self._doorway.follow(moved)
        new, files = self._open(self._number + 1)
        self._end_room()
        self.room, self.files = new, files
        self._number += 1
        sentence = _("You are in the new room now; its fingerprint: {words}")
        self.write(self.face.notice(sentence.format(words=room_words(moved.room))))
        new.session.start()

    def leave(self) -> None:
        """Leave, after what was sent is acknowledged."""
        self._left = True

    # The loop.

    def _open(self, number: int) -> tuple[LineRoom, FileDesk]:
        session = self._doorway.open(
            self.me.name, lambda event: self._inbox.put(Heard(number, event))
        )
        room = LineRoom(session, self.me, self._console.face, self.write)
        return room, self._files.open(room)

    def _take_line(self, line: bytes) -> None:
        if not line:
            self.leave()
            return
        text = line.decode("utf-8", "replace").removesuffix("\n").removesuffix("\r")
        room = self.room
        is_json = self._console.takes_json and text.startswith("{")
        try:
            sentence = (
                perform_json(text, self._program_actions)
                if is_json
                else perform_line(text, self._actions)
            )
        except ClientError as error:
            sentence = str(error)
        if sentence is not None:
            self.write(self.face.error(sentence))
        self._tell_said(room)
        self.face = self._console.face

    def _tell_said(self, room: LineRoom) -> None:
        """Show what was said by a line, which keeps its place in flight; else it is free."""
        just_said = room.departures.take_just_said()
        for said in just_said:
            if said.to is None:
                self.write(self.face.sent(said.id))
            else:
                self.write(self.face.whispered(said.id, said.to, room.circle))
        if not just_said:
            self._flow.free()

    def _is_the_end(self, heard: Heard) -> bool:
        """Return whether our session is refused for good; of one that we have left, no matter."""
        event = heard.event
        is_final = isinstance(event, Disconnected) and event.retry_in is None
        return is_final and heard.session == self._number

    def _take(self, item: Told) -> None:
        match item:
            case Heard():
                self._take_event(item)
            case Progress():
                if self._console.takes_json or self._files.is_milestone(item):
                    self.write(self._console.face.transfer(item))
            case Errand():
                item.run()
                for said in self.room.departures.take_just_said():
                    self._flow.take()  # given back when it is kept
                    self.write(self._console.face.sent(said.id))
            case FilesEnded(left=left):
                if left:
                    self._has_lost = True
                    self.write(self.face.error(told.unfinished(left)))

    def _take_event(self, heard: Heard) -> None:
        # What a room says that we have left changes nothing any more, and is told.
        is_current = heard.session == self._number
        if is_current and self.room.take(heard.event):
            self._flow.free()
        elif not is_current:
            self.write(self._console.face.show(heard.event, self.room.circle, self.room.timeline))

    def _end_room(self) -> None:
        """Leave the room, say what was not delivered, and let as many other lines in."""
        self._end_files()
        texts = self.room.session.close(self._leave_seconds)
        for item in self._inbox.told_by_now():
            self._take(item)
        self.room.past.lose()
        lost = len(self.room.departures)
        if texts:
            self.write(self.face.error(undelivered(texts)))
        if lost > len(texts):
            self.write(self.face.error(deeds_undelivered(lost - len(texts))))
        if lost:
            self._has_lost = True
            self._flow.free(lost)

    def _end_files(self) -> None:
        """End all transfers, which may still have something to say here."""
        self._files.end(self.files, self._leave_seconds)
        item: Told | None = None
        while not isinstance(item, FilesEnded):
            item = self._inbox.get_told()
            self._take(item)

    def _give_up(self) -> int:
        """End at once; what was saved in part is removed."""
        self._files.give_up(self.files)
        self.room.session.close(0)
        return EXIT_INTERRUPTED

    def _leave(self) -> int:
        self._end_room()
        return EXIT_NOT_DELIVERED if self._has_lost else EXIT_OK

    def _refused(self, event: Event) -> int:
        self.write(self._console.face.show(event, self.room.circle, self.room.timeline))
        if isinstance(event, Disconnected):
            self.write(self._console.face.error(connection_refused(event)))
        self._give_up()
        return EXIT_REFUSED
