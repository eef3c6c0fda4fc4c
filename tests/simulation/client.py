"""A client: the real conversation, with the hands of a session that are the simulation's."""

import re
from random import Random
from typing import TYPE_CHECKING

from sussurro_client.contents import Text
from sussurro_client.conversation import Conversation
from sussurro_client.events import Alarm, Alert, Connected, Event, Kept, Received
from tests.simulation.edges import Key, member
from tests.simulation.link import Link

if TYPE_CHECKING:
    from tests.simulation.world import World

HEARTBEAT = 20.0
_WELCOME = re.compile(rb"^WELCOME [^ ]+ [0-9]+ ([0-9]+)", re.MULTILINE)


class Client:
    """One run of one member, from its start to its end."""

    def __init__(self, world: "World", number: int, run: int) -> None:
        self.name = f"client {number}/{run}"
        self.number = number
        self.run = b"run-%04d" % run
        self.history = world.random.choice((0, 0, 3, 30))
        self.shown: list[Received] = []
        self.kept: list[str] = []
        self.said: list[str] = []
        self.alarms: list[Alert] = []
        self.begins_at: int | None = None  # the first chunk that it must show
        self.is_leaving = False
        self.link: Link | None = None
        self._world = world
        self._unsent = memoryview(b"")
        self._first_words = bytearray()
        self._heard_at = 0.0
        self._asked = False
        key: Key = world.key
        self.conversation = Conversation(
            member(key, number), self.run, "relay", self._hear, history=self.history
        )

    # One thing that a session does.

    def step(self, random: Random) -> None:
        """Write, or read a piece of any length."""
        link = self._find_link()
        if link is None:
            return
        if random.random() < 0.02:
            self.conversation.ask_who()
        if random.random() < 0.4:
            self.write(link, random.choice((1, 200, 100_000)))
        else:
            self.read(link, random.choice(self._world.pieces))

    def catch_up(self) -> None:
        """Write and read whatever can be."""
        link = self._find_link()
        if link is not None:
            self.write(link, 100_000)
        if link is not None and self.link is link:
            self.read(link, 100_000)

    def say(self, text: str) -> None:
        """Say something."""
        identity = self.conversation.say(Text(text=text), self._world.now)
        self.said.append(identity)
        self._world.texts[identity] = text
        self._world.note("{} says {} as {}", self.name, text, identity)

    def tick(self, now: float) -> None:
        """Ask the relay for a sign of life, or give it up."""
        if self.link is None:
            return
        silence = now - self._heard_at
        if silence > 2 * HEARTBEAT:
            self._world.note("{} gives its silent relay up", self.name)
            self.drop(gently=self._world.random.random() < 0.5)
        elif silence > HEARTBEAT and not self._asked:
            self._asked = True
            self.conversation.ping("alive")

    def drop(self, *, gently: bool) -> None:
        """Close the connection: what was sent may still arrive, or not."""
        link, self.link = self.link, None
        if link is not None:
            link.down.data.clear()
            if gently:
                link.up.is_ended = True
            else:
                link.cut()

    def write(self, link: Link, room: int) -> None:
        """Give the network what the conversation has to say."""
        if self.is_leaving:
            self.conversation.leave()
        if not self._unsent:
            self._unsent = memoryview(self.conversation.outgoing(self._world.now, room))
        size = link.up.write(self._unsent)
        self._unsent = self._unsent[size:]

    def read(self, link: Link, size: int) -> None:
        """Take what the network brings."""
        if link.is_dark:
            return
        data = link.down.read(size)
        if data:
            self._heard_at, self._asked = self._world.now, False
            if self.begins_at is None:
                self._first_words += data
            self._world.note("{} hears {}", self.name, data)
            self.conversation.receive(data, self._world.now)
        elif link.down.is_ended:
            self._world.note("{} finds its connection ended", self.name)
            self.drop(gently=True)

    def _find_link(self) -> Link | None:
        if self.link is not None and self.link.is_cut:
            self.link = None
        if self.link is None and not self.is_leaving:
            self.conversation.begin()
            self._unsent = memoryview(b"")
            self._first_words.clear()
            self._heard_at, self._asked = self._world.now, False
            self.link = self._world.connect(self)
        return self.link

    def _hear(self, event: Event) -> None:
        match event:
            case Connected() if self.begins_at is None:
                found = _WELCOME.search(self._first_words)
                assert found is not None, "Connected before any WELCOME"
                self.begins_at = int(found[1])
            case Received():
                self.shown.append(event)
            case Kept():
                self._world.judge_kept(self, event.id)
                self.kept.append(event.id)
            case Alert():
                self.alarms.append(event)
                if event.alarm is not Alarm.GAP or not self._world.log.forgotten:
                    self._world.fail(f"{self.name} is told of {event.alarm} without a cause")
