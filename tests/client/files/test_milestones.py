from sussurro_client.files.milestones import Milestones
from sussurro_client.files.progress import Direction, Progress, State


def at(done: int, state: State = State.MOVING, number: int = 1, detail: str = "") -> Progress:
    return Progress(number, "", "a", Direction.UP, state, done, 100, detail)


def told(percent: int, *progress: Progress) -> list[Progress]:
    milestones = Milestones(percent)
    return [each for each in progress if milestones.is_one(each)]


def test_every_so_many_percent_are_told_once_and_then_the_end() -> None:
    every = [at(done) for done in range(101)]
    end = at(100, State.DONE)
    assert told(25, *every, end) == [at(25), at(50), at(75), end]


def test_the_beginning_and_the_check_are_passed_over() -> None:
    states = State.PREPARING, State.CONNECTING, State.CHECKING
    assert told(25, *(at(0, state) for state in states)) == []


def test_a_silence_is_told_once_and_so_is_another_one() -> None:
    first, second = at(10, State.QUIET, detail="A."), at(10, State.QUIET, detail="B.")
    assert told(25, at(10), first, first, second) == [first, second]


def test_each_transfer_has_its_own() -> None:
    one, two = at(30), at(30, number=2)
    assert told(25, one, two, one) == [one, two]


def test_every_end_is_told() -> None:
    ends = [at(0, state) for state in (State.DONE, State.FAILED, State.CANCELLED)]
    assert told(25, *ends) == ends
