from sussurro_client.watch import Watch


def test_in_one_silence_the_relay_is_asked_once_and_given_up_after_two_heartbeats() -> None:
    watch = Watch(20.0, now=100.0)
    assert not watch.should_ask(120.0)
    assert watch.should_ask(120.1)
    assert not watch.should_ask(139.0)
    assert not watch.is_over(140.0)
    assert watch.is_over(140.1)


def test_a_sign_of_life_begins_the_count_anew() -> None:
    watch = Watch(20.0, now=100.0)
    assert watch.should_ask(121.0)
    watch.heard(122.0)
    assert not watch.is_over(160.0)
    assert watch.should_ask(143.0)
