import pytest

from sussurro_relay.tally import TIME_BUCKETS, Times


@pytest.mark.parametrize("index", range(len(TIME_BUCKETS)))
def test_a_time_falls_into_the_first_bucket_whose_bound_it_does_not_exceed(index: int) -> None:
    times = Times()
    times.observe(TIME_BUCKETS[index])
    times.observe(TIME_BUCKETS[index] * 1.0001)
    assert times.counts[index : index + 2] == [1, 1]


def test_a_time_over_every_bound_is_counted_and_all_times_are_added_up() -> None:
    times = Times()
    times.observe(100.0)
    times.observe(0.5)
    assert times.counts[-1] == 1
    assert sum(times.counts) == 2
    assert times.total == 100.5
