"""Our relay, with everything on, and how many join it."""

import base64
import os
import socket
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from cryptography.fernet import Fernet

from benchmarks.contenders import Contender, Place, Running
from benchmarks.load import Form
from benchmarks.processes import running
from benchmarks.sockets import connect, free_port, read_until
from sussurro_client.key import RoomKey

_SERVICES = Path(__file__).parent.parent / "services"
# As long as a real member's: a name, an identity and a key to wrap secrets with make 2,060.
_CARD_BYTES = 1545
# Members that are between connecting and WELCOME at the same time.
_IN_FLIGHT = 32


def sussurro(
    name: str = "sussurro", *, log: str = "memory:", python: str = sys.executable, **settings: str
) -> Contender:
    """Return our relay; ``{folder}`` in ``log`` is a folder that ends with it."""

    @contextmanager
    def run(_rooms: int) -> Iterator[Running]:
        with tempfile.TemporaryDirectory() as folder:
            port = free_port(2)
            every = {"RELAY_LOG": log.format(folder=folder), **settings}
            with serving(python, port, every) as process:
                yield Running((process.pid,), port, lambda to: join(port, to), Form, port + 1)

    return Contender(name, run)


@contextmanager
def serving(
    python: str, port: int, settings: dict[str, str]
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run our relay until the block ends; its metrics are at the next port."""
    every = {
        "RELAY_HOST": "127.0.0.1",
        "RELAY_METRICS_HOST": "127.0.0.1",
        "RELAY_PORT": str(port),
        "RELAY_METRICS_PORT": str(port + 1),
        "RELAY_MAX_CONNECTIONS": "20000",
        "RELAY_MAX_CONNECTIONS_PER_ADDRESS": "20000",
        **settings,
    }
    with running([python, "-m", "sussurro_relay"], port, _environment(every)) as process:
        yield process


def _environment(settings: dict[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RELAY_")}
    return {**kept, "PYTHONPATH": str(_SERVICES), **settings}


def join(port: int, places: Sequence[Place], receive_buffer: int = 0) -> list[socket.socket]:
    """Join as clients do: read the nonce, prove that the key is held, wait for WELCOME.

    Some are on their way at the same time, so that neither side waits for the other.
    """
    steps = [_prove, _await_welcome]
    waiting = [deque[tuple[socket.socket, Place]]() for _ in steps]
    members = []
    for place in places:
        members.append(connect(port, receive_buffer))
        waiting[0].append((members[-1], place))
        _go_on(steps, waiting, _IN_FLIGHT)
    _go_on(steps, waiting, 0)
    return members


def _go_on(
    steps: Sequence[Callable[[socket.socket, Place], None]],
    waiting: Sequence[deque[tuple[socket.socket, Place]]],
    most: int,
) -> None:
    """Take those who came first to their next step, until at most ``most`` wait before each."""
    for number, step in enumerate(steps):
        while len(waiting[number]) > most:
            member, place = waiting[number].popleft()
            step(member, place)
            if number + 1 < len(steps):
                waiting[number + 1].append((member, place))


def _prove(member: socket.socket, place: Place) -> None:
    key, card = _key(place.room), _card()
    nonce = read_until(member, b"\n").decode().split()[2]
    member.sendall(f"JOIN {key.room} {key.prove(nonce, card)} {card}\n".encode())


def _await_welcome(member: socket.socket, _place: Place) -> None:
    read_until(member, b"WELCOME", b"\n")


@cache
def _key(room: int) -> RoomKey:
    del room  # each has a key of its own
    return RoomKey.from_text(Fernet.generate_key().decode())


def _card() -> str:
    """Return what has the form and length of a card; the relay cannot see more of one."""
    return base64.urlsafe_b64encode(b"\x80\0\0\0\0" + os.urandom(_CARD_BYTES - 5)).decode()
