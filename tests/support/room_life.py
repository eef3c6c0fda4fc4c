"""What people of a room tell each other over a relay, one after the other, until all have heard.

Everything secret is in a `Story`, and stays in this process and those of clients:
a relay that is run beside it is told nothing but where to listen.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TypeVar

from sussurro_client.address import Address
from sussurro_client.events import (
    Arrived,
    Connected,
    Departed,
    Event,
    Kept,
    Present,
    Received,
)
from sussurro_client.identity import Identity
from sussurro_client.key import RoomKey
from sussurro_client.member import Member
from sussurro_client.session import Session
from sussurro_wire.limits import MAX_NUMBER
from sussurro_wire.messages import Leave, Past, PastEnd, Who, WhoEnd
from tests.support.relay import DEADLINE, HOST, RoomSecret
from tests.support.relay import Member as BareMember

_HEARTBEAT_SECONDS = 600.0  # longer than any test: a PING more would be a byte more
_HISTORY = 50

EventKind = TypeVar("EventKind", bound=Event)


@dataclass(frozen=True, slots=True)
class Person:
    """A name, and the private half of an identity."""

    name: str
    identity: bytes


@dataclass(frozen=True, slots=True)
class Story:
    """The room's key, who is in it, and what they say in turn. The last one comes late."""

    key: str
    people: tuple[Person, ...]
    texts: tuple[str, ...]

    @property
    def room(self) -> str:
        """The room's public id."""
        return RoomKey.from_text(self.key).room

    @property
    def room_seed(self) -> bytes:
        """The private half of the room's id."""
        return RoomKey.from_text(self.key).signer.private_bytes_raw()


class Speaker:
    """One person's session. Its events belong to the lock of the condition."""

    def __init__(self, port: int, key: str, person: Person) -> None:
        identity = Identity.from_private_bytes(person.identity, kept=False)
        member = Member(RoomKey.from_text(key), identity, person.name)
        self.name = person.name
        self._events: list[Event] = []
        self._changed = threading.Condition()
        self._session = Session(
            Address(HOST, port),
            member,
            listener=self._hear,
            history=_HISTORY,
            heartbeat=_HEARTBEAT_SECONDS,
        )

    def enter(self) -> None:
        """Come in; return when inside, and told who is there."""
        self._session.start()
        self.wait(Connected, lambda _: True)
        self.wait(Present, lambda present: bool(present.people))

    def say(self, text: str) -> None:
        """Send a text; return when the relay has kept it."""
        sent = self._session.send(text)
        self.wait(Kept, lambda kept: kept.id == sent)

    def ask_who(self) -> None:
        """Ask who is here; return with the answer."""
        before = sum(isinstance(event, Present) for event in self._events)
        self._session.ask_who()
        self._wait_until(lambda: sum(isinstance(event, Present) for event in self._events) > before)

    def leave(self) -> None:
        """Say TT; return when out."""
        assert self._session.close(DEADLINE) == ()

    def wait(self, kind: type[EventKind], wanted: Callable[[EventKind], bool]) -> None:
        """Wait for such an event, from the beginning on."""
        self._wait_until(
            lambda: any(isinstance(event, kind) and wanted(event) for event in self._events)
        )

    def _wait_until(self, holds: Callable[[], bool]) -> None:
        with self._changed:
            if not self._changed.wait_for(holds, DEADLINE):
                raise AssertionError(f"did not hear it in time, but {self._events[-5:]}")

    def _hear(self, event: Event) -> None:
        with self._changed:
            self._events.append(event)
            self._changed.notify_all()


@contextmanager
def lived(port: int, story: Story) -> Iterator[None]:
    """Have the story told over a relay; inside the block all are there and all is said."""
    with ExitStack() as inside:
        first: list[Speaker] = []
        for person in story.people[:-1]:
            first.append(_come_in(port, story, person, first, inside))
        half = len(story.texts) // 2
        _talk(first, story.texts[:half])
        for speaker in first:
            speaker.ask_who()
        late = _come_in(port, story, story.people[-1], first, inside)
        for text in story.texts[:half]:
            late.wait(Received, lambda received, text=text: received.text == text)  # type: ignore[misc]
        _read_the_past(port, story)
        # Who hears a text has also heard that the reader of the past is gone.
        _talk([*first, late], story.texts[half:])
        yield


def _come_in(
    port: int, story: Story, person: Person, inside: list[Speaker], stack: ExitStack
) -> Speaker:
    """Let a person in, and out again at the end, each time until the others know."""
    speaker = Speaker(port, story.key, person)
    speaker.enter()
    for other in inside:
        other.wait(Arrived, lambda arrived: arrived.who.name == person.name)
    others = tuple(inside)

    def go() -> None:
        speaker.leave()
        for other in others:
            other.wait(Departed, lambda departed: departed.who.name == person.name)

    stack.callback(go)
    return speaker


def _talk(speakers: list[Speaker], texts: tuple[str, ...]) -> None:
    for number, text in enumerate(texts):
        speaker = speakers[number % len(speakers)]
        speaker.say(text)
        for other in speakers:
            if other is not speaker:
                other.wait(Received, lambda received, text=text: received.text == text)  # type: ignore[misc]


def _read_the_past(port: int, story: Story) -> None:
    """Ask the relay for older chunks and for who is here, as a bare member of the room."""
    with BareMember(port) as member:
        member.join(RoomSecret(int.from_bytes(story.room_seed, "big")))
        member.say(Past(MAX_NUMBER, _HISTORY))
        member.hear(PastEnd)
        member.say(Who())
        member.hear(WhoEnd)
        member.say(Leave())
        member.hear_rest()
