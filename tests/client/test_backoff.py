import itertools

from hypothesis import given
from hypothesis import strategies as st

from sussurro_client.backoff import Backoff
from tests.wire.strategies import steady


def test_pauses_double_from_half_a_second_up_to_thirty() -> None:
    backoff = Backoff(lambda: 1.0)
    pauses = [backoff.next_pause() for _ in range(9)]
    assert pauses == [0.5, 1.0, 2.0, 4.0, 8.0, 10.0, 10.0, 10.0, 10.0]


@steady
@given(st.floats(0, 1, exclude_max=True), st.integers(1, 100))
def test_chance_takes_off_half_at_most_and_a_pause_is_never_none(
    chance: float, failures: int
) -> None:
    by_chance, longest = Backoff(lambda: chance), Backoff(lambda: 1.0)
    for _ in range(failures):
        most = longest.next_pause()
        assert most / 2 <= by_chance.next_pause() <= most


def test_chance_is_asked_anew_for_each_pause() -> None:
    chances = itertools.cycle([0.0, 0.5])
    backoff = Backoff(lambda: next(chances))
    assert [backoff.next_pause() for _ in range(4)] == [0.25, 0.75, 1.0, 3.0]


def test_success_makes_the_next_pause_short_again() -> None:
    backoff = Backoff(lambda: 0.0)
    first = backoff.next_pause()
    for _ in range(5):
        backoff.next_pause()
    backoff.reset()
    assert backoff.next_pause() == first
