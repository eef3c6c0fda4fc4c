"""Pages of the log on their way to connections: only so many at once, the others in turn."""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from enum import Enum, auto

from sussurro_relay.budget import Budget, Kind
from sussurro_relay.log import Log, Page, Query
from sussurro_relay.log.interface import PAGE_BYTES

_MOST = 64  # pages under way at once
_FEWEST = 4
_SHARE = 16  # of the limit, for all of them
_TIGHT_PAGE_BYTES = 32 * 1024


class _State(Enum):
    WAITING = auto()
    UNDER_WAY = auto()
    GIVEN_BACK = auto()


class Ticket:
    """One read of the log; ``done`` is called with its page. Its state is the queue's."""

    __slots__ = ("done", "query", "state")

    def __init__(self, query: Query, done: Callable[[Page], None]) -> None:
        self.query = query
        self.done = done
        self.state = _State.WAITING


class ReadQueue:
    """Reads in the order in which they were asked for. Any thread; the lock guards the rest.

    A ticket takes its page's size from the budget from the start of the read until it
    is given back: once the page is taken, or its connection is no more.
    """

    def __init__(self, log: Log, budget: Budget) -> None:
        self._log = log
        self._budget = budget
        self._lock = threading.Lock()
        self._waiting: deque[Ticket] = deque()
        self._free = max(_FEWEST, min(_MOST, budget.limit // _SHARE // PAGE_BYTES))

    def ask(self, ticket: Ticket) -> None:
        """Read for this ticket when it is its turn."""
        with self._lock:
            self._waiting.append(ticket)
        self.go_on()

    def give_back(self, ticket: Ticket) -> None:
        """Take note that nobody waits for this ticket's page any more; once is enough."""
        with self._lock:
            was_under_way = ticket.state is _State.UNDER_WAY
            ticket.state = _State.GIVEN_BACK
            self._free += was_under_way
        if was_under_way:
            self._budget.charge(Kind.PAGES, -ticket.query.limit_bytes)
        self.go_on()

    def go_on(self) -> None:
        """Begin what may begin now."""
        while (ticket := self._take_next()) is not None:
            self._log.read(ticket.query, ticket.done)

    def _take_next(self) -> Ticket | None:
        with self._lock:
            while self._waiting and self._waiting[0].state is _State.GIVEN_BACK:
                self._waiting.popleft()
            if not (self._waiting and self._free and self._budget.may_join):
                return None
            ticket = self._waiting.popleft()
            self._free -= 1
            ticket.state = _State.UNDER_WAY
            if self._budget.is_tight:
                ticket.query = replace(ticket.query, limit_bytes=_TIGHT_PAGE_BYTES)
            self._budget.charge(Kind.PAGES, ticket.query.limit_bytes)
        return ticket
