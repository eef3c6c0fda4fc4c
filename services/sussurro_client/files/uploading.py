"""The thread that sends one file: it reads, says parts, and waits until they are kept."""

import hashlib
import threading
from collections.abc import Callable
from contextlib import suppress

from sussurro_client.contents import Content, Delete, Part
from sussurro_client.errors import ClientError
from sussurro_client.events import Alarm, Alert, Event, Kept
from sussurro_client.files import told
from sussurro_client.files.bell import Bell, CancelledError
from sussurro_client.files.bulletin import Bulletin
from sussurro_client.files.offer import Offer, changed, open_offer
from sussurro_client.files.ports import FileDoorway, FileSession
from sussurro_client.files.progress import State
from sussurro_client.files.sending import Upload
from sussurro_client.key import RoomKey

_CLOSE_SECONDS = 1.0


class Uploading:
    """Sends one file. `run` is its thread; `cancel` may be called from any."""

    def __init__(  # noqa: PLR0913 - all have a name
        self,
        path: str,
        say: Callable[[Content], str],
        *,
        doorway: FileDoorway,
        name: str,
        limit_mib: int,
        bulletin: Bulletin,
        quiet_seconds: float,
    ) -> None:
        """``say`` publishes the offer where it belongs, and returns its id."""
        self._path = path
        self._say = say
        self._doorway = doorway
        self._name = name
        self._limit_mib = limit_mib
        self._bulletin = bulletin
        self._quiet_seconds = quiet_seconds
        self._bell = Bell()
        self._lock = threading.Lock()  # guards the upload and whether the relay forgot
        self._upload: Upload | None = None
        self._has_lost = False
        self._digest = hashlib.sha256()

    def cancel(self) -> None:
        """End it; what was offered is taken back."""
        self._bell.stop(CancelledError())

    def run(self) -> None:
        """Send the file, and tell what comes of it."""
        try:
            with open_offer(self._path, self._limit_mib) as offer:
                self._bulletin.describe(offer.file.name, offer.file.size)
                self._bulletin.show(State.CONNECTING)
                self._send(offer)
        except CancelledError:
            self._bulletin.show(State.CANCELLED)
        except ClientError as error:
            self._bulletin.show(State.FAILED, detail=str(error))
        else:
            self._bulletin.show(State.DONE, offer.file.size)

    def _send(self, offer: Offer) -> None:
        self._upload = upload = Upload(offer.file)
        key = RoomKey.from_secret(offer.file.key)
        session = self._doorway.open_file(key, self._name, self._hear, 0)
        session.start()
        try:
            # Nobody is offered what the relay would not carry; and who saves it at once finds the
            # room, and waits there.
            while not self._bell.is_connected:
                self._bell.wait(self._quiet_seconds)
            self._bulletin.publish(self._say(offer.file))
            self._carry(session, offer, upload)
        except (ClientError, CancelledError):
            self._take_back(session)
            raise
        finally:
            session.close(_CLOSE_SECONDS)

    def _carry(self, session: FileSession, offer: Offer, upload: Upload) -> None:
        while not self._is_whole(upload):
            self._fill(session, offer, upload)
            is_moving = self._bell.wait(self._quiet_seconds)
            if not self._bell.is_connected:
                self._bulletin.show(State.QUIET, upload.done, told.away())
            elif not is_moving:
                self._bulletin.show(State.QUIET, upload.done, told.unanswered())
            else:
                self._bulletin.show(State.MOVING, upload.done)

    def _fill(self, session: FileSession, offer: Offer, upload: Upload) -> None:
        """Say as many parts as may be on their way at once."""
        while True:
            with self._lock:
                number = upload.due()
            if number is None:
                return
            data = offer.read(number)
            self._check(offer, number, data)
            with self._lock:  # or its `Kept` could come before we know its id
                upload.said(session.say(Part(number=number, data=data)))

    def _check(self, offer: Offer, number: int, data: bytes) -> None:
        """Raise ClientError where the file, now that all is read again, is another one."""
        if number == 0:
            self._digest = hashlib.sha256()
        self._digest.update(data)
        if number == offer.file.parts - 1 and self._digest.digest() != offer.file.sha256:
            raise changed(offer.path)

    def _is_whole(self, upload: Upload) -> bool:
        with self._lock:
            has_lost, self._has_lost = self._has_lost, False
            if has_lost and not upload.begin_again():
                raise ClientError(told.not_kept())
            return upload.is_whole

    def _take_back(self, session: FileSession) -> None:
        """Say that the offer is void: to those who fetch it, and where it was published."""
        if not self._bulletin.now.message_id:
            return
        deletion = Delete(of=bytes.fromhex(self._bulletin.now.message_id))
        for say in (session.say, self._say):
            with suppress(ClientError):  # there is nobody to be told any more
                say(deletion)

    def _hear(self, event: Event) -> None:
        """Take what the session tells, in its thread."""
        self._bell.hear(event)
        if isinstance(event, Kept) and self._upload is not None:
            with self._lock:
                self._upload.kept(event.id)
            self._bell.ring()
        elif isinstance(event, Alert) and event.alarm is Alarm.GAP and event.who is None:
            # A relay that has lost its log, or never had one that outlives it.
            with self._lock:
                self._has_lost = True
            self._bell.ring()
