"""Who is in one room at other relays, as far as it has been heard. Pure.

Messages between relays may be lost. Each relay numbers the arrivals and
departures in a room, so that a jump shows a loss, and the relay is asked for its
members. Until it has answered, what it says is believed as it comes.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sussurro_relay.cluster.rumour import News, Part
from sussurro_wire.errors import Reason
from sussurro_wire.messages import Gone, Here

# News that are kept until a relay has answered; where older ones are needed it is asked again.
_MOST_KEPT = 1_000


@dataclass(slots=True)
class _Place:
    """One relay's members. ``is_sure``: nothing has been missed up to ``version``."""

    version: int = 0
    is_sure: bool = False
    turns: int = 0  # since it said something of the room
    sessions: set[str] = field(default_factory=set)
    parts: dict[int, Part] = field(default_factory=dict)  # of an answer that is not whole yet
    # News since it is not sure, by their numbers: its answer may have been written before them.
    kept: dict[int, Here | Gone] = field(default_factory=dict)


class Elsewhere:
    """Owned by the thread of the bus."""

    def __init__(self) -> None:
        self._places: dict[str, _Place] = {}

    def unsure(self) -> tuple[str, ...]:
        """Return the relays that have to be asked."""
        return tuple(relay for relay, place in self._places.items() if not place.is_sure)

    def is_sure(self, relay: str) -> bool:
        """Return whether a relay's members are known as of its last word."""
        return relay in self._places and self._places[relay].is_sure

    def doubt(self) -> None:
        """Take note that anything may have been missed."""
        for place in self._places.values():
            place.is_sure = False

    def take_turn(self, longest_silence: int) -> None:
        """Let a turn pass; doubt who has members here and was silent for longer than that.

        A relay that nobody is left at says no more of the room, and its last word
        of it may be what was lost.
        """
        for place in self._places.values():
            place.turns += 1
            if place.sessions and place.turns > longest_silence:
                place.is_sure = False

    def hear(self, news: News) -> list[Here | Gone]:
        """Take what a relay says of itself; return what of it is news here."""
        place = self._places.setdefault(news.relay, _Place())
        place.turns = 0
        if news.what is None:
            place.is_sure = place.is_sure and news.version <= place.version
            return []
        if place.is_sure and news.version <= place.version:
            return []
        place.is_sure = place.is_sure and news.version == place.version + 1
        place.version = max(place.version, news.version)
        if not place.is_sure:
            place.kept[news.version] = news.what
            if len(place.kept) > _MOST_KEPT:
                del place.kept[next(iter(place.kept))]
        return self._apply(place, [news.what])

    def answer(self, part: Part) -> list[Here | Gone]:
        """Take a part of a relay's answer; once it is whole, return what of it is news here."""
        place = self._places.setdefault(part.relay, _Place())
        place.turns = 0
        later = range(part.version + 1, place.version + 1)
        if len(later) > len(place.kept) or any(number not in place.kept for number in later):
            return []  # more has happened since than was heard; it is asked again
        if any(other.version != part.version for other in place.parts.values()):
            place.parts.clear()
        place.parts[part.number] = part
        if len(place.parts) < part.parts:
            return []
        members = {here.session: here for each in place.parts.values() for here in each.members}
        for number in later:
            what = place.kept[number]
            if isinstance(what, Here):
                members[what.session] = what
            else:
                members.pop(what.session, None)
        place.parts.clear()
        place.kept.clear()
        place.version, place.is_sure = max(place.version, part.version), True
        gone: list[Here | Gone] = [
            Gone(session, Reason.LOST) for session in place.sessions if session not in members
        ]
        return self._apply(place, [*gone, *members.values()])

    def lose(self, relay: str) -> list[Here | Gone]:
        """Forget a relay; return the departures of its members."""
        place = self._places.pop(relay, _Place())
        return [Gone(session, Reason.LOST) for session in place.sessions]

    @staticmethod
    def _apply(place: _Place, told: Iterable[Here | Gone]) -> list[Here | Gone]:
        news: list[Here | Gone] = []
        for each in told:
            if isinstance(each, Here):
                if each.session not in place.sessions:
                    place.sessions.add(each.session)
                    news.append(each)
            elif each.session in place.sessions:
                place.sessions.remove(each.session)
                news.append(each)
        return news
