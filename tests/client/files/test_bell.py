import pytest

from sussurro_client.errors import ClientError
from sussurro_client.events import Connected, Disconnected
from sussurro_client.files.bell import Bell, CancelledError


def test_a_ring_is_heard_once_and_also_by_who_comes_later() -> None:
    bell = Bell()
    bell.ring()
    bell.ring()
    assert bell.wait(0)
    assert not bell.wait(0)


def test_the_first_reason_to_end_is_the_one_that_is_told_and_it_stays() -> None:
    bell = Bell()
    bell.stop(ClientError("First."))
    bell.stop(CancelledError())
    for _ in range(2):
        with pytest.raises(ClientError, match="First"):
            bell.wait(0)


def test_it_knows_whether_there_is_a_connection() -> None:
    bell = Bell()
    assert not bell.is_connected
    bell.hear(Connected("relay:1", 1))
    assert bell.is_connected
    assert bell.wait(0)
    bell.hear(Disconnected("relay:1", "lost", "", 1.0))
    assert not bell.is_connected
    assert bell.wait(0)


def test_a_refusal_ends_it() -> None:
    bell = Bell()
    bell.hear(Disconnected("relay:1", "bad-proof", "", None))
    with pytest.raises(ClientError, match="does not accept the proof"):
        bell.wait(0)
