from threading import Event, Thread

from sussurro_client.app.inbox import Inbox
from tests.client.app.fakes import ANA, said

ONE, TWO = said(ANA, "one"), said(ANA, "two")


def test_the_first_event_calls_and_what_follows_is_taken_with_it() -> None:
    calls: list[int] = []
    inbox = Inbox(lambda: calls.append(len(inbox)))
    for event in (ONE, TWO):
        inbox.put(event)
    assert calls == [1]
    assert len(inbox) == 2
    assert inbox.take() == [ONE, TWO]
    assert len(inbox) == 0


def test_what_comes_after_it_was_emptied_calls_again() -> None:
    calls: list[int] = []
    inbox = Inbox(lambda: calls.append(len(inbox)))
    inbox.put(ONE)
    inbox.take()
    inbox.put(TWO)
    assert calls == [1, 1]
    assert inbox.take() == [TWO]


def test_an_empty_inbox_gives_nothing() -> None:
    assert Inbox(lambda: None).take() == []


def test_events_of_another_thread_all_come_in_their_order() -> None:
    called = Event()
    inbox = Inbox(called.set)
    events = [said(ANA, f"{number}") for number in range(5_000)]

    def send() -> None:
        for event in events:
            inbox.put(event)

    sender = Thread(target=send)
    sender.start()
    taken: list[object] = []
    while len(taken) < len(events):
        assert called.wait(10)
        called.clear()
        taken += inbox.take()
    sender.join()
    assert taken == events
