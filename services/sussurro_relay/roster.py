"""Who is in a room: sessions, cards, and whom to tell of news. Owned by the room's lock."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sussurro_relay.cards import Cards
from sussurro_wire.codec import encode
from sussurro_wire.messages import Here, WhoEnd

if TYPE_CHECKING:
    from sussurro_relay.room import Room

Notify = Callable[["Room"], None]


@dataclass(slots=True)
class _Member:
    """Where a member's card stands, and what to call when there is news; None: is elsewhere."""

    place: int
    notify: Notify | None


class Roster:
    """The members of one room, in the order of their arrival."""

    __slots__ = ("_answer", "_cards", "_listeners", "_members")

    def __init__(self) -> None:
        self._members: dict[str, _Member] = {}
        self._cards = Cards()
        self._listeners: Counter[Notify] = Counter()  # whom to tell of news, one a thread
        self._answer: bytes | None = None  # to WHO; None: to be made again

    def __len__(self) -> int:
        """How many they are."""
        return len(self._members)

    def __contains__(self, session: str) -> bool:
        """Return whether a session is one of them."""
        return session in self._members

    @property
    def listeners(self) -> tuple[Notify, ...]:
        """Whom to tell of news."""
        return tuple(self._listeners)

    @property
    def answer_bytes(self) -> int:
        """How much the answer to WHO takes that is kept, if one is."""
        return len(self._answer) if self._answer is not None else 0

    def add(self, session: str, card: str, notify: Notify | None) -> None:
        """Take in a member; without ``notify``, one of another relay."""
        self._members[session] = _Member(self._cards.put(card), notify)
        if notify is not None:
            self._listeners[notify] += 1
        self._answer = None

    def remove(self, session: str) -> str | None:
        """Let a member go; return its card, None where there is no such member."""
        member = self._members.pop(session, None)
        if member is None:
            return None
        self._answer = None
        if member.notify is not None:
            self._listeners[member.notify] -= 1
            if not self._listeners[member.notify]:
                del self._listeners[member.notify]
        card = self._cards.get(member.place)
        self._cards.drop(member.place)
        if self._cards.is_wasteful:
            self._move_cards_together()
        return card

    def _move_cards_together(self) -> None:
        cards = Cards()
        for member in self._members.values():
            member.place = self._cards.move_to(cards, member.place)
        self._cards = cards

    def answer(self) -> bytes:
        """Return the answer to WHO, one buffer for whoever asks until somebody comes or goes."""
        if self._answer is None:
            lines = [self._line(session, member) for session, member in self._members.items()]
            self._answer = b"".join(lines) + encode(WhoEnd(len(self._members)))
        return self._answer

    def own(self) -> list[bytes]:
        """Return the HERE lines of those who are at this relay."""
        return [
            self._line(session, member)
            for session, member in self._members.items()
            if member.notify is not None
        ]

    def _line(self, session: str, member: _Member) -> bytes:
        return encode(Here(session, self._cards.get(member.place)))
