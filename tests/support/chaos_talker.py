"""Somebody who talks through a bad network: `sussurro chat --json`, and an account of it."""

import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.support.chaos_gate import Gate
from tests.support.history import Account, Shown
from tests.support.programs import Chat, Event

LONG_TEXT = 48 * 1024
_ONE_IN = 60  # messages are long
_IN_FLIGHT = 25  # texts that may be unacknowledged


@dataclass(frozen=True, slots=True)
class Place:
    """What is the same for everybody in a run."""

    folder: Path
    key: str
    port: int
    heartbeat_seconds: float


class Talker:
    """One start of one client; whoever is started again is a new talker of the same name."""

    def __init__(self, place: Place, name: str, start: int) -> None:
        self.name = name
        self.start = start
        self.gate = Gate(place.port)
        self._chat = Chat(
            place.folder / name,
            place.key,
            name,
            self.gate.address,
            SUSSURRO_HEARTBEAT_SECONDS=str(place.heartbeat_seconds),
        )
        self._lock = threading.Lock()  # guards what was said: nothing is, once it is over
        self._said: list[str] = []
        self._over = False
        self._looked_at = 0  # events
        self._acknowledged = 0
        self._heard = 0
        self._heard_at = time.monotonic()
        self.silence = 0.0

    def enter(self) -> None:
        """Wait until it is in the room; only then is it a member to whom things are promised."""
        self._chat.wait_event("connected")
        self._heard_at = time.monotonic()

    def talk(self, random: Random) -> None:
        """Say something, unless too much is under way."""
        self._look()
        if len(self._said) - self._acknowledged < _IN_FLIGHT:
            filler = LONG_TEXT if random.randrange(_ONE_IN) == 0 else random.randrange(60)
            self.say("x" * filler)

    def say(self, words: str) -> str:
        """Say a text that nobody else says and that was not said before; return it."""
        with self._lock:
            text = f"{self.name}.{self.start} {len(self._said)} {words}"
            if not self._over:
                self._said.append(text)
                with suppress(BrokenPipeError):  # it has just died
                    self._chat.say(text)
            return text

    def wait_acknowledged(self, seconds: float) -> None:
        """Wait until everything that it said is kept."""
        self._chat.wait(
            lambda events: _count(events, "acked") >= len(self._said), "acknowledgements", seconds
        )

    def wait_shown(self, texts: set[str], seconds: float) -> None:
        """Wait until it has shown all of these."""
        self._chat.wait(
            lambda events: texts <= {event["text"] for event in events[-1000:] if "text" in event},
            "what was said last",
            seconds,
        )
        self._look()

    def leave(self) -> int:
        """Leave in order; return the exit code."""
        try:
            return self._chat.leave()
        finally:
            self.gate.close()

    def kill(self) -> None:
        """Let it die with SIGKILL, wherever it is."""
        self._chat.process.kill()
        with self._lock:
            self._over = True
            self._chat.close()
        self.gate.close()

    def warnings(self) -> list[Event]:
        """Return every warning and error that it showed."""
        return [event for event in self._chat.events if event["event"] in ("warning", "error")]

    def account(self) -> Account:
        """Return what it did and saw."""
        events = self._chat.events
        sent = (event["id"] for event in events if _is(event, "sent"))
        texts = dict(zip(sent, self._said, strict=False))  # it may have died before it read all
        return Account(
            name=f"{self.name}.{self.start}",
            entered=self.gate.entered,
            said=tuple(self._said),
            acknowledged=frozenset(
                texts.get(event["id"], f"what {self.name} never said")
                for event in events
                if _is(event, "acked")
            ),
            shown=tuple(
                Shown(event["text"], event["seq"]) for event in events if _is(event, "message")
            ),
            stayed=not self._over,
        )

    def _look(self) -> None:
        """Count what is new since the last look, and how long nothing was heard."""
        events = self._chat.events[self._looked_at :]
        self._looked_at += len(events)
        self._acknowledged += _count(events, "acked")
        now = time.monotonic()
        self.silence = max(self.silence, now - self._heard_at)
        if _count(events, "message"):
            self._heard_at = now


def _is(event: Event, kind: str) -> bool:
    return bool(event["event"] == kind)


def _count(events: list[Event], kind: str) -> int:
    return sum(1 for event in events if _is(event, kind))
