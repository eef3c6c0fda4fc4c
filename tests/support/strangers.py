"""People without the room's key, as a program of its own: ``python -m tests.support.strangers``.

Its arguments are an attack by name and the relay's port. It prints ``ready`` once the
attack is at its full strength, goes on until its input ends, and then prints what it heard:
how many connections were ended, by the reason in ``BYE`` (``lost``: without one).
"""

import json
import resource
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from sussurro_wire.codec import encode
from tests.support.relay import DEADLINE, HOST, RoomSecret, token

IDLE = 5_000
SLOW = 500
ROOMS = 1_000
_PER_ADDRESS = 900
_HASTE = 4  # threads of an attack that goes as fast as it can
_BREATH_SECONDS = 0.1  # they press the relay and not this machine
_OVERSIZED = b"x" * (1 << 20)
_HALF_LINE = b"gAAAA" + b"x" * 120_000
_CHUNK = b"".join(token(number, 16 * 1024) for number in range(12))


class Crowd:
    """What all attackers share: the end, and what was heard. Counting takes the lock."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.is_over = threading.Event()
        self.heard: Counter[str] = Counter()
        self._lock = threading.Lock()

    def connect(self, number: int = 0) -> socket.socket:
        """Return a connection; each 900 come from another address."""
        sock = socket.socket()
        sock.settimeout(DEADLINE)
        sock.bind((f"127.0.1.{1 + number // _PER_ADDRESS}", 0))
        sock.connect((HOST, self.port))
        return sock

    def count(self, ending: bytes) -> None:
        """Take note of how a connection ended."""
        words = ending.rpartition(b"BYE ")[2].split() if b"BYE " in ending else [b"lost"]
        with self._lock:
            self.heard[words[0].decode()] += 1

    def hear_end(self, sock: socket.socket) -> None:
        """Read to the end of a connection, and count it."""
        heard = b""
        with sock, suppress(OSError):
            while data := sock.recv(65536):
                heard = (heard + data)[-64:]
        self.count(heard)

    def listen(self, sockets: list[socket.socket]) -> None:
        """Count, and close, those of the connections that have been ended by now."""
        for sock in tuple(sockets):
            heard = b""
            try:
                while data := sock.recv(4096, socket.MSG_DONTWAIT):
                    heard += data
            except BlockingIOError:
                continue
            except OSError:
                pass
            self.count(heard)
            sock.close()
            sockets.remove(sock)


Ready = Callable[[], None]


def slowly(crowd: Crowd, ready: Ready) -> None:
    """One byte a second: half of them before any JOIN, half of them inside one."""
    line = encode(RoomSecret(2).join("bm9uY2U"))
    sockets = [crowd.connect() for _ in range(SLOW)]
    for sock in sockets[::2]:
        sock.send(line[:100])
    position = 100
    while not crowd.is_over.is_set():
        for number, sock in enumerate(sockets):
            with suppress(OSError):
                at = position if number % 2 == 0 else position - 100
                sock.send(line[at : at + 1])
        ready()
        position += 1
        crowd.is_over.wait(1.0)
        crowd.listen(sockets)


def idly(crowd: Crowd, ready: Ready) -> None:
    """Connect, and do nothing."""
    sockets = [crowd.connect(number) for number in range(IDLE)]
    ready()
    while sockets:
        is_over = crowd.is_over.wait(0.5)
        crowd.listen(sockets)
        if is_over:
            return


def _hastily(crowd: Crowd, ready: Ready, attempt: Callable[[socket.socket], None]) -> None:
    def go_on(number: int) -> None:
        while not crowd.is_over.is_set():
            with suppress(OSError):
                attempt(crowd.connect(number * _PER_ADDRESS))

    threads = [threading.Thread(target=go_on, args=(number,)) for number in range(_HASTE)]
    for thread in threads:
        thread.start()
    ready()
    for thread in threads:
        thread.join()


def flooding(crowd: Crowd, ready: Ready) -> None:
    """Connect and break off, as fast as possible."""

    def attempt(sock: socket.socket) -> None:
        sock.close()
        crowd.count(b"")

    _hastily(crowd, ready, attempt)


def halfway(crowd: Crowd, ready: Ready) -> None:
    """Break off in the middle of a JOIN."""
    line = encode(RoomSecret(2).join("bm9uY2U"))

    def attempt(sock: socket.socket) -> None:
        with sock:
            sock.recv(4096)
            sock.send(line[: len(line) // 2])
        crowd.count(b"")

    _hastily(crowd, ready, attempt)


def wrongly(crowd: Crowd, ready: Ready) -> None:
    """Sign something else: a proof that takes a whole check to be refused."""
    line = encode(RoomSecret(2).join("bm9uY2U"))

    def attempt(sock: socket.socket) -> None:
        sock.recv(4096)
        sock.send(line)
        crowd.hear_end(sock)

    _hastily(crowd, ready, attempt)


def endlessly(crowd: Crowd, ready: Ready) -> None:
    """Send a line that does not end, before joining."""

    def attempt(sock: socket.socket) -> None:
        with suppress(OSError):
            sock.sendall(_OVERSIZED)
        crowd.hear_end(sock)

    _hastily(crowd, ready, attempt)


def _enter(crowd: Crowd, number: int, secret: RoomSecret) -> socket.socket | None:
    sock = crowd.connect(number)
    greeting = sock.recv(4096)
    if greeting.startswith(b"SUSSURRO"):
        sock.sendall(encode(secret.join(greeting.split()[2].decode())))
        answer = sock.recv(4096)
        if answer.startswith(b"WELCOME"):
            return sock
        greeting = answer
    crowd.count(greeting)
    sock.close()
    return None


def at_home(crowd: Crowd, ready: Ready) -> None:
    """Open many rooms with keys of their own, and fill them without reading what comes back."""
    sockets = _homes(crowd)
    ready()
    _pour(crowd, sockets, _CHUNK)


def unfinished(crowd: Crowd, ready: Ready) -> None:
    """Open many rooms with keys of their own, and begin a long line in each."""
    sockets = _homes(crowd)
    for sock in sockets:
        with suppress(OSError):
            sock.send(_HALF_LINE)
    ready()
    while sockets:
        is_over = crowd.is_over.wait(0.5)
        crowd.listen(sockets)
        if is_over:
            return


def _homes(crowd: Crowd) -> list[socket.socket]:
    sockets: list[socket.socket] = []
    for number in range(ROOMS):
        sock = _enter(crowd, number, RoomSecret(1000 + number))
        if sock is not None:
            sock.setblocking(False)
            sockets.append(sock)
    return sockets


def _pour(crowd: Crowd, sockets: list[socket.socket], lines: bytes) -> None:
    while not crowd.is_over.wait(_BREATH_SECONDS):
        for sock in sockets:
            with suppress(OSError):
                sock.send(lines)


def deaf(crowd: Crowd, ready: Ready) -> None:
    """Fill rooms of their own for somebody in them who does not read."""
    speakers: list[socket.socket] = []
    listeners: list[socket.socket] = []
    for number in range(ROOMS // 8):
        secret = RoomSecret(1000 + number)
        for sockets in (listeners, speakers):
            sock = _enter(crowd, number, secret)
            if sock is not None:
                sock.setblocking(False)
                sockets.append(sock)
    ready()
    while not crowd.is_over.wait(_BREATH_SECONDS):
        for sock in speakers:
            with suppress(OSError):
                sock.recv(65536)
            with suppress(OSError):
                sock.send(_CHUNK)


ATTACKS = {
    attack.__name__: attack
    for attack in (slowly, idly, flooding, halfway, wrongly, endlessly, at_home, unfinished, deaf)
}


class Attack:
    """The program above, while it runs."""

    def __init__(self, name: str, port: int) -> None:
        self.heard: dict[str, int] = {}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.strangers", name, str(port)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def wait(self) -> None:
        """Wait until the attack is at its full strength."""
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n"

    def stop(self) -> None:
        """Let it end, and learn what it heard."""
        output, _ = self._process.communicate(timeout=DEADLINE)
        self.heard = json.loads(output)
        assert self._process.returncode == 0

    def kill(self) -> None:
        """End it, whatever it is doing."""
        self._process.kill()
        self._process.communicate()


@contextmanager
def attack(name: str, port: int) -> Iterator[Attack]:
    """Let strangers do one thing for the length of a with block."""
    strangers = Attack(name, port)
    try:
        strangers.wait()
        yield strangers
        strangers.stop()
    finally:
        strangers.kill()


def main(name: str, port: int) -> None:
    """Attack until the input ends."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    crowd = Crowd(port)
    told = threading.Event()

    def ready() -> None:
        if not told.is_set():
            told.set()
            sys.stdout.write("ready\n")
            sys.stdout.flush()

    def wait_for_end() -> None:
        sys.stdin.read()
        crowd.is_over.set()

    threading.Thread(target=wait_for_end, daemon=True).start()
    ATTACKS[name](crowd, ready)
    sys.stdout.write(json.dumps(crowd.heard) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
