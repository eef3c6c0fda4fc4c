from itertools import pairwise

import pytest

from benchmarks.capacity import (
    Costs,
    Habits,
    Limits,
    Point,
    deviation,
    fit,
    nats_cost,
    need,
    relay_cost,
    relays_of_a_room,
)

COSTS = Costs(ingest=300, feed=100, delivery=10, publish=50, copy=20, idle=10)
HABITS = Habits("test", room_size=20, messages_a_minute=0.6, message_bytes=900, frame_bytes=100)


def points(costs: Costs) -> dict[tuple[int, int], Point]:
    """Return what would be measured if the model were true."""
    return {
        (relays, receivers): Point(
            relays,
            receivers,
            relay_cost(costs, relays, receivers),
            nats_cost(costs, relays),
        )
        for relays in (1, 2, 3)
        for receivers in (100, 1_000)
    }


def test_a_small_room_is_on_few_relays_and_a_large_one_on_all() -> None:
    assert relays_of_a_room(1, 5) == 1
    assert relays_of_a_room(10, 1) == pytest.approx(1)
    assert relays_of_a_room(2, 2) == pytest.approx(1.5)
    assert relays_of_a_room(3, 1_000) == pytest.approx(3)


def test_a_thousand_fit_on_one_relay_and_cost_what_the_sum_says() -> None:
    needed = need(1_000, HABITS, COSTS)
    assert needed.relays == 1
    assert needed.messages == pytest.approx(10)
    assert needed.deliveries == pytest.approx(190)
    assert needed.relay_processors == pytest.approx(10 * (300 + 100 + 190) / 1e6 + 0.01)
    assert needed.nats_processors == pytest.approx(10 * 70 / 1e6)
    assert needed.nats_in == needed.nats_out == pytest.approx(10)
    assert needed.out_bits == pytest.approx(8 * 190 * 1_000)


def test_relays_are_as_many_as_members_or_processors_ask_for() -> None:
    quiet = Habits("quiet", 20, 0.0)
    assert need(25_000, quiet, COSTS, Limits(processors=1, members=10_000)).relays == 3
    loud = need(10_000, Habits("loud", 20, 60), COSTS, Limits(processors=1, members=10_000))
    assert loud.relays >= loud.relay_processors > loud.relays - 1


def test_more_members_never_need_less() -> None:
    needs = [need(members, HABITS, COSTS) for members in (10, 10**3, 10**4, 10**5, 10**6)]
    for less, more in pairwise(needs):
        assert more.relays >= less.relays
        assert more.relay_bytes > less.relay_bytes
        assert more.nats_out > less.nats_out


def test_from_points_that_the_model_gives_it_finds_its_costs_again() -> None:
    found = fit(points(COSTS))
    assert found.ingest == pytest.approx(COSTS.ingest)
    assert found.feed == pytest.approx(COSTS.feed)
    assert found.delivery == pytest.approx(COSTS.delivery)
    assert (found.publish, found.copy) == pytest.approx((COSTS.publish, COSTS.copy))


def test_what_was_not_fitted_is_predicted_and_the_deviation_told() -> None:
    true = points(COSTS)
    assert deviation(true[3, 1_000], fit(true)) == pytest.approx((0, 0), abs=1e-9)
    cheaper = Point(3, 1_000, true[3, 1_000].relay / 2, true[3, 1_000].nats / 4)
    assert deviation(cheaper, fit(true)) == pytest.approx((1, 3))


def test_noise_makes_no_cost_negative() -> None:
    odd = {(1, 100): Point(1, 100, 500, 50), (1, 1_000): Point(1, 1_000, 400, 40)}
    found = fit(odd | {(2, 100): Point(2, 100, 450, 30)})
    assert min(found.ingest, found.feed, found.delivery, found.publish, found.copy) >= 0


@pytest.mark.parametrize("missing", [(1, 100), (1, 1_000), (2, 100)])
def test_without_one_of_its_points_there_is_no_model(missing: tuple[int, int]) -> None:
    rest = {key: point for key, point in points(COSTS).items() if key[0] < 3}
    del rest[missing]
    with pytest.raises(KeyError):
        fit(rest)
