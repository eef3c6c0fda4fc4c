import select
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

from sussurro_relay.mailbox import Mailbox
from sussurro_relay.room import Room
from tests.support.relay import DEADLINE


@contextmanager
def opened() -> Iterator[tuple[Mailbox, select.epoll]]:
    with closing(Mailbox()) as mailbox, select.epoll() as epoll:
        epoll.register(mailbox.descriptor, select.EPOLLIN)
        yield mailbox, epoll


def test_what_another_thread_posts_wakes_the_reader_and_is_done_in_order() -> None:
    with opened() as (mailbox, epoll):
        done: list[int] = []
        assert mailbox.may_sleep()

        def post() -> None:
            for number in range(100):
                mailbox.post(lambda number=number: done.append(number))  # type: ignore[misc]

        thread = threading.Thread(target=post)
        thread.start()
        assert epoll.poll(DEADLINE)
        thread.join(DEADLINE)
        mailbox.stay_awake()
        mailbox.note_woken()
        mailbox.run_calls()
        assert done == list(range(100))
        assert not epoll.poll(0)
        assert mailbox.may_sleep()


def test_a_room_with_news_is_told_once_however_often_it_was_named() -> None:
    with opened() as (mailbox, _):
        rooms = [Room(name, 1000, 200) for name in ("one", "two")]
        for room in rooms * 3:
            mailbox.notify(room)
        assert mailbox.take_news() == set(rooms)
        assert mailbox.take_news() == set()


def test_who_is_awake_is_not_woken_and_must_not_sleep_before_it_has_looked() -> None:
    with opened() as (mailbox, epoll):
        mailbox.stay_awake()
        mailbox.post(lambda: mailbox.notify(Room("room", 1000, 200)))
        assert not epoll.poll(0)
        assert not mailbox.may_sleep()
        mailbox.run_calls()
        assert not mailbox.may_sleep()
        assert len(mailbox.take_news()) == 1
        assert mailbox.may_sleep()


def test_what_is_posted_once_it_may_sleep_wakes_it_at_once() -> None:
    with opened() as (mailbox, epoll):
        assert mailbox.may_sleep()
        mailbox.notify(Room("room", 1000, 200))
        mailbox.notify(Room("other", 1000, 200))
        assert epoll.poll(0)
        mailbox.note_woken()
        assert not epoll.poll(0)


def test_who_posts_after_the_end_wakes_nobody() -> None:
    mailbox = Mailbox()
    mailbox.close()
    with opened() as (other, epoll):
        assert other.descriptor == mailbox.descriptor  # given again, as the system does
        mailbox.post(lambda: None)
        assert not epoll.poll(0)
