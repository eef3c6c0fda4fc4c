"""What a relay knows of one room at the others, and for whom it waits."""

from collections.abc import Callable

from sussurro_relay.cluster.place import NEWS_TURNS, Place
from sussurro_relay.room import Room
from sussurro_wire.messages import Gone, Here


class Others:
    """Neighbours that say nothing."""

    def opened(self, room: Room) -> None: ...

    def gather(self, room: Room, done: Callable[[], None]) -> None: ...

    def entered(self, room: Room, session: str, card: str) -> None: ...

    def left(self, room: Room, session: str, reason: str) -> None: ...

    def closed(self, room: Room) -> None: ...


def make_place() -> Place:
    return Place(Room("room", 1000, 200, neighbours=Others()), 7)


def test_who_waits_is_called_once_all_have_answered_that_were_asked() -> None:
    place, heard = make_place(), list[str]()
    place.gather(lambda: heard.append("first"))
    place.hear_from("a")  # that was somebody's answer to something else
    place.expect(["a", "b"])
    place.hear_from("a")
    assert heard == []
    place.hear_from("b")
    place.gather(lambda: heard.append("second"))
    place.be_gathered()
    assert heard == ["first", "second"]
    assert place.room.is_gathered


def test_where_there_is_nobody_to_ask_nobody_waits() -> None:
    place, heard = make_place(), list[str]()
    place.gather(lambda: heard.append("now"))
    place.expect([])
    assert heard == ["now"]


def test_an_answer_that_never_comes_is_waited_for_no_longer_than_a_moment() -> None:
    place, heard = make_place(), list[str]()
    place.gather(lambda: heard.append("at last"))
    place.expect(["dead"])
    place.be_gathered()
    place.be_gathered()
    assert heard == ["at last"]


def test_a_number_is_told_for_some_turns_and_then_seldom() -> None:
    place = make_place()
    assert all(place.take_turn() for _ in range(NEWS_TURNS))
    assert sum(place.take_turn() for _ in range(300)) == 10
    assert place.happen() == 8
    assert place.take_turn()


def test_a_number_that_may_not_have_been_heard_is_told_again() -> None:
    place = make_place()
    for _ in range(NEWS_TURNS + 1):
        place.take_turn()
    place.tell_again()
    assert place.take_turn()


def test_who_comes_and_goes_elsewhere_comes_and_goes_here() -> None:
    place = make_place()
    place.apply([Here("bia", "gAAAAAcard"), Here("caio", "gAAAAAcard"), Gone("bia", "left")])
    assert place.room.roster() == b"HERE caio gAAAAAcard\nWHO 1\n"
    assert place.room.own_members() == []
