"""Honest members in a room of the lying relay, and what they are told and shown."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

from sussurro_client.address import Address
from sussurro_client.contents import Text
from sussurro_client.envelope import Sealer
from sussurro_client.events import Alert, Connected, Disconnected, Kept, Present, Received
from sussurro_client.member import Member
from sussurro_client.retry import RetryPolicy
from sussurro_client.room_folder import RoomFolder
from sussurro_client.session import Session
from tests.client.scenes import KEY, PATIENCE, Ears, member
from tests.support.lying_relay import Keeps, LyingRelay, Room, Says, Visit, keep, truth

MEMBERS = {
    "Ana": member("Ana", 1),
    "Bia": member("Bia", 2),
    "Caio": member("Caio", 3),
    "Davi": member("Davi", 4),
}


class Guest(Ears):
    """An honest member, and all that it hears."""

    def __init__(
        self, port: int, who: Member, *, history: int = 0, folder: RoomFolder | None = None
    ) -> None:
        super().__init__()
        self.name = who.name
        address = Address("127.0.0.1", port)
        self.session = Session(address, who, listener=self, history=history, folder=folder)
        # Pauses without chance: a quarter of a second, then twice as long each time.
        self.session._retry = RetryPolicy(lambda: 0.0)
        self.session.start()

    @property
    def shown(self) -> list[str]:
        """The texts that it was shown."""
        return [event.text for event in self.of(Received)]

    @property
    def told(self) -> list[str]:
        """Its warnings: the alarm, and whose message showed it where it says so."""
        alerts = self.of(Alert)
        return [f"{each.alarm} {each.who.name}" if each.who else f"{each.alarm}" for each in alerts]

    @property
    def ends(self) -> list[str]:
        """Why its connections ended."""
        return [event.reason for event in self.of(Disconnected)]

    @property
    def kept(self) -> list[str]:
        """The ids of what it was told to be kept."""
        return [event.id for event in self.of(Kept)]

    def fence(self) -> None:
        """Wait until all that was said to it so far has been heard, or its connection ended."""
        answers, ends = len(self.of(Present)), len(self.ends)
        self.session.ask_who()

        def is_over() -> bool:
            is_answered = len(self._of(Present)) > answers
            return is_answered or len(self._of(Disconnected)) > ends

        with self._changed:
            assert self._changed.wait_for(is_over, PATIENCE), f"no answer in {self._heard}"

    def come_in(self, times: int = 1) -> None:
        """Wait until it is in the room for so many times, and knows who is there."""
        self.wait(Connected, times)
        self.wait(Present, len(self._before_last_connection()) + 1)

    def close(self) -> None:
        self.session.close(0)
        self.session._thread.join(5)

    def _before_last_connection(self) -> list[Present]:
        heard = self.heard
        last = max(at for at, event in enumerate(heard) if isinstance(event, Connected))
        return [event for event in heard[:last] if isinstance(event, Present)]


class Scene:
    """A lying relay and its guests, who talk one at a time. For one thread."""

    def __init__(self, relay: LyingRelay) -> None:
        self.relay = relay
        self.guests: dict[str, Guest] = {}
        self._all: list[Guest] = []

    def join(self, *names: str, history: int = 0, folder: RoomFolder | None = None) -> None:
        """Let members come in, one after the other."""
        for name in names:
            guest = Guest(self.relay.port, MEMBERS[name], history=history, folder=folder)
            self._all.append(guest)
            self.guests[name] = guest
            guest.come_in()
            self.settle()

    def leave(self, name: str) -> None:
        """Let a member go, with its program."""
        self.guests.pop(name).close()
        self.settle()

    def say(self, name: str, *texts: str) -> None:
        """Let a member say texts, each once the one before is acknowledged and was heard."""
        for text in texts:
            guest = self.guests[name]
            guest.session.send(text)
            assert guest.session.wait_acknowledged(10), f"{name} got no ACK of {text}"
            self.settle()

    def settle(self) -> None:
        """Wait until everybody who is connected has heard all that was said to them."""
        here = self.relay.do(self.relay.present)
        for guest in self.guests.values():
            if guest.name in here:
                guest.fence()

    def burst(self, name: str, *texts: str) -> None:
        """Let a member say texts in one go, so that they are one chunk."""
        session = self.guests[name].session
        with session._lock:
            for text in texts:
                session._conversation.say(Text(text=text), time.time())
        session._waker.wake()
        assert session.wait_acknowledged(10), f"{name} got no ACK"
        self.settle()

    @contextmanager
    def away(self, name: str) -> Iterator[None]:
        """Break a member's connection, and let it back in at the end."""
        guest = self.guests[name]
        times = len(guest.of(Connected))

        def cut() -> None:
            self.relay.shut_out.add(name)
            self.relay.cut(name)

        self.relay.do(cut)
        guest.wait(Disconnected, len(guest.of(Disconnected)) + 1)
        yield
        self.relay.do(lambda: self.relay.shut_out.remove(name))
        guest.come_in(times + 1)
        self.settle()

    def room(self) -> Room:
        """Return the one room's log, for use within `relay.do`."""
        (room,) = self.relay.rooms.values()
        return room

    def lie(self, says: Says = truth, keeps: Keeps = keep) -> None:
        """Let the relay lie from now on."""

        def begin() -> None:
            self.relay.says, self.relay.keeps = says, keeps

        self.relay.do(begin)

    def visit_of(self, name: str) -> Visit:
        """Return a member's one connection, as the relay has it."""
        (visit,) = self.relay.do(lambda: self.relay.visits_of(name))
        return visit

    @property
    def told(self) -> dict[str, list[str]]:
        """Everybody's warnings, but of those who have none."""
        return {guest.name: guest.told for guest in self._all if guest.told}

    def close(self) -> None:
        for guest in self._all:
            guest.close()


@contextmanager
def scene() -> Iterator[Scene]:
    """Open the relay's doors; nobody is in yet, and it is honest."""
    with LyingRelay(name_of) as relay:
        opened = Scene(relay)
        try:
            yield opened
        finally:
            opened.close()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a play: the warnings and texts of each, and why connections ended."""

    told: dict[str, list[str]]
    shown: dict[str, list[str]]
    ends: dict[str, list[str]]


Play = Callable[[Scene], None]


def outcome(play: Play, says: Says = truth, keeps: Keeps = keep) -> Outcome:
    """Return what comes of a play with a lie, after the same play without it alarmed nobody."""
    _demand_peace(play)
    return perform(play, says, keeps)


@cache
def _demand_peace(play: Play) -> None:
    honest = perform(play)
    assert honest.told == {}, "the play itself alarms"


def perform(play: Play, says: Says = truth, keeps: Keeps = keep) -> Outcome:
    """Return what comes of a play."""
    with scene() as stage:
        stage.lie(says, keeps)
        play(stage)
        stage.settle()
        guests = stage.guests
        return Outcome(
            told=stage.told,
            shown={name: guest.shown for name, guest in guests.items()},
            ends={name: guest.ends for name, guest in guests.items() if guest.ends},
        )


def name_of(card: str) -> str:
    """Return whose card it is; empty: of nobody in the room."""
    try:
        return Sealer(KEY).open(card.encode("ascii")).envelope.name
    except Exception:  # noqa: BLE001 - of another room, perhaps
        return ""
