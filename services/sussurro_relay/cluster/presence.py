"""Who is at which relay, told among the relays over plain NATS messages.

Each relay says who comes to it and who goes, gives a sign of life at every
heartbeat, and answers who is there. Whatever gets lost is found by the numbers
in it. A relay that is silent for three heartbeats is taken for dead.
"""

import asyncio
import secrets
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from nats.aio.msg import Msg
from nats.aio.subscription import Subscription

from sussurro_relay import journal
from sussurro_relay.cluster import rumour
from sussurro_relay.cluster.bus import BUS_ERRORS, Bus
from sussurro_relay.cluster.elsewhere import Elsewhere
from sussurro_relay.cluster.rumour import News, Question, Request, RumourError, Sign
from sussurro_relay.room import Room
from sussurro_wire.messages import Gone, Here

_ALL, _TO, _ROOM = "presence.relay", "presence.to.", "presence.room."
_TURNS = 2  # in a heartbeat
# Found out within three heartbeats: looked for at every turn, and silent for a turn less.
_SILENT_TURNS = 3 * _TURNS - 1
# A room's number is told again at each turn for so long after something happened there ...
_NEWS_TURNS = 6
# ... and then this often, should all of that have been lost.
_QUIET_TURNS = 30
# Arrivals and departures in a room between its first member and its last.
_LIFE_BITS = 24


class _Place:
    """A room that somebody here is in."""

    __slots__ = ("answered", "asked", "elsewhere", "room", "subscription", "turns", "version")

    def __init__(self, room: Room, version: int) -> None:
        self.room = room
        self.elsewhere = Elsewhere()
        self.subscription: Subscription | None = None
        self.version = version  # rises with each who comes or goes here
        self.turns = 0  # since the last of them
        # Relays, since the last turn: a roster may be long, and more may be missing at once.
        self.asked: set[str] = set()
        self.answered: set[str] = set()


class Presence:
    """One relay among the others. The four of `Neighbours` and `start` are for any thread."""

    def __init__(self, bus: Bus, heartbeat_seconds: float) -> None:
        self._bus = bus
        self._turn_seconds = heartbeat_seconds / _TURNS
        self._me = secrets.token_hex(8)
        self._places: dict[str, _Place] = {}
        self._silent: dict[str, int] = {}  # turns since another relay was heard
        self._life = 0  # of rooms, counted together
        self._is_started = False
        self.bad_messages = 0

    @property
    def peers(self) -> int:
        """How many other relays are heard."""
        return len(self._silent)

    def start(self) -> None:
        """Begin with the bus; called before it is started."""
        self._bus.when_connected(self._connected)

    def opened(self, room: Room) -> None:
        """Follow a room from now on."""
        self._bus.call_soon(self._open, room)

    def entered(self, room: Room, session: str, card: str) -> None:
        """Tell the other relays of an arrival."""
        self._bus.call_soon(self._tell, room, Here(session, card))

    def left(self, room: Room, session: str, reason: str) -> None:
        """Tell the other relays of a departure."""
        self._bus.call_soon(self._tell, room, Gone(session, reason))

    def closed(self, room: Room) -> None:
        """Follow a room no more."""
        self._bus.call_soon(self._close, room)

    async def end(self) -> None:
        """Say goodbye to the other relays; in the thread of the bus."""
        with suppress(*BUS_ERRORS):
            await self._bus.publish(_ALL, rumour.write_sign(Sign(self._me, is_here=False)))

    # The thread of the bus.

    def _connected(self) -> None:
        # Nobody is dead who was silent while nobody could be heard.
        self._silent = dict.fromkeys(self._silent, 0)
        if self._is_started:
            for place in self._places.values():
                self._say(_ROOM + place.room.id, rumour.write_question(self._me))
        else:
            self._is_started = True
            self._bus.spawn(self._begin())

    async def _begin(self) -> None:
        await self._subscribe(_ALL, self._hear_sign)
        await self._subscribe(_TO + self._me, self._hear_relay)
        while True:
            self._take_turn()
            await asyncio.sleep(self._turn_seconds)

    async def _subscribe(self, subject: str, hear: Callable[[bytes], None]) -> Subscription:
        async def take(message: Msg) -> None:
            try:
                hear(message.data)
            except RumourError:
                self.bad_messages += 1

        while True:
            try:
                return await self._bus.subscribe(subject, take)
            except BUS_ERRORS:
                await asyncio.sleep(self._turn_seconds)

    def _say(self, subject: str, message: bytes) -> None:
        self._bus.spawn(self._publish(subject, message))

    async def _publish(self, subject: str, message: bytes) -> None:
        with suppress(*BUS_ERRORS):  # the numbers tell
            await self._bus.publish(subject, message)

    def _take_turn(self) -> None:
        if not self._bus.is_connected():
            return
        self._say(_ALL, rumour.write_sign(Sign(self._me, is_here=True)))
        for relay in tuple(self._silent):
            self._silent[relay] += 1
            if self._silent[relay] > _SILENT_TURNS:
                self._lose(relay)
        for place in self._places.values():
            place.turns += 1
            place.asked.clear()
            place.answered.clear()
            if place.turns <= _NEWS_TURNS or place.turns % _QUIET_TURNS == 0:
                self._tell_version(place)
            for relay in place.elsewhere.unsure():
                self._ask(relay, place)

    def _tell_version(self, place: _Place) -> None:
        news = News(self._me, place.version, None)
        self._say(_ROOM + place.room.id, rumour.write_news(news))

    def _ask(self, relay: str, place: _Place) -> None:
        if relay not in place.asked:
            place.asked.add(relay)
            self._say(_TO + relay, rumour.write_request(self._me, place.room.id))

    # Rooms.

    def _open(self, room: Room) -> None:
        self._forget(room.id)
        # Above whatever was said of the room when somebody was in it before.
        self._life += 1
        place = self._places[room.id] = _Place(room, self._life << _LIFE_BITS)
        self._bus.spawn(self._follow(place))

    async def _follow(self, place: _Place) -> None:
        room_id = place.room.id
        place.subscription = await self._subscribe(_ROOM + room_id, partial(self._hear_room, place))
        if self._places.get(room_id) is place:
            self._say(_ROOM + room_id, rumour.write_question(self._me))
        else:  # closed meanwhile
            await self._unsubscribe(place.subscription)

    def _close(self, room: Room) -> None:
        place = self._places.get(room.id)
        if place is not None and place.room is room:
            self._forget(room.id)

    def _forget(self, room_id: str) -> None:
        place = self._places.pop(room_id, None)
        if place is not None and place.subscription is not None:
            self._bus.spawn(self._unsubscribe(place.subscription))

    @staticmethod
    async def _unsubscribe(subscription: Subscription) -> None:
        with suppress(*BUS_ERRORS):
            await subscription.unsubscribe()

    def _tell(self, room: Room, what: Here | Gone) -> None:
        place = self._places.get(room.id)
        if place is not None and place.room is room:
            place.version += 1
            place.turns = 0
            news = News(self._me, place.version, what)
            self._say(_ROOM + room.id, rumour.write_news(news))

    # What is heard.

    def _hear_sign(self, payload: bytes) -> None:
        sign = rumour.read_sign(payload)
        if sign.is_here:
            self._note_heard(sign.relay)
        else:
            self._lose(sign.relay)

    def _hear_room(self, place: _Place, payload: bytes) -> None:
        said = rumour.read_in_room(payload)
        if not self._note_heard(said.relay) or self._places.get(place.room.id) is not place:
            return
        if isinstance(said, Question):
            self._answer(said.relay, place)
        else:
            self._apply(place, place.elsewhere.hear(said))
            if said.relay in place.elsewhere.unsure():
                self._ask(said.relay, place)

    def _hear_relay(self, payload: bytes) -> None:
        said = rumour.read_to_relay(payload)
        place = self._places.get(said.room)
        if not self._note_heard(said.relay):
            return
        if isinstance(said, Request):
            if place is not None:
                self._answer(said.relay, place)
            else:
                nobody = rumour.write_parts(self._me, said.room, (self._life + 1) << _LIFE_BITS, ())
                for part in nobody:
                    self._say(_TO + said.relay, part)
        elif place is not None:
            self._apply(place, place.elsewhere.answer(said))

    def _answer(self, relay: str, place: _Place) -> None:
        if relay in place.answered:
            return
        place.answered.add(relay)
        members = place.room.own_members()
        for part in rumour.write_parts(self._me, place.room.id, place.version, members):
            self._say(_TO + relay, part)

    @staticmethod
    def _apply(place: _Place, news: list[Here | Gone]) -> None:
        for each in news:
            if isinstance(each, Here):
                place.room.enter_elsewhere(each)
            else:
                place.room.leave_elsewhere(each)

    def _note_heard(self, relay: str) -> bool:
        """Take a sign of life; return whether it is another's."""
        if relay == self._me:
            return False
        if relay not in self._silent:
            journal.note("peer_joined", peers=len(self._silent) + 1)
        self._silent[relay] = 0
        return True

    def _lose(self, relay: str) -> None:
        if self._silent.pop(relay, None) is None:
            return
        journal.note("peer_lost", peers=len(self._silent))
        for place in self._places.values():
            self._apply(place, place.elsewhere.lose(relay))
