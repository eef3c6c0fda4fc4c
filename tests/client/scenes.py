"""Members, voices, ears, a relay that keeps to a script and one that is real."""

import base64
import hashlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self, TypeVar

from sussurro_client.address import Address
from sussurro_client.contents import Card, Content, Text
from sussurro_client.envelope import Sealer
from sussurro_client.events import Connected, Event
from sussurro_client.identity import Identity
from sussurro_client.key import RoomKey
from sussurro_client.letter import NONE_BEFORE, Envelope, Head, Letter
from sussurro_client.member import Member
from sussurro_client.session import Session
from sussurro_wire.messages import Hello, Here, Join, Side, Welcome, Who, WhoEnd
from sussurro_wire.protocol import Event as WireEvent
from sussurro_wire.protocol import Protocol
from tests.wire.link import say

SERVICES = Path(__file__).parents[2] / "services"
KEY_TEXT = base64.urlsafe_b64encode(bytes(range(32))).decode("ascii")
KEY = RoomKey.from_text(KEY_TEXT)
OTHER_KEY = RoomKey.from_text(base64.urlsafe_b64encode(bytes(range(1, 33))).decode("ascii"))
NOW = 1_774_000_000
NONCE = "bm9uY2U"
PATIENCE = 15.0

_Heard = TypeVar("_Heard")


def key_text_of(name: str) -> str:
    """Return the text of a key file: the same for the same name."""
    return base64.urlsafe_b64encode(hashlib.sha256(name.encode()).digest()).decode("ascii")


def identity(number: int) -> Identity:
    """Return the same identity for the same number, from 0 to 255."""
    return Identity.from_private_bytes(bytes([number]) * 32, kept=True)


def member(name: str, number: int, key: RoomKey = KEY) -> Member:
    return Member(key, identity(number), name)


ANA = member("Ana", 1)
BIA = member("Bia", 2)
EVE = member("Eve", 5)


class Voice:
    """Somebody else: seals texts and cards as a client of theirs would.

    Unless a test says otherwise each token is the next of connection ``link``,
    and each message names the one before it. A place given is for one token only.
    """

    def __init__(self, who: Member, run: bytes = b"run-0001") -> None:
        self.who = who
        self.run = run
        self.counter = 0
        self.begun = 0  # the chunk from which on what it says on this connection stands
        self.link = 1
        self.index = 0
        self._said: dict[int, Letter] = {}
        self._imprints: dict[tuple[int, int], bytes] = {}  # of what was sealed, by link and index
        self._sealer = Sealer(who.key)

    def reconnect(self) -> None:
        """Begin a new connection."""
        self.link, self.index = self.link + 1, 0

    def letter(
        self,
        content: str | Content,
        *,
        counter: int | None = None,
        place: tuple[int, int] | None = None,
        after: bytes | None = None,
        seen: Iterable[Head] = (),
        since: int = 0,
    ) -> Letter:
        """Return the next message, or that of a ``counter``, at the next place or (link, index)."""
        self.counter = self.counter + 1 if counter is None else counter
        before = self._said.get(self.counter - 1)
        envelope = Envelope(
            name=self.who.name,
            key=self.who.person.key,
            run=self.run,
            counter=self.counter,
            at=NOW * 1000,
            after=after if after is not None else before.digest if before else b"",
            seen=tuple(head.pack() for head in seen),
            since=since,
            content=Text(text=content) if isinstance(content, str) else content,
        )
        letter = self._put(envelope, place)
        self._said[self.counter] = letter
        return letter

    def token(
        self,
        text: str | Content,
        *,
        counter: int | None = None,
        place: tuple[int, int] | None = None,
        after: bytes | None = None,
        seen: Iterable[Head] = (),
        since: int = 0,
    ) -> bytes:
        """Return the token of a letter."""
        return self.seal(
            self.letter(text, counter=counter, place=place, after=after, seen=seen, since=since)
        )

    def again(self, counter: int, place: tuple[int, int] | None = None) -> bytes:
        """Return a message said before as another token, as one that no ACK was heard of."""
        return self.seal(self._put(self._said[counter].envelope, place))

    def head(self, seq: int, counter: int | None = None) -> Head:
        """Return what names our last message, or that of a ``counter``, in chunk ``seq``."""
        return Head(seq, self._said[counter or self.counter].digest)

    def card(self) -> str:
        return self.seal(self.card_letter()).decode("ascii")

    def card_letter(self) -> Letter:
        envelope = Envelope(
            name=self.who.name,
            key=self.who.person.key,
            run=self.run,
            counter=0,
            at=NOW * 1000,
            after=b"",
            seen=(),
            since=0,
            content=Card(wrap_key=self.who.wrap_key),
        )
        return self._sealer.write(envelope, self.link, 0)

    def seal(self, letter: Letter) -> bytes:
        sealed = self._sealer.seal(letter, self.who.identity, NOW)
        if letter.index:
            self._imprints[letter.link, letter.index] = sealed.imprint
        return sealed.token

    def _put(self, envelope: Envelope, place: tuple[int, int] | None) -> Letter:
        if place is None:
            self.index += 1
            place = self.link, self.index
        link, index = place
        before = self._imprints.get((link, index - 1), NONE_BEFORE)
        return self._sealer.write(envelope, link, index, self.begun, before)


class Ears:
    """A listener that remembers, and waits for what is to come."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._heard: list[Event] = []

    def __call__(self, event: Event) -> None:
        with self._changed:
            self._heard.append(event)
            self._changed.notify_all()

    @property
    def heard(self) -> list[Event]:
        with self._changed:
            return self._heard[:]

    def of(self, kind: type[_Heard]) -> list[_Heard]:
        return [event for event in self.heard if isinstance(event, kind)]

    def wait(self, kind: type[_Heard], count: int = 1) -> _Heard:
        """Return the last of ``count`` events of a kind, once there are so many."""
        with self._changed:
            enough = self._changed.wait_for(lambda: len(self._of(kind)) >= count, PATIENCE)
            assert enough, f"not {count} of {kind.__name__} in {self._heard}"
            return self._of(kind)[count - 1]

    def _of(self, kind: type[_Heard]) -> list[_Heard]:
        return [event for event in self._heard if isinstance(event, kind)]


class Visit:
    """One connection to the scripted relay, from the relay's side."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._connection.settimeout(PATIENCE)
        self._protocol = Protocol(Side.RELAY)
        self._heard: deque[WireEvent] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def say(self, *events: WireEvent) -> None:
        self._connection.sendall(b"".join(say(self._protocol, event) for event in events))

    def say_raw(self, data: bytes) -> None:
        self._connection.sendall(data)

    def hear(self, kind: type[_Heard]) -> _Heard:
        """Return the next event of a kind, passing over others."""
        while True:
            while self._heard:
                event = self._heard.popleft()
                if isinstance(event, kind):
                    return event
            data = self._connection.recv(65536)
            assert data, f"the client closed before it said {kind.__name__}"
            self._protocol.receive(data, self._heard.append)

    def hear_end(self) -> None:
        """Wait until the client closes."""
        while self._connection.recv(65536):
            pass

    def let_in(self, *others: Voice, oldest: int = 1, next_seq: int = 1) -> Join:
        """Greet, admit, and answer the WHO that follows; return the JOIN."""
        self.say(Hello(1, NONCE))
        join = self.hear(Join)
        members = 1 + len(others)
        self.say(Welcome("me", oldest, next_seq, members))
        self.hear(Who)
        here = [Here(f"s{number}", voice.card()) for number, voice in enumerate(others)]
        self.say(Here("me", join.card), *here, WhoEnd(members))
        return join


class ScriptedRelay:
    """A listening socket; each connection is a Visit in the test's hands."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(PATIENCE)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    @property
    def port(self) -> int:
        port: int = self._listener.getsockname()[1]
        return port

    def visit(self) -> Visit:
        """Wait for the next connection."""
        return Visit(self._listener.accept()[0])


@contextmanager
def silent_port() -> Iterator[int]:
    """Give a port at which nobody listens, and which nobody else can take."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


class RealRelay:
    """``python -m sussurro_relay`` as a process, which may die and come back at its port."""

    def __init__(self, **settings: str) -> None:
        self._settings = {f"RELAY_{name.upper()}": value for name, value in settings.items()}
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.die()

    def start(self) -> None:
        environment = clean_environment() | self._settings
        environment |= {"RELAY_PORT": str(self.port), "RELAY_METRICS_PORT": "0"}
        environment |= {"RELAY_HOST": "127.0.0.1", "RELAY_METRICS_HOST": "127.0.0.1"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "sussurro_relay"],
            env=environment,
            cwd=SERVICES,
            stderr=subprocess.PIPE,
        )
        assert self._process.stderr is not None
        said = json.loads(self._process.stderr.readline())
        assert said["event"] == "listening", said
        self.port = said["port"]

    def die(self) -> None:
        """End as in a power cut."""
        if self._process is not None and self._process.stderr is not None:
            self._process.kill()
            self._process.wait(PATIENCE)
            self._process.stderr.close()
            self._process = None


class Program:
    """``python -m sussurro_client`` between pipes, in a folder of its own."""

    def __init__(
        self, folder: Path, *arguments: str, settings: dict[str, str], lines_read: int = -1
    ) -> None:
        """Start it; after ``lines_read`` lines its output is closed (-1: never)."""
        self._lines_read = lines_read
        environment = clean_environment() | {"SUSSURRO_STATE": str(folder / "state")}
        environment |= {f"SUSSURRO_{name.upper()}": value for name, value in settings.items()}
        self.process = subprocess.Popen(
            [sys.executable, "-X", "dev", "-m", "sussurro_client", *arguments],
            env=environment,
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.lines: list[str] = []
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        for pipe in (self.process.stdin, self.process.stderr):
            with suppress(BrokenPipeError):  # what was not read by then is of no interest
                assert pipe is not None
                pipe.close()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as out:
            for line in out:
                with self._changed:
                    self.lines.append(line.decode("utf-8").removesuffix("\n"))
                    self._changed.notify_all()
                if len(self.lines) == self._lines_read:
                    return

    def wait_unread(self) -> None:
        """Wait until nobody reads the output any more."""
        self._reader.join(PATIENCE)
        assert not self._reader.is_alive()

    def type(self, *lines: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("".join(f"{line}\n" for line in lines).encode())
        self.process.stdin.flush()

    def end_input(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()

    def wait(self, *parts: str) -> str:
        """Return the first line with all these parts in it, once it is there."""

        def found() -> str | None:
            return next((line for line in self.lines if all(p in line for p in parts)), None)

        with self._changed:
            line = self._changed.wait_for(found, PATIENCE)
            assert line is not None, f"no line with {parts} in {self.lines}"
            return line

    def end(self) -> tuple[int, str]:
        """Wait for the program's end; return its exit code and what it complained of."""
        assert self.process.stderr is not None
        complaint = self.process.stderr.read().decode()
        code = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        return code, complaint


def clean_environment() -> dict[str, str]:
    """Return an environment in which nothing of ours is set."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("RELAY_", "SUSSURRO_", "COV_", "LC_"))
    }
    return kept | {
        "PYTHONPATH": str(SERVICES),
        "LANG": "C.UTF-8",
        "LANGUAGE": "",
        "XDG_CONFIG_HOME": "/nonexistent",
    }


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for what no event tells of."""
    deadline = time.monotonic() + PATIENCE
    tick = threading.Event()
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        tick.wait(0.01)


class Friend(Ears):
    """Somebody in the same room, in the test's own process."""

    def __init__(self, relay: RealRelay, member: Member) -> None:
        super().__init__()
        self.relay = relay
        self.member = member
        self.session = Session(Address("127.0.0.1", relay.port), member, listener=self)
        self.session.start()
        self.wait(Connected)


def objects(program: Program, kind: str) -> list[dict[str, Any]]:
    found = [json.loads(line) for line in program.lines]
    return [each for each in found if each["event"] == kind]
