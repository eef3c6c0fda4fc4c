from sussurro_client.app.typists import Typists
from sussurro_client.events import Person
from tests.client.app.fakes import ANA, JOAO, FakeClock
from tests.client.app.posts import CIRCLE


def scene() -> tuple[Typists, FakeClock]:
    clock = FakeClock(0.0)
    return Typists(lambda: clock.seconds), clock


def test_who_writes_is_told_for_a_while() -> None:
    typists, clock = scene()
    assert typists.told(CIRCLE) == ""
    typists.hear(ANA)
    assert typists.told(CIRCLE) == "Ana is writing…"
    clock.seconds = 5.9
    assert typists.told(CIRCLE) == "Ana is writing…"
    clock.seconds = 6.0
    assert typists.told(CIRCLE) == ""


def test_who_has_said_it_is_not_writing_any_more() -> None:
    typists, _clock = scene()
    typists.hear(ANA)
    typists.hear(JOAO)
    assert typists.told(CIRCLE) == "Ana and 1 more are writing…"
    typists.rest(ANA)
    assert typists.told(CIRCLE) == "João is writing…"


def test_we_tell_it_once_in_five_seconds() -> None:
    typists, clock = scene()
    assert [typists.may_tell(), typists.may_tell()] == [True, False]
    clock.seconds = 4.9
    assert not typists.may_tell()
    clock.seconds = 5.0
    assert typists.may_tell()


def test_a_crowd_that_writes_takes_no_more_room_than_there_is() -> None:
    typists, _clock = scene()
    for number in range(5_000):
        typists.hear(Person("Eve", number.to_bytes(32, "big")))
    assert typists.told(CIRCLE) == "Eve and 999 more are writing…"
