"""Who comes and goes, from what the relay says of it, and what is told of that. Pure."""

from collections.abc import Callable

from sussurro_client.errors import EnvelopeError
from sussurro_client.events import Alarm, Alert, Arrived, Departed, Event, Person, Present
from sussurro_client.letter import Letter
from sussurro_client.people import MAX_PRESENT, Arrival, People
from sussurro_wire.messages import Count, Gone, Here, WhoEnd


class Company:
    """The members beside us on one connection after the other. Owned by the conversation.

    ``greet`` is called with the card of each that is here, ``tell`` with each event.
    """

    __slots__ = ("_answers_due", "_greet", "_knows_all", "_named", "_people", "_roster", "_tell")

    def __init__(
        self, people: People, greet: Callable[[Letter], None], tell: Callable[[Event], None]
    ) -> None:
        self._people = people
        self._greet = greet
        self._tell = tell
        self._roster: set[str] = set()  # sessions named, while a WHO is answered
        self._answers_due = 0  # to WHO
        self._knows_all = False  # whom a roster names and we do not know has just arrived
        self._named: set[str] = set()  # sessions named once, while the first WHO is answered

    @property
    def present(self) -> tuple[Person, ...]:
        """Everybody here whose name is known."""
        return self._people.present()

    def begin(self) -> None:
        """Start over on a new connection."""
        self._roster.clear()
        self._answers_due = 0
        self._knows_all = False
        self._named.clear()
        self._people.clear()

    def expect_roster(self) -> None:
        """Take note that we ask who is here."""
        self._answers_due += 1
        self._named.clear()  # each is named again by the answer, which is no arrival

    def take_card(self, here: Here) -> None:
        """Take the card of somebody who is here, or has just come."""
        try:
            card, arrival = self._people.arrive(here.session, here.card)
        except EnvelopeError as error:
            self._tell(Alert(Alarm(error.flaw.value)))
            return
        is_asked_for = bool(self._answers_due)
        if is_asked_for and len(self._roster) < MAX_PRESENT:
            self._roster.add(here.session)
        person = Person(card.envelope.name, card.envelope.key)
        if arrival is Arrival.REPLAYED:
            self._tell(Alert(Alarm.REPLAY, person, at=card.envelope.at))
            return
        if self._is_arrival(here.session, is_new=arrival is Arrival.NEW):
            self._tell(Arrived(person))
        self._greet(card)

    def take_leave(self, gone: Gone) -> None:
        """Take note that somebody has gone."""
        self._named.discard(gone.session)
        who = self._people.depart(gone.session)
        if who is not None:
            self._tell(Departed(who, gone.reason))

    def end_roster(self, end: WhoEnd) -> None:
        """Take note that the roster has named everybody."""
        self._people.keep_only(self._roster)
        self._roster.clear()
        self._answers_due = max(self._answers_due - 1, 0)
        self._knows_all = True
        self._tell(Present(self._people.present(), end.members))

    def take_count(self, count: Count) -> None:
        """Take note that the room is too large to tell who comes and goes."""
        self._knows_all = False
        self._tell(Present((), count.members))

    def _is_arrival(self, session: str, *, is_new: bool) -> bool:
        """Return whether somebody has come after us, and is not only told of.

        Who comes between our entrance and the answer to our first WHO is named by the answer
        and by the news of it, in either order; who was here before, by the answer alone.
        """
        if session in self._named:
            self._named.discard(session)
            return self._people.is_alone(session)
        if self._knows_all or not self._answers_due:
            return is_new
        if self._answers_due == 1 and len(self._named) < MAX_PRESENT:
            self._named.add(session)
        return False
