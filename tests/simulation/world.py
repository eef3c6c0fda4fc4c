"""The simulated world: one relay over one log, its clients, a network, a clock, and bad luck.

Everything that happens is chosen by one seeded source of randomness, one step
after the other, so a seed is a schedule, and the same seed is the same schedule.
"""

import traceback
from collections.abc import Callable
from random import Random
from unittest.mock import patch

from sussurro_relay import journal
from tests.simulation import judge
from tests.simulation.client import Client
from tests.simulation.edges import Key
from tests.simulation.link import Link, Pipe
from tests.simulation.log import SimulatedLog
from tests.simulation.relay import Relay, link_of

_STEPS = (60, 120, 250)
_PIECES = ((1, 7, 60, 64_000), (80, 500, 64_000), (64_000,))  # how reads may cut the stream
_PATIENCE = 1_000  # rounds in which everything must have come to rest
_QUIET_SECONDS = 5.0  # how far the clock is turned on when nothing else happens


class BrokenPromiseError(BaseException):
    """A promise was broken in a schedule; nobody may take it for a fault of one connection."""


class World:
    """One schedule, from its seed to its verdict."""

    def __init__(self, seed: int, trace: Callable[[str], None] | None = None) -> None:
        self._trace = trace
        self.random = random = Random(seed)
        self.now = 1_000.0
        self.key = Key()
        self.texts: dict[str, str] = {}
        self.pieces = random.choice(_PIECES)
        self.ever_kept: list[set[str]] = []  # the ids in each record, as far as asked for
        self.log = SimulatedLog(random, self.note)
        self.clients: list[Client] = []
        self.gone: list[Client] = []  # runs that have ended
        self._links = self._runs = 0
        self._is_elsewhere = False
        self._window_bytes = random.choice((200, 1_000, 100_000))
        self._threads = random.choice((1, 2, 3))
        self._capacity = random.choice((150, 1_000, 60_000))
        self._is_forgetful = random.random() < 0.25  # the log lets old chunks go
        self._trouble = random.choice((0.0, 0.02, 0.06, 0.1))
        self._talk = random.choice((0.03, 0.1, 0.2))
        self.relay = Relay(self, self._window_bytes, self._threads)
        misfortunes = (
            self._cut, self._darken, self._abandon, self._crash, self._drain, self._restart,
            self._forget,
        )  # fmt: skip
        # Not every kind in every world: few kinds meet more often than many.
        self._misfortunes = random.sample(misfortunes, random.randint(2, len(misfortunes)))
        for number in range(random.choice((2, 3, 4))):
            self._start(number)

    # What the parts of the world ask of it.

    def note(self, text: str, *values: object) -> None:
        """Write a line of the trace, if somebody reads it."""
        if self._trace is not None:
            self._trace(f"{self.now:9.2f}  " + text.format(*values))

    def fail(self, text: str) -> None:
        """Say what was broken, and end."""
        self.note("BROKEN: {}", text)
        raise BrokenPromiseError(text)

    def connect(self, client: Client) -> Link:
        """Connect a client to the relay."""
        self._links += 1
        link = Link(self._links, Pipe(self._capacity), Pipe(self._capacity))
        self.note("{} connects, on {}", client.name, link.number)
        self.random.choice(self.relay.threads).adopt(link)
        return link

    def meanwhile(self) -> None:
        """Let the log's threads do something in the midst of another's doing."""
        if not self._is_elsewhere and self.random.random() < 0.2:
            self._is_elsewhere = True
            self.log.step()
            self._is_elsewhere = False

    def judge_kept(self, client: Client, identity: str) -> None:
        """Fail unless what a client is told is kept, is, and is told once."""
        if identity in client.kept:
            self.fail(f"{client.name} is told twice that {identity} is kept")
        if not judge.is_in_log(self, identity):
            self.fail(f"{client.name} is told that {identity} is kept, and it is not")

    # A schedule.

    def run(self) -> None:
        """Live through the schedule, come to rest, judge, and take leave."""
        with patch.object(journal, "fail", self._fail_with_trace):
            self._run()

    def _fail_with_trace(self, event: str) -> None:
        self.fail(f"{event}: {traceback.format_exc()}")

    def _run(self) -> None:
        for _ in range(self.random.choice(_STEPS)):
            self._step()
        self.note("-- the faults are over --")
        for client in self.clients:
            client.say("the last word")
        self._rest("come to rest", self._is_at_rest)
        judge.judge(self)
        self.note("-- all leave --")
        room = self.relay.hub._rooms.get(self.key.room)
        for client in self.clients:
            client.is_leaving = True
        self._rest("take leave", lambda: not self.relay.peers)
        if len(self.relay.hub) or (room is not None and (len(room._roster) or room._lags)):
            self.fail("the room is not empty after all have left")

    def _step(self) -> None:
        random = self.random
        choice = random.random()
        if choice < self._trouble:
            random.choice(self._misfortunes)()
        elif choice < self._trouble + self._talk:
            random.choice(self.clients).say("x" * random.choice((1, 30)))
        elif choice < 0.45:
            random.choice(self.clients).step(random)
        elif choice < 0.78:
            random.choice(self.relay.threads).step(random)
        elif choice < 0.98:
            self.log.step()
        else:
            self._pass(random.choice((0.1, 1.0, 3.0, 12.0)))

    def _pass(self, seconds: float) -> None:
        self.now += seconds
        for thread in self.relay.threads:
            thread.tick(self.now)
        for client in self.clients:
            client.tick(self.now)
        self.relay.hub.push_counts()

    def _rest(self, what: str, is_over: Callable[[], bool]) -> None:
        """Let everything go on without faults until it is over; fail if it never is."""
        for _ in range(_PATIENCE):
            for client in self.clients:
                client.catch_up()
            for thread in self.relay.threads:
                thread.catch_up()
            for _ in range(self.random.randint(1, 4)):
                self.log.step()
            if is_over():
                return
            self._pass(0.01 if self._is_moving() else _QUIET_SECONDS)
        states = [f"{client.name}: {len(client.conversation.outbox)}" for client in self.clients]
        self.fail(f"they do not {what}; not acknowledged: {', '.join(states)}")

    def _is_moving(self) -> bool:
        """Return whether anything is under way that will arrive."""
        links = (link for link in map(link_of, self.relay.peers) if not link.is_dark)
        return (
            self.log.is_busy
            or any(thread.is_busy for thread in self.relay.threads)
            or any(link.up.data or link.down.data for link in links)
        )

    def _is_at_rest(self) -> bool:
        conversations = [client.conversation for client in self.clients]
        return (
            len(self.relay.peers) == len(self.clients)
            and all(each.is_open and not len(each.outbox) for each in conversations)
            and not self._is_moving()
        )

    # Misfortunes.

    def _start(self, number: int) -> None:
        self._runs += 1
        self.clients.append(Client(self, number, self._runs))

    def _some_link(self) -> Link | None:
        links = [client.link for client in self.clients if client.link is not None]
        return self.random.choice(links) if links else None

    def _cut(self) -> None:
        link = self._some_link()
        if link is not None:
            self.note("connection {} is cut", link.number)
            link.cut()

    def _darken(self) -> None:
        link = self._some_link()
        if link is not None:
            self.note("connection {} is dark from now on", link.number)
            link.is_dark = True

    def _abandon(self) -> None:
        client = self.random.choice(self.clients)
        self.note("{} closes its connection, and what it sent is under way", client.name)
        client.drop(gently=True)

    def _crash(self) -> None:
        self.note("the relay is killed, and starts again")
        for peer in self.relay.peers:
            link_of(peer).cut()
        self.log.crash()
        self.relay = Relay(self, self._window_bytes, self._threads)

    def _drain(self) -> None:
        self.note("the relay says BYE to all")
        for thread in self.relay.threads:
            thread.drain()

    def _restart(self) -> None:
        client = self.clients.pop(self.random.randrange(len(self.clients)))
        self.note("{} is killed, and starts again", client.name)
        client.drop(gently=self.random.random() < 0.5)
        self.gone.append(client)
        self._start(client.number)

    def _forget(self) -> None:
        if self._is_forgetful:
            self.log.forget(self.random.randint(1, 4))
            self.note("the log lets go of all up to {}", self.log.forgotten)
