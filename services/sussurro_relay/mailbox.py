"""What other threads have to say to an I/O thread, and what wakes it."""

import os
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from sussurro_relay.room import Room


class Mailbox:
    """Any thread posts; the I/O thread reads, and owns the descriptor."""

    def __init__(self) -> None:
        self.descriptor = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)  # for its epoll
        self._is_awake = True  # the thread will look by itself before it sleeps
        # A deque's ends need no lock.
        self._calls: deque[Callable[[], None]] = deque()
        self._news: deque[Room] = deque()

    # Any thread.

    def post(self, call: Callable[[], None]) -> None:
        """Have something done in the I/O thread."""
        self._calls.append(call)
        self._wake_up()

    def notify(self, room: Room) -> None:
        """Say that there is news in a room."""
        self._news.append(room)
        self._wake_up()

    def _wake_up(self) -> None:
        # Two threads may both see False and write twice: harmless, one wake-up too many.
        if not self._is_awake:
            self._is_awake = True
            with suppress(OSError):  # the thread has ended
                os.eventfd_write(self.descriptor, 1)

    # The I/O thread.

    def may_sleep(self) -> bool:
        """Return whether there is nothing to do; whatever is posted from now on wakes the thread."""
        self._is_awake = False
        return not (self._calls or self._news)

    def stay_awake(self) -> None:
        """Be woken no more until `may_sleep` is asked again."""
        self._is_awake = True

    def note_woken(self) -> None:
        """Take note that epoll has reported the descriptor."""
        os.eventfd_read(self.descriptor)

    def run_calls(self) -> None:
        """Do what was posted."""
        while self._calls:
            self._calls.popleft()()

    def take_news(self) -> set[Room]:
        """Return the rooms with news since the last time."""
        rooms: set[Room] = set()
        while self._news:
            rooms.add(self._news.popleft())
        return rooms

    def close(self) -> None:
        """Be woken no more: the descriptor may soon be another's."""
        self._is_awake = True
        os.close(self.descriptor)
