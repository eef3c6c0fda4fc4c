import pytest

from sussurro_relay.tally import FANOUT_BUCKETS, Tally


@pytest.mark.parametrize("index", range(len(FANOUT_BUCKETS)))
def test_a_time_falls_into_the_first_bucket_whose_bound_it_does_not_exceed(index: int) -> None:
    tally = Tally()
    tally.observe_fanout(FANOUT_BUCKETS[index])
    tally.observe_fanout(FANOUT_BUCKETS[index] * 1.0001)
    assert tally.fanout[index : index + 2] == [1, 1]


def test_a_time_over_every_bound_is_counted_and_all_times_are_added_up() -> None:
    tally = Tally()
    tally.observe_fanout(100.0)
    tally.observe_fanout(0.5)
    assert tally.fanout[-1] == 1
    assert sum(tally.fanout) == 2
    assert tally.fanout_sum == 100.5
