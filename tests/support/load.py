"""A steady conversation of many while something happens, and what became of each message."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass

from tests.support.history import Account, Shown, Verdict, judge
from tests.support.programs import Chat

_CATCH_UP_SECONDS = 90.0


@dataclass(frozen=True, slots=True)
class Load:
    """How many talk, and how many messages a second each of them says."""

    clients: int
    rate: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found; ``silence``: the longest time that anybody was shown nothing, in seconds."""

    verdict: Verdict
    said: int
    silence: float

    def __str__(self) -> str:
        found = ", ".join(
            f"{len(getattr(self.verdict, kind))} {kind}"
            for kind in ("lost", "doubled", "reordered", "invented")
        )
        return f"{self.said} messages: {found}; longest silence {self.silence:.1f} s"


class _Talker:
    """One client, and how long it was shown nothing."""

    def __init__(self, chat: Chat) -> None:
        self.chat = chat
        self.said: list[str] = []
        self.silence = 0.0
        self._seen = 0
        self._heard_at = 0.0

    def say(self, words: str) -> None:
        text = f"{self.chat.name} {len(self.said)} {words}"
        self.said.append(text)
        self.chat.say(text)

    def begin(self) -> None:
        """Take the time from now on."""
        self._seen, self._heard_at = len(self.chat.events), time.monotonic()

    def listen(self) -> None:
        """Look whether something was shown since the last look."""
        new = self.chat.events[self._seen :]
        self._seen += len(new)
        now = time.monotonic()
        self.silence = max(self.silence, now - self._heard_at)
        if any(event["event"] == "message" for event in new):
            self._heard_at = now

    def is_done(self, last: set[str]) -> Callable[[list[dict[str, object]]], bool]:
        """Return what holds once all that it said is kept and all that was said last is shown."""

        def found(events: list[dict[str, object]]) -> bool:
            texts = {event.get("text") for event in events[-1000:]}
            acked = sum(event["event"] == "acked" for event in events)
            return acked >= len(self.said) and last - set(self.said) <= texts

        return found

    def account(self) -> Account:
        events = self.chat.events
        sent = (e["id"] for e in events if e["event"] == "sent")
        texts = dict(zip(sent, self.said, strict=False))
        return Account(
            name=self.chat.name,
            said=tuple(self.said),
            acknowledged=frozenset(texts[e["id"]] for e in events if e["event"] == "acked"),
            shown=tuple(Shown(e["text"], e["seq"]) for e in events if e["event"] == "message"),
        )


def talk_through(
    start: Callable[[str], Chat], load: Load, happening: Callable[[], None]
) -> Outcome:
    """Let clients talk in a room that is new while something happens, and judge what they saw.

    All of them are in the room before anybody says anything. ``start`` starts a client of that
    name. What happens runs in a thread of its own, and what it raises is raised.
    """
    with ExitStack() as ends, ThreadPoolExecutor(1, thread_name_prefix="happening") as worker:
        talkers = []
        for number in range(load.clients):
            chat = start(f"talker{number}")
            ends.callback(chat.close)
            talkers.append(_Talker(chat))
        for talker in talkers:
            talker.chat.wait_event("connected")
        for talker in talkers:
            talker.begin()
        happened = worker.submit(happening)
        _talk(talkers, load, happened.done)
        happened.result()
        for talker in talkers:
            talker.say("my last words")
        last = {talker.said[-1] for talker in talkers}
        deadline = time.monotonic() + _CATCH_UP_SECONDS
        for talker in talkers:
            seconds = max(0.0, deadline - time.monotonic())
            talker.chat.wait(talker.is_done(last), "acknowledgements and last words", seconds)
        verdict = judge(talker.account() for talker in talkers)
        codes = [talker.chat.leave() for talker in talkers]
        assert set(codes) == {0}, "left with all delivered"
    said = sum(len(talker.said) for talker in talkers)
    return Outcome(verdict, said, max(talker.silence for talker in talkers))


def _talk(talkers: list[_Talker], load: Load, is_over: Callable[[], bool]) -> None:
    """Let everybody talk at the load's pace, one after another, until it is over."""
    pause = 1 / (load.rate * load.clients)
    turn, due = 0, time.monotonic()
    while not is_over():
        talkers[turn % len(talkers)].say("x" * (turn % 60))
        turn += 1
        if turn % len(talkers) == 0:
            for talker in talkers:
                talker.listen()
        due += pause
        time.sleep(max(0.0, due - time.monotonic()))
