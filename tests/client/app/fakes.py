"""A room without a network, for tests of what the app shows."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone

from sussurro_client.app.app import SussurroApp
from sussurro_client.app.clock import Clock
from sussurro_client.app.ports import Invitation, Listener
from sussurro_client.errors import NotSentError
from sussurro_client.events import Connected, Event, Person, Present, Received

RELAY = "relay.example:5454"
ROOM_WORDS = "lusab-babad-dofur-gutih-tobok"
NOON = datetime(2026, 3, 9, 12, 0, tzinfo=timezone(timedelta(hours=-3)))
ANA = Person("Ana", b"c" * 32)
JOAO = Person("João", b"h" * 32)
BIA = Person("Bia", b"b" * 32)


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
    undelivered: tuple[str, ...] = ()
    refusal: str = ""
    whos: int = 0
    closes: int = 0
    is_started: bool = False

    def start(self) -> None:
        self.is_started = True

    def send(self, text: str, timeout: float | None = None) -> str:
        assert timeout == 0, "the app must not wait"
        if self.refusal:
            raise NotSentError(self.refusal)
        self.sent.append(text)
        return f"own-{len(self.sent)}"

    def ask_who(self) -> None:
        self.whos += 1

    def close(self, timeout: float = 2.0) -> tuple[str, ...]:
        assert timeout >= 0
        self.closes += 1
        return self.undelivered

    def tell(self, event: Event) -> None:
        self.listener(event)

    def let_in(self, *people: Person) -> None:
        self.people = people
        self.tell(Connected(RELAY, len(people)))
        self.tell(Present(people, len(people)))


@dataclass
class Stage:
    """An app over a fake session."""

    app: SussurroApp
    sessions: list[FakeSession]
    clock: FakeClock

    @property
    def session(self) -> FakeSession:
        return self.sessions[-1]


def stage(
    name: str = "Bia",
    notices: tuple[str, ...] = (),
    *,
    attached: bool = False,
    on_open: Callable[[FakeSession], None] = lambda _session: None,
) -> Stage:
    """Make an app whose session is in the test's hands."""
    sessions: list[FakeSession] = []
    clock = FakeClock()

    def open_session(chosen: str, listener: Listener) -> FakeSession:
        session = FakeSession(listener, chosen)
        on_open(session)
        sessions.append(session)
        return session

    invitation = Invitation(name, ROOM_WORDS, RELAY, notices, attached)
    app = SussurroApp(open_session, invitation, clock.clock())
    return Stage(app, sessions, clock)


def said(who: Person, text: str, minute: int = 0, *, verified: bool = True) -> Received:
    """Return a message said at so many minutes past twelve."""
    at = NOON.astimezone(UTC) + timedelta(minutes=minute)
    return Received(
        sender=who,
        text=text,
        id=f"{who.name}-{minute}",
        seq=minute,
        at=int(at.timestamp() * 1000),
        verified=verified,
        live=True,
    )
