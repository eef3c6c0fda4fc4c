from sussurro_client.app.arrivals import Arrivals, told
from sussurro_client.events import Arrived, Departed, Person
from tests.client.app.posts import CIRCLE


def person(number: int) -> Person:
    return Person(f"P{number}", bytes([number]) * 32)


def after(*events: Arrived | Departed) -> Arrivals:
    arrivals = Arrivals()
    for event in events:
        arrivals = arrivals.after(event)
    return arrivals


def test_a_few_stand_in_a_line_each() -> None:
    arrivals = after(*(Arrived(person(number)) for number in range(3)))
    assert not arrivals.is_folded
    assert arrivals.lines == 3


def test_many_are_told_in_one_line_with_two_names() -> None:
    arrivals = after(*(Arrived(person(number)) for number in range(14)))
    assert (arrivals.is_folded, arrivals.lines) == (True, 1)
    assert told(arrivals, CIRCLE) == "P0, P1 and 12 more came."


def test_who_left_is_told_beside_who_came() -> None:
    came = [Arrived(person(number)) for number in range(2)]
    left = [Departed(person(number), "left") for number in range(2, 5)]
    assert told(after(*came, *left), CIRCLE) == "P0 and P1 came; P2, P3 and 1 more left."


def test_whoever_comes_and_goes_again_and_again_is_told_once() -> None:
    events: list[Arrived | Departed] = [Arrived(person(1)), Departed(person(1), "lost")] * 50
    assert told(after(*events, Arrived(person(2)), Arrived(person(3))), CIRCLE) == (
        "P1, P2 and 1 more came; P1 left."
    )
