"""Two hundred people come and go while others talk: nobody who stays misses anything."""

import re
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest

from sussurro_wire.chunk import Chunk
from sussurro_wire.messages import Ack, Leave, Ping, Pong
from tests.support.history import Account, Shown, judge
from tests.support.programs import Relay, running_relay
from tests.support.relay import Member, RoomSecret, tokens, until

MEMBERS = 200
SPEAKERS = 8
LISTENERS = 8
MESSAGES = 10_000
_EACH = MESSAGES // SPEAKERS
_TOKEN_BYTES = 100
_SECONDS = 120.0


class Stayer:
    """Somebody who is there from the first message to the last."""

    def __init__(self, port: int, secret: RoomSecret, number: int) -> None:
        self._member = Member(port).join(secret)
        self._name = f"stayer {number}"
        self._numbers = range(number * _EACH, (number + 1) * _EACH if number < SPEAKERS else 0)
        self._random = Random(number)
        self._shown: list[Shown] = []
        self._said: list[str] = []
        self._acknowledged = 0

    def talk_and_listen(self) -> Account:
        """Say everything, in bursts, each after the last is kept; listen until all is heard."""
        while len(self._said) < len(self._numbers):
            start = self._numbers.start + len(self._said)
            burst = range(start, min(start + self._random.randint(1, 40), self._numbers.stop))
            lines = tokens(burst, _TOKEN_BYTES)
            self._said += lines.decode().split()
            self._member.send(lines)
            while self._acknowledged < len(self._said):
                self._listen()
        while len(self._shown) < MESSAGES - len(self._said):
            self._listen()
        self._member.say(Leave())
        self._member.hear_rest()
        self._member.socket.close()
        return Account(
            name=self._name,
            said=tuple(self._said),
            acknowledged=frozenset(self._said),
            shown=tuple(self._shown),
        )

    def _listen(self) -> None:
        match self._member.hear_any():
            case Chunk() as chunk:
                seq = self._member.seq
                self._shown += [Shown(token.decode(), seq) for token in chunk.tokens()]
            case Ack() as ack:
                self._acknowledged = ack.count
            case Ping() as ping:
                self._member.say(Pong(ping.text))


class Visitor:
    """Somebody who comes, listens for a while, and goes in one way or another, again and again."""

    def __init__(self, port: int, secret: RoomSecret, number: int) -> None:
        self._port = port
        self._secret = secret
        self._random = Random(f"visitor {number}")
        self._lock = threading.Lock()  # guards the two below
        self._member: Member | None = None
        self._over = False
        self.visits = 0

    def come_and_go(self) -> None:
        while self._come():
            with suppress(EOFError, OSError):  # it is told that all is over by a closed socket
                self._visit()
            self.visits += 1

    def end(self) -> None:
        """Let no visit follow, and end this one."""
        with self._lock:
            self._over = True
            if self._member is not None:
                with suppress(OSError):
                    self._member.socket.shutdown(socket.SHUT_RDWR)

    def _come(self) -> bool:
        with self._lock:
            if not self._over:
                self._member = Member(self._port)
            return not self._over

    def _visit(self) -> None:
        member = self._member
        assert member is not None
        with member:
            member.join(self._secret)
            for _ in range(self._random.randint(0, 400)):
                member.hear_any()
            match self._random.randrange(3):
                case 0:
                    member.say(Leave())
                    member.hear_rest()
                case 1:
                    member.reset()


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[Relay]:
    with running_relay(tmp_path) as running:
        yield running


def _holdings(relay: Relay) -> tuple[int, int]:
    """Return how many files and threads the relay has, as the system counts them."""
    process = Path(f"/proc/{relay.process.pid}")
    (threads,) = re.findall(r"^Threads:\s+(\d+)$", (process / "status").read_text(), re.MULTILINE)
    return sum(1 for _ in (process / "fd").iterdir()), int(threads)


def _in_its_books(relay: Relay) -> tuple[float, float]:
    """Return how many connections and rooms the relay itself counts."""
    return relay.metric("sussurro_relay_connections"), relay.metric("sussurro_relay_rooms")


def test_two_hundred_who_come_and_go_cost_those_who_stay_nothing(relay: Relay) -> None:
    """10,000 messages are all heard by who stays, and the relay is at the end as it was."""
    secret = RoomSecret()
    before = _holdings(relay)  # before it is asked for anything, be it its metrics
    stayers = [Stayer(relay.port, secret, number) for number in range(SPEAKERS + LISTENERS)]
    visitors = [Visitor(relay.port, secret, number) for number in range(MEMBERS - len(stayers))]
    with ThreadPoolExecutor(MEMBERS) as pool:
        visits = [pool.submit(visitor.come_and_go) for visitor in visitors]
        accounts = [pool.submit(stayer.talk_and_listen) for stayer in stayers]
        try:
            verdict = judge([account.result(_SECONDS) for account in accounts])
        finally:
            for visitor in visitors:
                visitor.end()
        for visit in visits:
            visit.result(_SECONDS)
    assert verdict.is_clean, verdict
    assert relay.metric("sussurro_relay_frames_relayed_total") == MESSAGES
    assert sum(visitor.visits for visitor in visitors) > 2 * MEMBERS
    until(lambda: _in_its_books(relay) == (0, 0))
    until(lambda: _holdings(relay) == before)
