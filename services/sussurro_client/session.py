"""A room for programs: connect, stay connected, send, and hear what happens.

    with Session(Address("localhost", 5454), Member(key, identity, "ana")) as room:
        room.send("Oi")
        for event in room: ...

One thread owns the socket and the conversation; everybody else talks to it
through a lock that is never held across I/O or a callback.
"""

import os
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import Self

from sussurro_client.acquaintances import Acquaintance
from sussurro_client.address import Address
from sussurro_client.channel import Channel
from sussurro_client.contents import Content, Text, fitting
from sussurro_client.conversation import Conversation
from sussurro_client.errors import NotSentError
from sussurro_client.events import Disconnected, Event, Person, Standing
from sussurro_client.member import Member
from sussurro_client.memory import Memory, Snapshot
from sussurro_client.retry import RetryPolicy
from sussurro_client.room_folder import RoomFolder
from sussurro_client.transport import (
    ConnectError,
    Trouble,
    connect,
    expects_tls,
    words_of,
)
from sussurro_client.trust import Trust
from sussurro_client.waker import Waker
from sussurro_client.watch import Watch
from sussurro_client.words import _
from sussurro_wire.errors import Reason, WireError

_WRITE_BYTES = 256 * 1024
_OUTBOX_LIMIT = 1_000
_KEEP_SECONDS = 1.0
_RUN_BYTES = 8


class Session:
    """One member in one room. All public methods may be called from any thread."""

    def __init__(  # noqa: PLR0913 - all but two have a name and a default
        self,
        address: Address,
        member: Member,
        *,
        listener: Callable[[Event], None] | None = None,
        history: int = 0,
        heartbeat: float = 20.0,
        trust: Trust | None = None,
        folder: RoomFolder | None = None,
    ) -> None:
        """Make a session; nothing happens before `start`.

        ``listener`` is called with every event in the session's own thread and
        must return soon; without one, iterate over the session. With ``trust``,
        TLS is all that is spoken. With ``folder``, what was known of the room is
        known again. Raises ClientError where a file is of no use.
        """
        self.member = member
        self._address = address
        self._listener = listener
        # For whoever iterates: what each read brought, None at the end, and what is left of one.
        self._events: queue.SimpleQueue[Sequence[Event] | None] = queue.SimpleQueue()
        self._left: deque[Event] = deque()
        self._heartbeat = heartbeat
        self._trust = trust
        self._tls_context = trust.context() if trust is not None else None
        self._retry = RetryPolicy(lambda: int.from_bytes(os.urandom(4), "big") / 2**32)
        # The lock guards the conversation and the two flags; `_changed` tells of space and the end.
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._pending_events: list[Event] = []
        self._conversation = Conversation(
            member,
            os.urandom(_RUN_BYTES),
            str(address),
            self._pending_events.append,
            history=history,
            memory=Memory(member.person, folder.load() if folder else None),
        )
        self._folder = folder
        self._kept_at = time.monotonic()
        self._could_keep = True  # the last time; else it is tried now and then only
        self._leaving = False
        self._ended = False
        self._waker = Waker()
        # A daemon: a program that forgets to close its session can still end.
        self._thread = threading.Thread(target=self._run, name="sussurro-session", daemon=True)

    def start(self) -> None:
        """Begin to connect."""
        self._thread.start()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __iter__(self) -> Iterator[Event]:
        """Go through the events as they come, until the session ends."""
        while True:
            while self._left:
                yield self._left.popleft()
            events = self._events.get()
            if events is None:
                return
            self._left.extend(events)

    @property
    def people(self) -> tuple[Person, ...]:
        """Everybody who is here, as far as names are known."""
        with self._lock:
            return self._conversation.people

    @property
    def unacknowledged(self) -> tuple[str, ...]:
        """The texts that the relay has not acknowledged, oldest first."""
        with self._lock:
            return self._conversation.unacknowledged

    @property
    def acquaintances(self) -> tuple[Acquaintance, ...]:
        """Everybody who was ever met in the room, oneself not."""
        with self._lock:
            return tuple(self._conversation.memory.acquaintances)

    def standing(self, person: Person) -> Standing:
        """Return what is known of whoever bears a name."""
        with self._lock:
            return self._conversation.memory.acquaintances.standing(person)

    def trust(self, person: Person) -> None:
        """Take note that the fingerprint of somebody who was met was compared, and fits."""
        with self._lock:
            self._conversation.memory.acquaintances.trust(person)
        self._keep(at_once=True)

    def send(self, text: str, timeout: float | None = None) -> str:
        """Send a text to everybody; return the id that its `Kept` event will have.

        Waits while too much is unacknowledged, ``timeout`` seconds at most (None:
        without limit). Raises NotSentError when that was not enough, after the
        end, and for a text of over 64 KiB.
        """
        return self.say(Text(text=fitting(text)), timeout)

    def say(self, content: Content, timeout: float | None = None) -> str:
        """Send something to everybody, as `send` does with a text."""
        return self._add(lambda now: self._conversation.say(content, now), timeout)

    def whisper(self, person: Person, content: Content, timeout: float | None = None) -> str:
        """Send something that only one member can open, and oneself; else as `say`.

        Raises ClientError where nothing can be sealed for that one: who was never
        here while we were is only a name.
        """
        return self._add(lambda now: self._conversation.whisper(person, content, now), timeout)

    def _add(self, add: Callable[[float], str], timeout: float | None) -> str:
        with self._changed:
            self._changed.wait_for(self._may_add, timeout)
            if self._ended or self._leaving:
                raise NotSentError(_("The session has ended; this was not sent."))
            if not self._has_space():
                raise NotSentError(_("Too much is waiting for the relay; this was not sent."))
            message_id = add(time.time())
        self._waker.wake()
        return message_id

    def ask_earlier(self, messages: int) -> bool:
        """Ask the relay for what was said before all that was told so far.

        An `Earlier` answers where this returns true, unless the connection is lost
        before. Of several questions at once only the first is asked.
        """
        with self._lock:
            is_asked = self._conversation.ask_earlier(messages)
        self._waker.wake()
        return is_asked

    def ask_who(self) -> None:
        """Ask the relay who is here; a `Present` event answers."""
        with self._lock:
            self._conversation.ask_who()
        self._waker.wake()

    def wait_acknowledged(self, timeout: float) -> bool:
        """Wait until everything sent is acknowledged; return whether it is."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._ended or not len(self._conversation.outbox), timeout
            )
            return not len(self._conversation.outbox)

    def close(self, timeout: float = 2.0) -> tuple[str, ...]:
        """Leave with ``TT`` and end; return the texts that were not acknowledged.

        What is on its way gets ``timeout`` seconds to arrive.
        """
        self.wait_acknowledged(timeout)
        with self._lock:
            self._leaving = True
        self._waker.wake()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(timeout)
        return self.unacknowledged

    # The session's thread.

    def _has_space(self) -> bool:
        return len(self._conversation.outbox) < _OUTBOX_LIMIT

    def _may_add(self) -> bool:
        return self._ended or self._leaving or self._has_space()

    def _run(self) -> None:
        try:
            while not self._leaving:
                reason, detail = self._connect_and_talk()
                if self._leaving:
                    break
                pause = self._retry.next_pause(reason, self._conversation.farewell)
                self._tell([Disconnected(str(self._address), reason, detail, pause)])
                if pause is None or self._wait_leaving(pause):
                    break
        finally:
            self._keep(at_once=True)
            with self._changed:
                self._ended = True
                self._changed.notify_all()
            self._events.put(None)
            self._waker.close()

    def _wait_leaving(self, seconds: float) -> bool:
        """Sleep, but not on when the session is to end; return whether it is."""
        deadline = time.monotonic() + seconds
        while not self._leaving and (left := deadline - time.monotonic()) > 0:
            self._waker.wait(left)
        return self._leaving

    def _connect_and_talk(self) -> tuple[str, str]:
        """Hold one connection from beginning to end; return why it ended."""
        with self._lock:
            self._conversation.begin()
        try:
            connection = connect(self._address, self._heartbeat, self._trust, self._tls_context)
        except ConnectError as error:
            return error.reason, error.detail
        with connection:
            try:
                with Channel(connection, self._waker) as channel:
                    return self._talk(channel)
            except WireError as error:
                return error.reason, ""
            except OSError as error:
                return Reason.LOST, words_of(error)

    def _talk(self, channel: Channel) -> tuple[str, str]:
        watch = Watch(self._heartbeat, time.monotonic())
        while True:
            if channel.is_clear:
                channel.put(self._outgoing())
            data = channel.turn(self._heartbeat / 4)
            if data is not None:
                end = self._hear(data, watch)
                if end is not None:
                    return end
            self._keep(at_once=False)
            if watch.is_over(time.monotonic()):
                return Reason.TIMEOUT, ""
            if watch.should_ask(time.monotonic()):
                with self._lock:
                    self._conversation.ping("alive")

    def _keep(self, *, at_once: bool) -> None:
        """Write down what is new: whom we met at once, how far we heard now and then."""
        memory = self._conversation.memory
        is_due = at_once or time.monotonic() - self._kept_at > _KEEP_SECONDS
        has_news = memory.has_news and self._could_keep
        if self._folder is None or not (has_news or (is_due and memory.is_changed)):
            return
        self._could_keep = self._folder.save_latest(self._look)
        self._kept_at = time.monotonic()
        if not self._could_keep:
            with self._lock:
                memory.note_unkept()

    def _look(self) -> Snapshot:
        with self._lock:
            return self._conversation.memory.snapshot()

    def _outgoing(self) -> bytes:
        with self._lock:
            if self._leaving:
                self._conversation.leave()
            return self._conversation.outgoing(time.time(), _WRITE_BYTES)

    def _hear(self, data: bytes, watch: Watch) -> tuple[str, str] | None:
        """Take what has come; return why the connection has ended, if it has."""
        if not data:
            return self._ending()
        if self._trust is None and expects_tls(data):
            return Trouble.TLS_EXPECTED, ""
        watch.heard(time.monotonic())
        self._take(data)
        return None

    def _ending(self) -> tuple[str, str]:
        farewell = self._conversation.farewell
        return (farewell.reason, "") if farewell else (Reason.LOST, "")

    def _tell(self, events: Sequence[Event]) -> None:
        if self._listener is None:
            self._events.put(events)
            return
        for event in events:
            self._listener(event)

    def _take(self, data: bytes) -> None:
        fault: WireError | None = None
        with self._changed:
            try:
                self._conversation.receive(data, time.time())
            except WireError as error:
                fault = error
            events = self._pending_events[:]
            self._pending_events.clear()
            if self._conversation.is_open:
                self._retry.reset()
            self._changed.notify_all()
        self._tell(events)
        if fault is not None:
            raise fault
