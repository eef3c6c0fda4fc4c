import threading

from sussurro_client.events import Kept
from sussurro_client.line_inbox import Heard, Inbox, Interrupted

KEPT, LATER = Heard(1, Kept("one", 1)), Heard(1, Kept("two", 2))


def inbox_with(*items: Heard | bytes | Interrupted) -> Inbox:
    inbox = Inbox()
    for item in items:
        inbox.put(item)
    return inbox


def test_what_came_is_given_in_its_order() -> None:
    items = (b"Oi\n", KEPT, Interrupted(), b"")
    inbox = inbox_with(*items)
    assert tuple(inbox.get() for _ in items) == items


def test_lines_wait_while_only_the_rest_is_taken_and_come_first_afterwards() -> None:
    inbox = inbox_with(b"one\n", KEPT, b"two\n", LATER)
    assert list(inbox.told_by_now()) == [KEPT, LATER]
    inbox.put(Interrupted())
    assert [inbox.get() for _ in range(3)] == [b"one\n", b"two\n", Interrupted()]


def test_the_next_that_is_no_line_is_waited_for() -> None:
    inbox = inbox_with(b"one\n")
    threading.Thread(target=inbox.put, args=(KEPT,)).start()
    assert inbox.get_told() == KEPT
    assert inbox.get() == b"one\n"


def test_what_comes_of_what_is_taken_is_taken_too() -> None:
    inbox = inbox_with(KEPT)
    taken = []
    for item in inbox.told_by_now():
        taken.append(item)
        if item is KEPT:
            inbox.put(LATER)
    assert taken == [KEPT, LATER]
