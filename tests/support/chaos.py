"""A conversation while everything around it fails, and what became of each message.

Real programs, real sockets, a real bad network. Which faults come, and where,
is drawn from one seed.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from random import Random

from cryptography.fernet import Fernet

from tests.support.chaos_link import End, Way
from tests.support.chaos_plan import Plan, Summary
from tests.support.chaos_talker import Place, Talker
from tests.support.history import judge
from tests.support.relay_side import open_relay_side

HEARTBEAT_SECONDS = 1.0
# The first two are never killed: they are witnesses from beginning to end.
NAMES = ("ana", "bia", "caio", "davi", "eva", "fabio")
_MORTAL = NAMES[2:]
_CATCH_UP_SECONDS = 90.0
_TALK_SECONDS = 0.03
_PAUSE_SECONDS = 0.05  # between two faults, at most
_DRAIN_SECONDS = 2
# Of the faults drawn for a connection in its handshake: whose every handshake fails only waits
# longer each time, and meets fewer faults.
_EARLY = 0.2

DELAY, BLACK_HOLE, ONE_BY_ONE = "delay", "black hole", "one by one"
RELAY_KILL, RELAY_TERM, CLIENT_KILL = "relay SIGKILL", "relay SIGTERM", "client SIGKILL"
_WEIGHTS = {
    End.CUT: 28,
    End.RESET: 14,
    End.HALF_CLOSE: 12,
    DELAY: 24,
    BLACK_HOLE: 6,
    ONE_BY_ONE: 12,
    CLIENT_KILL: 1.5,
}
_ENDS = frozenset(End)
_RESTART_WEIGHTS = {RELAY_KILL: 0.3, RELAY_TERM: 0.3}


class Chaos:
    """One run."""

    def __init__(self, plan: Plan, folder: Path) -> None:
        self._plan = plan
        self._random = Random(plan.seed)
        self._folder = folder
        relay_folder = folder / "relay"
        relay_folder.mkdir()
        self._relays = open_relay_side(
            relay_folder,
            plan.log,
            plan.seed,
            RELAY_HEARTBEAT_SECONDS=str(HEARTBEAT_SECONDS),
            RELAY_DRAIN_SECONDS=str(_DRAIN_SECONDS),
        )
        key = Fernet.generate_key().decode()
        self._place = Place(folder, key, self._relays.port, HEARTBEAT_SECONDS)
        self._everybody: list[Talker] = []  # who ever started
        self._talkers = {name: self._start_talker(name, 0) for name in NAMES}
        self._lock = threading.Lock()  # guards the counts
        self._faults: Counter[str] = Counter()
        self._quiet = threading.Event()
        # Restarts take their time, and the network does not wait for them: one thread a kind.
        self._workers = {
            kind: ThreadPoolExecutor(1, thread_name_prefix=kind) for kind in ("relay", "client")
        }
        self._work: dict[str, Future[None]] = {}

    def run(self) -> Summary:
        """Talk through all faults, let everybody catch up, and judge."""
        began = time.monotonic()
        for talker in self._talkers.values():
            talker.enter()
        chatter = ThreadPoolExecutor(1, thread_name_prefix="chatter")
        talking = chatter.submit(self._talk)
        try:
            self._break_things(began + self._plan.seconds)
        finally:
            self._quiet.set()
            for pool in (*self._workers.values(), chatter):
                pool.shutdown()
        for work in (talking, *self._work.values()):
            work.result()
        self._catch_up()
        summary = self._summary(time.monotonic() - began)
        for talker in self._talkers.values():
            assert not summary.is_clean or talker.leave() == 0, "left with all delivered"
        return summary

    def close(self) -> None:
        """End every process that is still there."""
        self._quiet.set()
        for talker in self._everybody:
            talker.kill()
        self._relays.close()

    # The conversation.

    def _talk(self) -> None:
        """Let everybody say something again and again, until it is quiet."""
        random = Random(self._plan.seed + 1)
        while not self._quiet.wait(_TALK_SECONDS):
            for talker in tuple(self._talkers.values()):
                if random.random() < 0.2:
                    talker.talk(random)

    def _catch_up(self) -> None:
        """Give everybody the time to; who has not caught up by then is for the judge to find."""
        talkers = self._talkers.values()
        for talker in talkers:
            talker.gate.calm()
        last_words = {talker.say("my last words") for talker in talkers}
        deadline = time.monotonic() + _CATCH_UP_SECONDS
        with suppress(AssertionError):
            for talker in talkers:
                talker.wait_acknowledged(deadline - time.monotonic())
            for talker in talkers:
                others = {text for text in last_words if not text.startswith(talker.name)}
                talker.wait_shown(others, deadline - time.monotonic())

    # The faults.

    def _break_things(self, deadline: float) -> None:
        weights = _WEIGHTS | (_RESTART_WEIGHTS if self._plan.has_restarts else {})
        while self._faults.total() < self._plan.faults:
            (kind,) = self._random.choices(list(weights), list(weights.values()))
            self._break(kind)
            assert time.monotonic() < deadline, f"only {self._faults} in time"
            self._quiet.wait(self._random.random() * _PAUSE_SECONDS)

    def _break(self, kind: str) -> None:
        if kind in _RESTART_WEIGHTS:
            self._begin_work("relay", partial(self._restart_relay, kind))
        elif kind == CLIENT_KILL:
            name = self._random.choice(_MORTAL)
            self._begin_work("client", partial(self._restart_client, name))
        else:
            self._break_link(kind)

    def _break_link(self, kind: str) -> None:
        link = self._talkers[self._random.choice(NAMES)].gate.link
        way = self._random.choice(list(Way))
        after = int(2 ** (self._random.random() * 12)) - 1  # bytes, few or many
        if link is None or (not link.is_in and self._random.random() > _EARLY):
            return
        if kind in _ENDS:
            if not link.is_doomed:
                link.end(way, End(kind), after, partial(self._count, kind))
            return
        pump = link.pumps[way]
        if kind == ONE_BY_ONE:
            pump.bring_singly(min(after, 500))
        elif kind == DELAY:
            pump.hold(0.02 + self._random.random() * 0.3)
        else:
            seconds = 1 + self._random.random() * 3 * HEARTBEAT_SECONDS
            for each in link.pumps.values() if after % 2 else (pump,):
                each.hold(seconds)
        self._count(kind)

    def _count(self, kind: str) -> None:
        with self._lock:
            self._faults[kind] += 1

    def _begin_work(self, worker: str, work: Callable[[], None]) -> None:
        """Let the worker do this, unless it is at work."""
        last = self._work.get(worker)
        if last is None or last.done():
            if last is not None:
                last.result()
            self._work[worker] = self._workers[worker].submit(work)

    def _restart_relay(self, kind: str) -> None:
        self._relays.restart(kill=kind == RELAY_KILL)
        self._count(kind)

    def _restart_client(self, name: str) -> None:
        before = self._talkers[name]
        before.kill()
        self._count(CLIENT_KILL)
        after = self._start_talker(name, before.start + 1)
        after.enter()
        self._talkers[name] = after

    def _start_talker(self, name: str, start: int) -> Talker:
        talker = Talker(self._place, name, start)
        self._everybody.append(talker)
        return talker

    # The end.

    def _summary(self, seconds: float) -> Summary:
        everybody = self._everybody
        accounts = [talker.account() for talker in everybody]
        return Summary(
            plan=self._plan,
            seconds=seconds,
            faults=self._faults,
            said=sum(len(account.said) for account in accounts),
            acknowledged=sum(len(account.acknowledged) for account in accounts),
            shown=sum(len(account.shown) for account in accounts),
            warnings=tuple(
                one for talker in everybody if not talker.start for one in talker.warnings()
            ),
            silence=max(talker.silence for talker in everybody),
            verdict=judge(accounts),
            waiting=sum(
                len(account.said) - len(account.acknowledged)
                for account in accounts
                if account.stayed
            ),
        )


def run_chaos(plan: Plan, folder: Path) -> Summary:
    """Do one run, and leave nothing behind but its folder."""
    chaos = Chaos(plan, folder)
    try:
        return chaos.run()
    finally:
        chaos.close()
