"""Some members of a crowd, each a session of the client's library, in a process of its own.

`tests.support.crowd` starts it and tells it by lines when to go on; what it has to
tell are lines of JSON.
"""

import json
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from sussurro_client.address import Address
from sussurro_client.collecting import collect_rarely
from sussurro_client.errors import NotSentError
from sussurro_client.events import Alert, Connected, Event, Kept, Received
from sussurro_client.identity import Identity
from sussurro_client.key import RoomKey
from sussurro_client.member import Member
from sussurro_client.session import Session

ENTER_SECONDS = 60.0
CATCH_UP_SECONDS = 90.0
_HEARTBEAT_SECONDS = 5.0
_FILLER = "x" * 60
_LAST_WORD = "my last word"


@dataclass(slots=True)
class _Talker:
    """One member and its account. What it hears belongs to its session's thread."""

    name: str
    said: dict[str, str] = field(default_factory=dict)  # texts by the ids of their messages
    kept: list[str] = field(default_factory=list)  # ids
    shown: list[tuple[str, int]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    is_in: threading.Event = field(default_factory=threading.Event)
    changed: threading.Condition = field(default_factory=threading.Condition)
    last_words: set[str] = field(default_factory=set)
    heard_at: float = 0.0
    silence: float = 0.0

    def hear(self, event: Event) -> None:
        """Take note of an event; in the session's thread."""
        match event:
            case Connected():
                self.is_in.set()
            case Kept():
                self.kept.append(event.id)
            case Alert():
                self.warnings.append(str(event))
            case Received():
                self.look()
                self.heard_at = time.monotonic()
                self.shown.append((event.text, event.seq))
                if event.text.endswith(_LAST_WORD):
                    with self.changed:
                        self.last_words.add(event.text)
                        self.changed.notify_all()

    def look(self) -> None:
        """See how long it has been silent."""
        if self.heard_at:
            self.silence = max(self.silence, time.monotonic() - self.heard_at)

    def say(self, session: Session, words: str) -> str:
        """Say a text that is said once, unless too much is under way; return it."""
        text = f"{self.name} {len(self.said)} {words}"
        with suppress(NotSentError):
            self.said[session.send(text, timeout=0)] = text
        return text

    def account(self) -> dict[str, Any]:
        """Return what it did and saw."""
        return {
            "name": self.name,
            "said": list(self.said.values()),
            "acknowledged": [self.said.get(id_, f"message {id_}") for id_ in self.kept],
            "shown": self.shown,
            "warnings": self.warnings,
            "silence": self.silence,
        }


class _Crowd:
    """All of this process."""

    def __init__(self, port: int, key: str, rate: float, names: list[str]) -> None:
        room = RoomKey.from_text(key)
        self._rate = rate
        self._talkers = [_Talker(name) for name in names]
        self._sessions = [
            Session(
                Address("127.0.0.1", port),
                Member(room, Identity.new(), talker.name),
                listener=talker.hear,
                heartbeat=_HEARTBEAT_SECONDS,
            )
            for talker in self._talkers
        ]
        self._is_over = threading.Event()

    def enter(self) -> bool:
        """Enter with everybody; return whether all are in."""
        for session in self._sessions:
            session.start()
        deadline = time.monotonic() + ENTER_SECONDS
        return all(talker.is_in.wait(deadline - time.monotonic()) for talker in self._talkers)

    def talk(self) -> None:
        """Let everybody speak at the rate, one after the other, until it is over."""
        pause = 1 / (self._rate * len(self._talkers))
        due = time.monotonic()
        while True:
            for talker, session in zip(self._talkers, self._sessions, strict=True):
                due += pause
                if self._is_over.wait(max(due - time.monotonic(), 0)):
                    return
                talker.say(session, _FILLER)

    def end(self) -> None:
        """Let nobody begin to speak any more."""
        self._is_over.set()

    def last_words(self) -> list[str]:
        """Let everybody say one thing more, and wait until all is kept that was said."""
        for talker in self._talkers:
            talker.look()
        deadline = time.monotonic() + CATCH_UP_SECONDS
        words = []
        for talker, session in zip(self._talkers, self._sessions, strict=True):
            session.wait_acknowledged(deadline - time.monotonic())
            words.append(talker.say(session, _LAST_WORD))
        for session in self._sessions:
            session.wait_acknowledged(deadline - time.monotonic())
        return words

    def hear_out(self, words: set[str]) -> None:
        """Wait until everybody has been shown everybody else's last word, and leave."""
        deadline = time.monotonic() + CATCH_UP_SECONDS
        for talker in self._talkers:
            others = {word for word in words if not word.startswith(f"{talker.name} ")}
            with talker.changed:
                talker.changed.wait_for(
                    lambda: others <= talker.last_words,  # noqa: B023 - called here
                    deadline - time.monotonic(),
                )
        for session in self._sessions:
            session.close()

    def accounts(self) -> list[dict[str, Any]]:
        """Return what everybody did and saw."""
        return [talker.account() for talker in self._talkers]


def _tell(what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Do as the lines say."""
    port, key, rate, *names = sys.argv[1:]
    collect_rarely()
    crowd = _Crowd(int(port), key, float(rate), names)
    _tell(crowd.enter())
    sys.stdin.readline()
    talking = threading.Thread(target=crowd.talk)
    talking.start()
    sys.stdin.readline()
    crowd.end()
    talking.join()
    _tell(crowd.last_words())
    crowd.hear_out(set(json.loads(sys.stdin.readline())))
    _tell(crowd.accounts())


if __name__ == "__main__":
    main()
