"""A room without a network, for tests of what the app shows."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone

from sussurro_client.acquaintances import Acquaintance, Acquaintances
from sussurro_client.app.abilities import Abilities
from sussurro_client.app.app import SussurroApp
from sussurro_client.app.clock import Clock
from sussurro_client.app.ports import Entrance, Invitation, Listener
from sussurro_client.contents import Content, Text
from sussurro_client.errors import ClientError, NotSentError
from sussurro_client.events import (
    Connected,
    Earlier,
    Event,
    Moved,
    Person,
    Present,
    Received,
    Standing,
)
from sussurro_client.files.transfers import FileRules
from sussurro_client.key import RoomKey
from sussurro_client.wishes import Wishes
from tests.client.files.stage import StageDoorway, StageSession

RELAY = "relay.example:5454"
ROOM_WORDS = "lusab-babad-dofur-gutih-tobok"
NOON = datetime(2026, 3, 9, 12, 0, tzinfo=timezone(timedelta(hours=-3)))
ANA = Person("Ana", b"c" * 32)
JOAO = Person("João", b"h" * 32)
BIA = Person("Bia", b"b" * 32)


def own_id(words: str) -> str:
    """Return an id as messages have them: a digest in hexadecimal, the same for the same words."""
    return hashlib.sha256(words.encode()).hexdigest()


@dataclass
class FakeClock:
    """Stands still until told otherwise."""

    seconds: float = NOON.timestamp()

    def clock(self) -> Clock:
        return Clock(lambda: self.seconds, lambda: self.seconds, NOON.tzinfo)


@dataclass
class FakeSession:
    """Does what `Room` promises, and keeps what it was asked."""

    listener: Listener
    name: str
    people: tuple[Person, ...] = ()
    sent: list[str] = field(default_factory=list)
    said: list[Content] = field(default_factory=list)
    whispered: list[tuple[Person, Content]] = field(default_factory=list)
    pages_asked: list[int] = field(default_factory=list)
    has_earlier: bool = False
    undelivered: tuple[str, ...] = ()
    refusal: str = ""
    whos: int = 0
    closes: int = 0
    is_started: bool = False
    on_close: Callable[[], object] = lambda: None
    met: Acquaintances = field(init=False)

    def __post_init__(self) -> None:
        self.met = Acquaintances(Person(self.name, BIA.key))

    @property
    def acquaintances(self) -> tuple[Acquaintance, ...]:
        return tuple(self.met)

    def standing(self, person: Person) -> Standing:
        return self.met.standing(person)

    def trust(self, person: Person) -> None:
        self.met.trust(person)

    def start(self) -> None:
        self.is_started = True

    def send(self, text: str, timeout: float | None = None) -> str:
        assert timeout == 0, "the app must not wait"
        if self.refusal:
            raise NotSentError(self.refusal)
        self.sent.append(text)
        return own_id(f"sent {len(self.sent)}")

    def say(self, content: Content, timeout: float | None = None) -> str:
        assert timeout == 0, "the app must not wait"
        if self.refusal:
            raise NotSentError(self.refusal)
        self.said.append(content)
        return own_id(f"said {len(self.said)}")

    def whisper(self, person: Person, content: Content, timeout: float | None = None) -> str:
        message_id = self.say(content, timeout)
        self.whispered.append((person, content))
        return message_id

    def ask_earlier(self, messages: int) -> bool:
        self.pages_asked.append(messages)
        return self.has_earlier

    def ask_who(self) -> None:
        self.whos += 1

    def close(self, timeout: float = 2.0) -> tuple[str, ...]:
        assert timeout >= 0
        self.on_close()
        self.closes += 1
        return self.undelivered

    def meet(self, *people: Person) -> None:
        for person in people:
            self.met.meet(person)

    def tell(self, event: Event) -> None:
        for each in event.events if isinstance(event, Earlier) else (event,):
            if isinstance(each, Received) and each.sender.key != BIA.key:
                self._meet_as(each.sender, each.standing)
        self.listener(event)

    def _meet_as(self, person: Person, standing: Standing) -> None:
        """Know of whoever says something what the session knows before it tells that."""
        if standing is Standing.CHANGED:
            self.meet(Person(person.name, b"whose name it was".ljust(32)))
        self.meet(person)
        if standing is Standing.VERIFIED:
            self.trust(person)

    def let_in(self, *people: Person) -> None:
        self.people = people
        self.meet(*people)
        self.tell(Connected(RELAY, len(people)))
        self.tell(Present(people, len(people)))


@dataclass
class FakeDoorway:
    """Does what `Doorway` promises; ``refusal`` is why it does not."""

    on_open: Callable[[FakeSession], None]
    sessions: list[FakeSession] = field(default_factory=list)
    followed: list[Moved] = field(default_factory=list)
    refusal: str = ""
    muted: bool = False
    keeps: bool = True
    files: StageDoorway = field(default_factory=StageDoorway)

    def open(self, name: str, listener: Listener) -> FakeSession:
        session = FakeSession(listener, name)
        self.on_open(session)
        self.sessions.append(session)
        return session

    def open_file(self, key: RoomKey, name: str, listener: Listener, history: int) -> StageSession:
        return self.files.open_file(key, name, listener, history)

    def follow(self, moved: Moved) -> None:
        if self.refusal:
            raise ClientError(self.refusal)
        self.followed.append(moved)

    def is_muted(self) -> bool:
        return self.muted

    def mute(self, *, is_muted: bool) -> bool:
        if self.keeps:
            self.muted = is_muted
        return self.keeps


@dataclass
class Stage:
    """An app over fake sessions."""

    app: SussurroApp
    doorway: FakeDoorway
    clock: FakeClock

    @property
    def sessions(self) -> list[FakeSession]:
        return self.doorway.sessions

    @property
    def session(self) -> FakeSession:
        return self.sessions[-1]


def stage(
    name: str = "Bia",
    notices: tuple[str, ...] = (),
    *,
    attached: bool = False,
    on_open: Callable[[FakeSession], None] = lambda _session: None,
    wishes: Wishes | None = None,
    abilities: Abilities | None = None,
    muted: bool = False,
    rules: FileRules | None = None,
) -> Stage:
    """Make an app whose session is in the test's hands."""
    clock = FakeClock()
    doorway = FakeDoorway(on_open, muted=muted)
    invitation = Invitation(
        name,
        BIA.key,
        ROOM_WORDS,
        RELAY,
        notices,
        attached,
        wishes=wishes or Wishes(),
        rules=rules,
    )
    app = SussurroApp([Entrance(doorway, invitation)], clock.clock(), abilities)
    return Stage(app, doorway, clock)


def said(who: Person, text: str, minute: int = 0, standing: Standing = Standing.KNOWN) -> Received:
    """Return a message said at so many minutes past twelve."""
    at = NOON.astimezone(UTC) + timedelta(minutes=minute)
    return Received(
        sender=who,
        content=Text(text=text),
        id=own_id(f"{who.name} {minute} {text}"),
        seq=minute,
        at=int(at.timestamp() * 1000),
        standing=standing,
        live=True,
    )
