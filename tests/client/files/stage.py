"""A doorway whose sessions are in the test's hands."""

import threading
from collections.abc import Callable

from sussurro_client.contents import Content, Part
from sussurro_client.errors import NotSentError
from sussurro_client.events import (
    Alarm,
    Alert,
    Connected,
    Disconnected,
    Event,
    Kept,
    Person,
    Received,
    Standing,
)
from sussurro_client.key import RoomKey
from tests.client.scenes import wait_until


class StageSession:
    """A session that says nothing by itself; the test tells what it hears."""

    def __init__(self, listener: Callable[[Event], None], room: str, history: int) -> None:
        self.tell = listener
        self.room = room
        self.history = history
        self.said: list[Content] = []
        self.asked: list[int] = []
        self.has_earlier = False
        self.keeps_at_once = False
        self.started = threading.Event()
        self.is_closed = False

    def start(self) -> None:
        self.started.set()

    def say(self, content: Content, timeout: float | None = None) -> str:  # noqa: ARG002
        if self.is_closed:
            raise NotSentError("It has ended.")
        self.said.append(content)
        message_id = f"{len(self.said)}"
        if self.keeps_at_once:
            threading.Thread(target=self.tell, args=(Kept(message_id, 1),)).start()
        return message_id

    def ask_earlier(self, messages: int) -> bool:
        self.asked.append(messages)
        return self.has_earlier

    def close(self, timeout: float = 2.0) -> tuple[str, ...]:  # noqa: ARG002
        self.is_closed = True
        return ()

    # What the test does.

    @property
    def parts(self) -> list[int]:
        return [content.number for content in self.said if isinstance(content, Part)]

    def let_in(self) -> None:
        self.tell(Connected("relay:1", 1))

    def lose(self, reason: str = "lost", retry_in: float | None = 1.0) -> None:
        self.tell(Disconnected("relay:1", reason, "", retry_in))

    def forget(self) -> None:
        self.tell(Alert(Alarm.GAP))

    def keep(self, *numbers: int) -> None:
        for number in numbers:
            self.tell(Kept(str(number), number))

    def hear(self, content: Content, sender: bytes) -> None:
        self.tell(received(content, sender))

    def wait_parts(self, count: int) -> None:
        wait_until(lambda: len(self.parts) >= count)


class StageDoorway:
    """Opens sessions that are in the test's hands."""

    def __init__(self) -> None:
        self.sessions: list[StageSession] = []

    def open_file(
        self, key: RoomKey, name: str, listener: Callable[[Event], None], history: int
    ) -> StageSession:
        assert name
        session = StageSession(listener, key.room, history)
        self.sessions.append(session)
        return session

    def session(self, number: int = 0) -> StageSession:
        """Return a session, once it is started."""
        wait_until(lambda: len(self.sessions) > number and self.sessions[number].started.is_set())
        return self.sessions[number]


def received(content: Content, sender: bytes) -> Received:
    return Received(Person("Bia", sender), content, "m", 1, 0, Standing.KNOWN, live=True)
