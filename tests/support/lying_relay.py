"""A relay that speaks the whole protocol over real sockets, and lies as it is told to.

One thread owns it all: sockets, rooms and lies. Tests turn to it with `do`.
"""

import os
import selectors
import socket
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Self, TypeVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sussurro_wire.chunk import Chunk
from sussurro_wire.codec import encode
from sussurro_wire.errors import Reason, WireError
from sussurro_wire.limits import NONCE_BYTES, VERSION
from sussurro_wire.messages import (
    Ack,
    At,
    Bye,
    Gone,
    Hello,
    Here,
    Join,
    Leave,
    Message,
    Past,
    PastEnd,
    Ping,
    Pong,
    Side,
    Welcome,
    Who,
    WhoEnd,
)
from sussurro_wire.protocol import Event, Protocol, State
from sussurro_wire.room import encode_bytes, proof_bytes, public_key_of, signature_of

FIRST_SEQ = 1_000
STEP = 10  # between two chunks, so that a lie finds numbers that nobody has
_PATIENCE = 10.0

_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class Entry:
    """The ``number``th chunk of a room, counted from 1: tokens, said over a connection."""

    number: int
    seq: int
    session: str
    lines: bytes

    @property
    def count(self) -> int:
        """How many tokens it has."""
        return self.lines.count(b"\n")


# What is said to a member; bytes go out as they are.
Said = Entry | Message | bytes


@dataclass(slots=True)
class Room:
    """A log and those who are here, by their sessions. Owned by the relay's thread."""

    log: list[Entry] = field(default_factory=list)
    members: "dict[str, Visit]" = field(default_factory=dict)
    entries: int = 0  # ever appended
    next_seq: int = FIRST_SEQ

    @property
    def oldest(self) -> int:
        """The first chunk that is kept."""
        return self.log[0].seq if self.log else self.next_seq


@dataclass(slots=True)
class Visit:
    """One connection. Owned by the relay's thread."""

    session: str
    connection: socket.socket
    nonce: str
    protocol: Protocol = field(default_factory=lambda: Protocol(Side.RELAY))
    who: str = ""  # the member's name: the enemy has its ways to tell
    card: str = ""
    room: str = ""
    said: int = 0  # tokens


Says = Callable[[Visit, Said], Iterable[Said]]
Keeps = Callable[[Visit, Entry], Iterable[Entry]]


def truth(_visit: Visit, said: Said) -> Iterable[Said]:
    """Say what is so."""
    return (said,)


def keep(_visit: Visit, entry: Entry) -> Iterable[Entry]:
    """Keep what came."""
    return (entry,)


class LyingRelay:
    """Honest, until ``says`` or ``keeps`` is another.

    ``says``: what a member is told in place of what it should be. ``keeps``: what
    is put into the log, and shown, in place of what came. ``name_of``: who has
    such a card.
    """

    def __init__(self, name_of: Callable[[str], str]) -> None:
        self.says: Says = truth
        self.keeps: Keeps = keep
        self.rooms: dict[str, Room] = {}
        self.shut_out: set[str] = set()  # members who may not come in just now
        self._name_of = name_of
        self._visits: dict[socket.socket, Visit] = {}
        self._sessions = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._wake_receive, self._wake_send = socket.socketpair()
        self._calls: list[Callable[[], None]] = []  # guarded by the lock
        self._lock = threading.Lock()
        self._is_over = False
        self._thread = threading.Thread(target=self._run, name="lying-relay")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.do(self._end)
        self._thread.join(_PATIENCE)

    @property
    def port(self) -> int:
        """Where it listens."""
        port: int = self._listener.getsockname()[1]
        return port

    def do(self, call: Callable[[], _Answer]) -> _Answer:
        """Do something in the relay's own thread; return what came of it."""
        done: Future[_Answer] = Future()

        def run() -> None:
            try:
                done.set_result(call())
            except BaseException as error:  # noqa: BLE001 - it is the test's, and told there
                done.set_exception(error)

        with self._lock:
            self._calls.append(run)
        self._wake_send.send(b"\0")
        return done.result(_PATIENCE)

    # What a test may do, by `do`.

    def visits_of(self, who: str) -> list[Visit]:
        """Return the connections of a member that are in a room."""
        return [visit for visit in self._visits.values() if visit.room and visit.who == who]

    def present(self) -> set[str]:
        """Return the names of all who are in a room."""
        return {visit.who for visit in self._visits.values() if visit.room}

    def say_to(self, who: str, *said: Said) -> None:
        """Say something to a member, past every lie."""
        for visit in self.visits_of(who):
            self._write(visit, said)

    def cut(self, who: str) -> None:
        """Break a member's connections, and tell the others."""
        for visit in self.visits_of(who):
            self._drop(visit, Reason.LOST)

    def append(self, visit: Visit, lines: bytes) -> None:
        """Take tokens that a member said."""
        room = self.rooms[visit.room]
        room.entries += 1
        visit.said += lines.count(b"\n")
        entry = Entry(room.entries, room.next_seq, visit.session, lines)
        room.next_seq += STEP
        kept = list(self.keeps(visit, entry))
        room.log += kept
        for member in tuple(room.members.values()):
            if member is visit:
                self._say(visit, Ack(visit.said, entry.seq))
            else:
                self._say(member, *kept)

    # Its thread.

    def _run(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._wake_receive, selectors.EVENT_READ)
            selector.register(self._listener, selectors.EVENT_READ)
            while not self._is_over:
                for key, _ in selector.select():
                    if key.fileobj is self._wake_receive:
                        self._wake_receive.recv(4096)
                        self._run_calls()
                    elif key.fileobj is self._listener:
                        self._accept()
                    else:
                        assert isinstance(key.fileobj, socket.socket)
                        self._hear(key.fileobj)
                self._follow(selector)
        for each in (*self._visits, self._listener, self._wake_receive, self._wake_send):
            each.close()

    def _follow(self, selector: selectors.BaseSelector) -> None:
        """Let the selector watch the connections that there are, and no others."""
        watched = {key.fileobj for key in selector.get_map().values()}
        for gone in watched - self._visits.keys() - {self._wake_receive, self._listener}:
            selector.unregister(gone)
            assert isinstance(gone, socket.socket)
            gone.close()
        for new in self._visits.keys() - watched:
            selector.register(new, selectors.EVENT_READ)

    def _run_calls(self) -> None:
        with self._lock:
            calls, self._calls = self._calls, []
        for call in calls:
            call()

    def _end(self) -> None:
        self._is_over = True

    def _accept(self) -> None:
        connection, _ = self._listener.accept()
        connection.settimeout(_PATIENCE)
        self._sessions += 1
        visit = Visit(f"s{self._sessions}", connection, encode_bytes(os.urandom(NONCE_BYTES)))
        self._visits[connection] = visit
        hello = Hello(VERSION, visit.nonce)
        visit.protocol.send(hello)
        self._say(visit, hello)

    def _hear(self, connection: socket.socket) -> None:
        visit = self._visits.get(connection)
        if visit is None:
            return
        try:
            data = connection.recv(65536)
        except OSError:
            data = b""
        if not data:
            self._drop(visit, Reason.LOST)
            return
        try:
            visit.protocol.receive(data, lambda event: self._take(visit, event))
        except WireError as error:
            self._say(visit, Bye(error.reason))
            self._drop(visit, error.reason)

    def _take(self, visit: Visit, event: Event) -> None:
        match event:
            case Join():
                self._join(visit, event)
            case Chunk():
                self.append(visit, event.lines)
            case Past():
                self._tell_past(visit, event)
            case Who():
                members = self.rooms[visit.room].members
                here = [Here(each.session, each.card) for each in members.values()]
                self._say(visit, *here, WhoEnd(len(here)))
            case Ping():
                self._say(visit, Pong(event.text))
            case Leave():
                self._say(visit, Bye(Reason.LEFT))
                self._drop(visit, Reason.LEFT)

    def _join(self, visit: Visit, join: Join) -> None:
        proof = proof_bytes(visit.nonce, join.room, join.card)
        try:
            public = Ed25519PublicKey.from_public_bytes(public_key_of(join.room))
            public.verify(signature_of(join.proof), proof)
        except InvalidSignature:
            raise WireError(Reason.BAD_PROOF, "the proof does not fit") from None
        visit.who, visit.card = self._name_of(join.card), join.card
        if visit.who in self.shut_out:
            raise WireError(Reason.UNAVAILABLE, "not now")
        visit.room = join.room
        room = self.rooms.setdefault(join.room, Room())
        for other in tuple(room.members.values()):
            self._say(other, Here(visit.session, visit.card))
        room.members[visit.session] = visit
        welcome = Welcome(visit.session, room.oldest, room.next_seq, len(room.members))
        visit.protocol.send(welcome)
        self._say(visit, welcome, *self._begin(room.log, join))

    @staticmethod
    def _begin(log: list[Entry], join: Join) -> list[Entry]:
        """Return what a member is due when it comes in."""
        if join.from_seq is not None:
            return [entry for entry in log if entry.seq >= join.from_seq]
        return _newest(log, join.last or 0)

    def _tell_past(self, visit: Visit, past: Past) -> None:
        log = self.rooms[visit.room].log
        due = _newest([entry for entry in log if entry.seq < past.before_seq], past.messages)
        self._say(visit, *due, PastEnd(due[0].seq if due else 0))

    def _say(self, visit: Visit, *due: Said) -> None:
        for said in due:
            self._write(visit, self.says(visit, said))

    def _write(self, visit: Visit, said: Iterable[Said]) -> None:
        data = b"".join(map(_bytes_of, said))
        with suppress(OSError):  # who has gone hears nothing
            visit.connection.sendall(data)

    def _drop(self, visit: Visit, reason: str) -> None:
        self._visits.pop(visit.connection, None)
        with suppress(OSError):
            visit.connection.shutdown(socket.SHUT_RDWR)
        room = self.rooms.get(visit.room)
        if room is not None and visit.session in room.members:
            del room.members[visit.session]
            visit.protocol.state = State.CLOSED
            for other in tuple(room.members.values()):
                self._say(other, Gone(visit.session, reason))


def _newest(log: list[Entry], messages: int) -> list[Entry]:
    """Return the last chunks that together hold so many messages, or all."""
    start, count = len(log), 0
    while start and count < messages:
        start -= 1
        count += log[start].count
    return log[start:]


def _bytes_of(said: Said) -> bytes:
    match said:
        case bytes():
            return said
        case Entry():
            return encode(At(said.seq)) + said.lines
        case _:
            return encode(said)


def moved(entry: Entry, seq: int) -> Entry:
    """Return an entry as another chunk of the log."""
    return replace(entry, seq=seq)
