"""The line mode: a full client for pipes, programs and screen readers.

One loop hears both the session and stdin, so that what is shown and what is
sent never overtake each other. A thread reads stdin, as that may block for ever.
"""

import json
import queue
import threading
from collections.abc import Callable
from typing import BinaryIO, TextIO

from sussurro_client.commands import perform
from sussurro_client.errors import ClientError
from sussurro_client.events import Disconnected, Event, Kept, Present
from sussurro_client.line_faces import Face, connection_refused, undelivered
from sussurro_client.session import Session
from sussurro_client.words import _

_LONGEST_LINE = 1024 * 1024
# Lines that were read and are not acknowledged yet; more stay in the pipe.
_IN_FLIGHT = 500
EXIT_OK, EXIT_NOT_DELIVERED, EXIT_REFUSED, EXIT_INTERRUPTED = 0, 1, 2, 130


class LineMode:
    """Talks for one session between a stream of lines in and one out."""

    def __init__(
        self,
        open_session: Callable[[Callable[[Event], None]], Session],
        face: Face,
        lines: BinaryIO,
        out: TextIO,
        *,
        json_input: bool,
        leave_seconds: float,
    ) -> None:
        self._face = face
        self._lines = lines
        self._out = out
        self._json_input = json_input
        self._leave_seconds = leave_seconds
        self._inbox: queue.SimpleQueue[Event | bytes] = queue.SimpleQueue()
        self._session = open_session(self._inbox.put)
        self._space = threading.Semaphore(_IN_FLIGHT)
        self._sent = 0
        self._asked_who = 0
        self._left = False

    def run(self) -> int:
        """Talk until TT, /quit, the end of the input or a refusal; return the exit code."""
        self._session.start()
        # A daemon: it may be waiting for a line that never comes.
        threading.Thread(target=self._read_lines, name="stdin", daemon=True).start()
        try:
            while not self._left:
                item = self._inbox.get()
                if isinstance(item, bytes):
                    self._take_line(item)
                elif isinstance(item, Disconnected) and item.retry_in is None:
                    return self._refused(item)
                else:
                    self._take_event(item)
        except KeyboardInterrupt:
            self._session.close(0)
            return EXIT_INTERRUPTED
        return self._leave()

    # Commands: what a line may ask for.

    def say(self, text: str) -> None:
        """Send a text; it keeps its place in flight until it is acknowledged."""
        try:
            self._session.send(text)
        except ClientError as error:
            self._print(self._face.error(str(error)))
        else:
            self._sent += 1

    def who(self) -> None:
        """Ask who is here."""
        self._asked_who += 1
        self._session.ask_who()

    def help(self) -> None:
        """Show what can be done."""
        self._print(self._face.notice(_("Write and press Enter. TT leaves. /who: who is here.")))

    def leave(self) -> None:
        """Leave, after what was sent is acknowledged."""
        self._left = True

    # The loop.

    def _read_lines(self) -> None:
        while True:
            self._space.acquire()
            piece = line = self._lines.readline(_LONGEST_LINE)
            while len(piece) == _LONGEST_LINE and not piece.endswith(b"\n"):
                # The line is refused for its length; its rest is not a line of its own.
                piece = self._lines.readline(_LONGEST_LINE)
            self._inbox.put(line)
            if not line:
                return

    def _take_line(self, line: bytes) -> None:
        if not line:
            self.leave()
            return
        text = line.decode("utf-8", "replace").removesuffix("\n").removesuffix("\r")
        sent = self._sent
        if self._json_input and text.startswith("{"):
            sentence = self._perform_json(text)
        else:
            sentence = perform(text, self)
        if sentence is not None:
            self._print(self._face.error(sentence))
        if self._sent == sent:
            self._space.release()

    def _perform_json(self, line: str) -> str | None:
        try:
            command = json.loads(line)
        except (ValueError, RecursionError):
            return _("This line is not JSON; write an object, or a text that begins otherwise.")
        match command:
            case {"text": str(text)}:
                self.say(text)
            case {"command": "who"}:
                self.who()
            case {"command": "leave"}:
                self.leave()
            case _:
                return _('Write {"text": "..."}, {"command": "who"} or {"command": "leave"}.')
        return None

    def _take_event(self, event: Event) -> None:
        if isinstance(event, Kept):
            self._space.release()
        if isinstance(event, Present) and self._asked_who and event.people:
            self._asked_who -= 1
            self._print(self._face.present(event))
        else:
            self._print(self._face.show(event))

    def _leave(self) -> int:
        lost = self._session.close(self._leave_seconds)
        while not self._inbox.empty():
            item = self._inbox.get()
            if not isinstance(item, bytes):
                self._take_event(item)
        if lost:
            self._print(self._face.error(undelivered(lost)))
            return EXIT_NOT_DELIVERED
        return EXIT_OK

    def _refused(self, event: Disconnected) -> int:
        self._print(self._face.show(event))
        self._print(self._face.error(connection_refused(event)))
        self._session.close(0)
        return EXIT_REFUSED

    def _print(self, line: str | None) -> None:
        if line is not None:
            self._out.write(line + "\n")
            self._out.flush()
