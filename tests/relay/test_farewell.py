from sussurro_relay.cursor import Cursor
from sussurro_relay.farewell import Farewell, make_bye
from sussurro_relay.room import Room
from sussurro_wire.chunk import Chunk
from sussurro_wire.errors import Reason
from sussurro_wire.messages import Bye
from tests.relay.table import NoPages


def test_when_to_come_back_is_said_where_it_is_known_and_may_be_given() -> None:
    assert make_bye(Reason.OVERLOADED) == Bye(Reason.OVERLOADED, 5)
    assert make_bye(Reason.OVERLOADED, 0) == Bye(Reason.OVERLOADED, 0)
    assert make_bye(Reason.TIMEOUT) == Bye(Reason.TIMEOUT)


def test_it_is_said_at_once_to_who_has_no_cursor() -> None:
    assert Farewell(make_bye(Reason.TIMEOUT), 100.0).may_be_said(None, 100.0)


def test_what_the_client_sent_is_waited_for_but_not_for_ever() -> None:
    cursor = Cursor(Room("room", 1000, 200), "ana", 0, 0, NoPages())
    farewell = Farewell(make_bye(Reason.LEFT), 100.0)
    assert farewell.may_be_said(cursor, 100.0)
    cursor.hand_over(Chunk(b"gAAAAA\n", 1))
    assert not farewell.may_be_said(cursor, 102.9)
    assert farewell.may_be_said(cursor, 103.0)


def test_the_client_has_a_little_time_to_read_it() -> None:
    farewell = Farewell(make_bye(Reason.LEFT), 100.0)
    assert not farewell.is_overdue(105.0)
    assert farewell.is_overdue(105.1)
