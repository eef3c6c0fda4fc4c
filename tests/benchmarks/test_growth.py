from benchmarks.items.growth import largest_rise


def test_the_largest_rise_is_from_any_value_to_any_later_one() -> None:
    assert largest_rise([4.0, 2.0, 3.0, 2.5, 5.0]) == 2.5


def test_what_only_falls_has_no_rise() -> None:
    assert largest_rise([3.0, 2.0, 1.0]) == 1.0
    assert largest_rise([]) == 1.0
