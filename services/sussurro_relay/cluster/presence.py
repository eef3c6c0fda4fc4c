"""Who is at which relay, told among the relays over plain NATS messages.

Each relay says who comes to it and who goes, gives a sign of life at every
heartbeat, and answers who is there. Whatever gets lost is found by the numbers
in it. A relay that is silent for three heartbeats is taken for dead.
"""

import asyncio
import secrets
from collections import deque
from collections.abc import Callable
from functools import partial

from sussurro_relay import journal
from sussurro_relay.cluster import rumour
from sussurro_relay.cluster.bus import Bus
from sussurro_relay.cluster.chatter import Chatter
from sussurro_relay.cluster.place import NEWS_TURNS, Place
from sussurro_relay.cluster.rumour import Greeting, News, Question, Request, Sign
from sussurro_relay.room import Room
from sussurro_wire.messages import Gone, Here

_ALL, _TO, _ROOM = "presence.relay", "presence.to.", "presence.room."
_TURNS = 2  # in a heartbeat
# Found out within three heartbeats: looked for at every turn, and silent for a turn less.
_SILENT_TURNS = 3 * _TURNS - 1
# Arrivals and departures in a room between its first member and its last.
_LIFE_BITS = 24
# How long the first who enters a room waits to be told who is there already.
_GATHER_SECONDS = 0.1
# Relays that have said goodbye; of what they had said before, some may come after it.
_MOST_DEPARTED = 100


class Presence:
    """One relay among the others. What is in `Neighbours` and `start` are for any thread."""

    def __init__(self, bus: Bus, heartbeat_seconds: float) -> None:
        self._bus = bus
        self._turn_seconds = heartbeat_seconds / _TURNS
        self._chatter = Chatter(bus, self._turn_seconds)
        self._me = secrets.token_hex(8)
        self._places: dict[str, Place] = {}
        # Rooms that nobody here is in any more: the last number, and for how many turns to tell it.
        self._closed: dict[str, tuple[int, int]] = {}
        self._silent: dict[str, int] = {}  # turns since another relay was heard
        self._departed: deque[str] = deque(maxlen=_MOST_DEPARTED)
        self._life = 0  # of rooms, counted together
        self._is_started = False

    @property
    def bad_messages(self) -> int:
        """How many messages were heard that no relay says."""
        return self._chatter.bad_messages

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

    def gather(self, room: Room, done: Callable[[], None]) -> None:
        """Call ``done``, in whatever thread, once others have said who is in the room."""
        self._bus.call_soon(self._gather, room, done)

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
        await self._chatter.tell(_ALL, rumour.write_sign(Sign(self._me, is_here=False)))

    # The thread of the bus.

    def _connected(self) -> None:
        # Nobody is dead who was silent while nobody could be heard.
        self._silent = dict.fromkeys(self._silent, 0)
        if self._is_started:
            self._chatter.say(_ALL, rumour.write_sign(Sign(self._me, is_here=True)))
            for place in self._places.values():
                place.tell_again()
                place.elsewhere.doubt()
                self._ask_all(place)
        else:
            self._is_started = True
            self._bus.spawn(self._begin())

    async def _begin(self) -> None:
        await self._chatter.hear(_ALL, self._hear_sign)
        await self._chatter.hear(_TO + self._me, self._hear_relay)
        while True:
            self._take_turn()
            await asyncio.sleep(self._turn_seconds)

    def _take_turn(self) -> None:
        if not self._bus.is_connected():
            return
        self._chatter.say(_ALL, rumour.write_sign(Sign(self._me, is_here=True)))
        for relay in tuple(self._silent):
            self._silent[relay] += 1
            if self._silent[relay] > _SILENT_TURNS:
                self._lose(relay)
        for place in self._places.values():
            if place.take_turn():
                self._tell_version(place.room.id, place.version)
            for relay in place.elsewhere.unsure():
                self._ask(relay, place)
        self._closed = {
            room_id: (version, turns - 1)
            for room_id, (version, turns) in self._closed.items()
            if turns
        }
        for room_id, (version, _) in self._closed.items():
            self._tell_version(room_id, version)

    def _tell_version(self, room_id: str, version: int) -> None:
        news = News(self._me, version, None)
        self._chatter.say(_ROOM + room_id, rumour.write_news(news))

    def _ask(self, relay: str, place: Place) -> None:
        if relay not in place.asked:
            place.asked.add(relay)
            self._chatter.say(_TO + relay, rumour.write_request(self._me, place.room.id))

    def _ask_all(self, place: Place) -> None:
        """Ask every relay, those too that are not heard yet."""
        self._chatter.say(_ROOM + place.room.id, rumour.write_question(self._me))
        for relay in self._silent:
            self._ask(relay, place)

    # Rooms.

    def _open(self, room: Room) -> None:
        self._forget(room.id)
        self._closed.pop(room.id, None)
        # Above whatever was said of the room when somebody was in it before.
        self._life += 1
        place = self._places[room.id] = Place(room, self._life << _LIFE_BITS)
        self._bus.spawn(self._follow(place))
        self._bus.call_later(_GATHER_SECONDS, place.be_gathered)

    async def _follow(self, place: Place) -> None:
        room_id = place.room.id
        hear = partial(self._hear_room, place)
        place.stop_hearing = await self._chatter.hear(_ROOM + room_id, hear)
        if self._places.get(room_id) is place:
            self._ask_all(place)
            place.expect(self._silent)
        else:  # closed meanwhile
            place.stop_hearing()

    def _gather(self, room: Room, done: Callable[[], None]) -> None:
        place = self._places.get(room.id)
        if place is not None and place.room is room:
            place.gather(done)
        else:
            done()  # it was closed again

    def _close(self, room: Room) -> None:
        place = self._places.get(room.id)
        if place is not None and place.room is room:
            self._forget(room.id)
            # The last word, that nobody is there, may be lost like any other.
            self._closed[room.id] = place.version, NEWS_TURNS

    def _forget(self, room_id: str) -> None:
        place = self._places.pop(room_id, None)
        if place is not None and place.stop_hearing is not None:
            place.stop_hearing()

    def _tell(self, room: Room, what: Here | Gone) -> None:
        place = self._places.get(room.id)
        if place is not None and place.room is room:
            news = News(self._me, place.happen(), what)
            self._chatter.say(_ROOM + room.id, rumour.write_news(news))

    # What is heard.

    def _hear_sign(self, payload: bytes) -> None:
        sign = rumour.read_sign(payload)
        if sign.is_here:
            self._note_heard(sign.relay)
        elif sign.relay != self._me:
            self._departed.append(sign.relay)
            self._lose(sign.relay)

    def _hear_room(self, place: Place, payload: bytes) -> None:
        said = rumour.read_in_room(payload)
        if not self._note_heard(said.relay) or self._places.get(place.room.id) is not place:
            return
        if isinstance(said, Question):
            self._answer(said.relay, place)
        else:
            place.apply(place.elsewhere.hear(said))
            if not place.elsewhere.is_sure(said.relay):
                self._ask(said.relay, place)

    def _hear_relay(self, payload: bytes) -> None:
        said = rumour.read_to_relay(payload)
        if not self._note_heard(said.relay):
            return
        if isinstance(said, Greeting):
            for each in self._places.values():
                each.tell_again()
            return
        place = self._places.get(said.room)
        if isinstance(said, Request):
            if place is not None:
                self._answer(said.relay, place)
            else:
                nobody = rumour.write_parts(self._me, said.room, (self._life + 1) << _LIFE_BITS, ())
                for part in nobody:
                    self._chatter.say(_TO + said.relay, part)
        elif place is not None:
            place.apply(place.elsewhere.answer(said))
            if place.elsewhere.is_sure(said.relay):
                place.hear_from(said.relay)

    def _answer(self, relay: str, place: Place) -> None:
        if relay in place.answered:
            return
        place.answered.add(relay)
        members = place.room.own_members()
        for part in rumour.write_parts(self._me, place.room.id, place.version, members):
            self._chatter.say(_TO + relay, part)

    def _note_heard(self, relay: str) -> bool:
        """Take a sign of life; return whether it is another's."""
        if relay == self._me or relay in self._departed:
            return False
        if relay not in self._silent:
            journal.note("peer_joined", peers=len(self._silent) + 1)
            # So it knows of us too, and where it is not new it tells again who is there.
            self._chatter.say(_TO + relay, rumour.write_greeting(self._me))
        self._silent[relay] = 0
        return True

    def _lose(self, relay: str) -> None:
        if self._silent.pop(relay, None) is None:
            return
        journal.note("peer_lost", peers=len(self._silent))
        for place in self._places.values():
            place.apply(place.elsewhere.lose(relay))
            place.hear_from(relay)
