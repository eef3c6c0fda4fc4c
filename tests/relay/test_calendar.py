from hypothesis import given, settings
from hypothesis import strategies as st

from sussurro_relay.calendar import Calendar
from sussurro_relay.peer import Peer


def peer(name: str = "ana") -> Peer:
    return Peer(None, name)  # type: ignore[arg-type] # no socket is needed here


def test_a_look_is_due_in_its_second_and_once() -> None:
    calendar, ana = Calendar(100.5), peer()
    calendar.put(ana, 103.2)
    assert calendar.take(102.9) == []
    assert calendar.take(103.0) == [ana]
    assert calendar.take(110.0) == []


def test_a_look_may_become_due_sooner_and_not_later() -> None:
    calendar, ana = Calendar(100.0), peer()
    calendar.put(ana, 120.0)
    calendar.put(ana, 105.0)
    calendar.put(ana, 130.0)
    assert calendar.take(105.0) == [ana]
    assert calendar.take(200.0) == []


def test_a_look_in_the_past_is_due_at_once() -> None:
    calendar, ana = Calendar(100.0), peer()
    calendar.take(150.0)
    calendar.put(ana, 120.0)
    assert calendar.take(151.0) == [ana]


def test_nothing_is_left_of_who_is_dropped() -> None:
    calendar, ana = Calendar(100.0), peer()
    calendar.drop(ana)  # harmless
    calendar.put(ana, 101.0)
    calendar.drop(ana)
    assert calendar.take(200.0) == []
    assert not any(day.peers for day in calendar._days.values())


@settings(derandomize=True, deadline=None, max_examples=200)
@given(st.lists(st.tuples(st.integers(0, 4), st.floats(0, 50)), max_size=40))
def test_everybody_is_taken_in_time_whatever_was_put_when(puts: list[tuple[int, float]]) -> None:
    calendar = Calendar(0.0)
    peers = [peer(str(number)) for number in range(5)]
    due: dict[Peer, float] = {}
    for number, at in puts:
        calendar.put(peers[number], at)
        due[peers[number]] = min(at, due.get(peers[number], at))
    for second in range(51):
        taken = calendar.take(float(second))
        assert len(taken) == len(set(taken))
        for each in taken:
            assert second <= due.pop(each) < second + 1
    assert due == {}
