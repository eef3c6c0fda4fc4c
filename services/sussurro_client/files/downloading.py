"""The thread that saves one file: it asks, waits, checks, and gives the file its name.

The session's own thread writes what comes: so a slow disk slows the relay down, and
nothing is heaped up in memory.
"""

import threading
import time
from dataclasses import dataclass
from pathlib import Path

from sussurro_client.contents import File
from sussurro_client.errors import ClientError
from sussurro_client.events import Connected, Earlier, Event, Received
from sussurro_client.files import told
from sussurro_client.files.bell import Bell, CancelledError
from sussurro_client.files.bulletin import Bulletin
from sussurro_client.files.destination import Destination, place_of
from sussurro_client.files.fetching import Download, not_as_offered
from sussurro_client.files.ports import FileDoorway, FileSession
from sussurro_client.files.progress import State
from sussurro_client.files.shape import check_offer
from sussurro_client.key import RoomKey

_CLOSE_SECONDS = 1.0
_ASK_SECONDS = 1.0  # of silence, before older parts are asked for
_PAGE = 200  # parts that are asked for at once, as all of them are held at once
_SPARE = 64  # messages: a part may stand there twice after each of the sender's connections


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file that was offered: by which message, and by whom (an identity key)."""

    message_id: str
    sender: bytes
    file: File


class Downloading:
    """Saves one file. `run` is its thread; `cancel` may be called from any."""

    def __init__(  # noqa: PLR0913 - all have a name
        self,
        wanted: Wanted,
        path: str,
        *,
        doorway: FileDoorway,
        name: str,
        limit_mib: int,
        downloads: Path,
        bulletin: Bulletin,
        quiet_seconds: float,
    ) -> None:
        self._wanted = wanted
        self._path = path
        self._doorway = doorway
        self._name = name
        self._limit_mib = limit_mib
        self._downloads = downloads
        self._bulletin = bulletin
        self._quiet_seconds = quiet_seconds
        self._bell = Bell()
        self._lock = threading.Lock()  # guards all below, and is held while a part is written
        self._download = Download(wanted.file, wanted.sender, bytes.fromhex(wanted.message_id))
        self._destination: Destination | None = None  # None: nothing is written any more
        self._is_asked = False  # an `Earlier` is due
        self._is_read = False  # nothing older is left to ask for
        self._has_page = False  # one has come, and did not have all

    def cancel(self) -> None:
        """End it; what has come is removed."""
        self._bell.stop(CancelledError())

    def run(self) -> None:
        """Save the file, and tell what comes of it."""
        file = self._wanted.file
        try:
            check_offer(file, self._limit_mib)
            destination = Destination.open(place_of(self._path, self._downloads, file.name))
            try:
                if file.parts:
                    self._bulletin.show(State.CONNECTING)
                    self._fetch(destination)
                self._bulletin.show(State.CHECKING, file.size)
                if destination.digest() != (file.size, file.sha256):
                    raise not_as_offered()
                self._bell.wait(0)
                path = destination.keep()
            finally:
                destination.discard()
        except CancelledError:
            self._bulletin.show(State.CANCELLED)
        except ClientError as error:
            self._bulletin.show(State.FAILED, detail=str(error))
        else:
            self._bulletin.show(State.DONE, file.size, path=path)

    def _fetch(self, destination: Destination) -> None:
        with self._lock:
            self._destination = destination
        key = RoomKey.from_secret(self._wanted.file.key)
        history = self._wanted.file.parts + _SPARE
        session = self._doorway.open_file(key, self._name, self._hear, history)
        session.start()
        try:
            self._wait_whole(session)
        finally:
            with self._lock:  # the session may be in the midst of one more part
                self._destination = None
            session.close(_CLOSE_SECONDS)

    def _wait_whole(self, session: FileSession) -> None:
        done, moved_at = 0, time.monotonic()
        while not self._download.is_whole:
            is_news = self._bell.wait(min(_ASK_SECONDS, self._quiet_seconds))
            now = time.monotonic()
            if self._download.done > done:
                done, moved_at = self._download.done, now
                self._bulletin.show(State.MOVING, done)
            elif now - moved_at >= self._quiet_seconds:
                self._tell_silence()
            if not is_news or self._has_page:
                self._ask(session)

    def _ask(self, session: FileSession) -> None:
        """Ask for parts that are older than all that has come, as a sender may have said some twice."""
        with self._lock:
            if self._is_asked or self._is_read or not self._bell.is_connected:
                return
            self._has_page = False
            self._is_asked = session.ask_earlier(_PAGE)
            self._is_read = not self._is_asked

    def _tell_silence(self) -> None:
        """Tell that nothing moves; raises ClientError where nothing more can come."""
        if not self._bell.is_connected:
            self._bulletin.show(State.QUIET, detail=told.away())
            return
        with self._lock:
            # A sender says the parts in their order.
            if self._is_read and self._download.has_hole:
                raise ClientError(told.missing())
            strangers = self._download.strangers
        self._bulletin.show(State.QUIET, detail=told.silent(strangers))

    def _hear(self, event: Event) -> None:
        """Take what the session tells, in its thread."""
        if isinstance(event, Connected):
            with self._lock:
                self._is_asked = self._is_read = False
        self._bell.hear(event)
        if isinstance(event, Received):
            self._take(event)
        elif isinstance(event, Earlier):
            for each in event.events:
                if isinstance(each, Received):
                    self._take(each)
            with self._lock:
                self._is_asked, self._has_page = False, True
            self._bell.ring()

    def _take(self, received: Received) -> None:
        with self._lock:
            if self._destination is None:
                return
            try:
                piece = self._download.take(received.sender.key, received.content)
                if piece is not None:
                    self._destination.write(piece.place, piece.data)
            except ClientError as error:
                self._destination = None
                self._bell.stop(error)
        self._bell.ring()
