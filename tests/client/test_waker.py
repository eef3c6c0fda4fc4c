import selectors
import threading
import time
from collections.abc import Iterator

import pytest

from sussurro_client.waker import Waker

PATIENCE = 10.0  # seconds: more than any machine needs


@pytest.fixture
def waker() -> Iterator[Waker]:
    made = Waker()
    yield made
    made.close()


def is_woken(waker: Waker) -> bool:
    with selectors.DefaultSelector() as selector:
        selector.register(waker, selectors.EVENT_READ)
        return bool(selector.select(0))


def test_whoever_sleeps_is_woken_by_another_thread(waker: Waker) -> None:
    began = time.monotonic()
    threading.Thread(target=waker.wake).start()
    waker.wait(PATIENCE)
    assert time.monotonic() - began < PATIENCE


def test_one_that_was_woken_before_does_not_sleep_and_does_the_next_time(waker: Waker) -> None:
    waker.wake()
    waker.wake()
    waker.wait(PATIENCE)
    assert not is_woken(waker)
    waker.wait(0)


def test_a_selector_sees_that_somebody_wakes_until_it_is_taken_note_of(waker: Waker) -> None:
    assert not is_woken(waker)
    waker.wake()
    assert is_woken(waker)
    waker.drain()
    waker.drain()
    assert not is_woken(waker)


def test_waking_blocks_nobody_though_no_one_takes_note_and_harms_nothing_afterwards(
    waker: Waker,
) -> None:
    for _ in range(10_000):
        waker.wake()
    waker.close()
    waker.wake()
