"""A real relay on a free port, and a member of it that is nothing but a socket and the wire."""

import json
import os
import socket
import struct
import subprocess
import sys
import threading
import time
import urllib.request
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self, TypeVar
from urllib.error import HTTPError

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sussurro_relay.server import Server
from sussurro_relay.settings import RelaySettings
from sussurro_wire.chunk import Chunk
from sussurro_wire.messages import At, Bye, Hello, Join, Message, Side, Welcome
from sussurro_wire.protocol import Event, Protocol
from sussurro_wire.room import encode_bytes, proof_bytes

DEADLINE = 20.0
HOST = "127.0.0.1"
CARD = "gAAAAAcard=="
SERVICES = Path(__file__).resolve().parents[2] / "services"

_READ_BYTES = 256 * 1024

EventKind = TypeVar("EventKind", bound=Event)


def until(condition: Callable[[], object], seconds: float = DEADLINE) -> None:
    """Wait for the condition to hold; fail when it does not in time."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"did not hold within {seconds} s")
        pause.wait(0.005)


def token(number: int, size: int = 0) -> bytes:
    """Return a line that looks like a token, each number another, padded to ``size`` bytes."""
    return b"gAAAAA%09d" % number + b"x" * max(0, size - 16) + b"\n"


def tokens(numbers: range, size: int = 0) -> bytes:
    """Return many such lines."""
    return b"".join(token(number, size) for number in numbers)


def descriptors() -> int:
    """Return how many files and sockets this process has open."""
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


class RoomSecret:
    """What the holders of one key file can sign."""

    def __init__(self, seed: int = 1) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed.to_bytes(32, "big"))
        self.room = encode_bytes(self._key.public_key().public_bytes_raw())

    def join(self, nonce: str, card: str = CARD, **where: int | None) -> Join:
        """Return a JOIN that answers the nonce."""
        proof = encode_bytes(self._key.sign(proof_bytes(nonce, self.room, card)))
        return Join(self.room, proof, card, **where)


class Member:
    """A socket and one side of the wire. It reads only when it is asked what it heard."""

    def __init__(self, port: int, receive_buffer: int = 0, address: str = "") -> None:
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(DEADLINE)
        if address:  # of this member's, for the relay to see
            self.socket.bind((address, 0))
        self.socket.connect((HOST, port))
        self.welcome: Welcome
        self.seq = 0  # the last AT that was heard
        self._protocol = Protocol(Side.CLIENT)
        self._heard: deque[Event] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def say(self, message: Message) -> None:
        """Send a verb."""
        self.socket.sendall(self._protocol.send(message))

    def send(self, lines: bytes) -> None:
        """Send token lines."""
        self.socket.sendall(self._protocol.send_chunk(lines))

    def join(self, secret: RoomSecret, card: str = CARD, **where: int | None) -> Self:
        """Enter the room."""
        self.say(secret.join(self.hear_next(Hello).nonce, card, **where))
        self.welcome = self.hear_next(Welcome)
        return self

    def hear_any(self) -> Event:
        """Return the next event, reading where none is left; EOFError at the end."""
        while not self._heard:
            data = self.socket.recv(_READ_BYTES)
            if not data:
                raise EOFError
            self._protocol.receive(data, self._heard.append)
        event = self._heard.popleft()
        if isinstance(event, At):
            self.seq = event.seq
        return event

    def hear_next(self, kind: type[EventKind]) -> EventKind:
        """Return the next event, which must be of this kind."""
        event = self.hear_any()
        assert isinstance(event, kind), event
        return event

    def hear(self, kind: type[EventKind]) -> EventKind:
        """Return the next event of this kind, passing over all others."""
        while True:
            event = self.hear_any()
            if isinstance(event, kind):
                return event
            assert not isinstance(event, Bye), event

    def hear_lines(self, size: int) -> bytes:
        """Return the next token lines, ``size`` bytes of them at least."""
        lines = bytearray()
        while len(lines) < size:
            lines += self.hear(Chunk).lines
        return bytes(lines)

    def hear_rest(self) -> list[Event]:
        """Return everything up to the end of the connection."""
        events: list[Event] = []
        try:
            while True:
                events.append(self.hear_any())
        except EOFError:
            return events

    def reset(self) -> None:
        """Break the connection with a RST."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


def lines_of(events: list[Event]) -> bytes:
    """Return the token lines among the events."""
    return b"".join(event.lines for event in events if isinstance(event, Chunk))


@contextmanager
def running_relay(**chosen: Any) -> Iterator[Server]:
    """Run a relay in this process on free ports."""
    settings: dict[str, Any] = {
        "host": HOST, "port": 0, "metrics_host": HOST, "metrics_port": 0, "drain_seconds": 1.0,
    }  # fmt: skip
    server = Server(RelaySettings(_env_file=None, **(settings | chosen)), "test")
    thread = threading.Thread(target=server.run, name="relay")
    thread.start()
    try:
        until(server.is_ready)
        yield server
    finally:
        server.request_drain()
        thread.join(DEADLINE)
        assert not thread.is_alive()


@contextmanager
def members(port: int, secret: RoomSecret, count: int) -> Iterator[list[Member]]:
    """Let ``count`` members into a room, one after the other."""
    inside: list[Member] = []
    try:
        for _ in range(count):
            inside.append(Member(port))
            inside[-1].join(secret)
        yield inside
    finally:
        for member in inside:
            member.socket.close()


class RelayProcess:
    """A relay as an operator runs it: a program, its environment, its journal."""

    def __init__(self, *arguments: str, program: str = "", **settings: str) -> None:
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("RELAY_")
        }
        environment |= {"PYTHONPATH": str(SERVICES), "PYTHONUNBUFFERED": "1"}
        environment |= {
            "RELAY_HOST": HOST,
            "RELAY_PORT": "0",
            "RELAY_METRICS_HOST": HOST,
            "RELAY_METRICS_PORT": "0",
        } | settings
        start = ["-c", program] if program else ["-m", "sussurro_relay"]
        self.process = subprocess.Popen(
            [sys.executable, *start, *arguments],
            env=environment,
            cwd=SERVICES,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.journal: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()

    def listening(self) -> dict[str, Any]:
        """Wait until the relay listens; return what it wrote about that."""
        assert self.process.stderr is not None
        self.journal.append(self.process.stderr.readline())
        facts: dict[str, Any] = json.loads(self.journal[-1])
        assert facts["event"] == "listening"
        return facts

    def end(self) -> tuple[int, str, str]:
        """Wait for the end; return the exit code, and all that was written to both streams."""
        output, journal = self.process.communicate(timeout=DEADLINE)
        self.journal.append(journal)
        return self.process.returncode, output, "".join(self.journal)


def ask(port: int, path: str) -> tuple[int, str]:
    """Return the status and the body of an answer of the metrics and health server."""
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}{path}", timeout=DEADLINE) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        with error:
            return error.code, error.read().decode()


def figures(port: int) -> dict[str, float]:
    """Return what /metrics says, each figure by its name and labels."""
    status, text = ask(port, "/metrics")
    assert status == 200
    lines = [line.rpartition(" ") for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in lines}
