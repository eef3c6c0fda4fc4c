from collections.abc import Callable

import pytest

from sussurro_relay.budget import Budget, Kind
from sussurro_relay.log import Page, Query
from sussurro_relay.log.memory import MemoryLog
from sussurro_relay.reading import ReadQueue, Ticket

PAGE = Page((), 1, 1, complete=True)
LIMIT = 64 * 1024 * 1024


class SlowLog(MemoryLog):
    """A log whose pages come when the test says so."""

    def __init__(self) -> None:
        super().__init__(1000, 1000)
        self.asked: list[tuple[Query, Callable[[Page], None]]] = []

    def read(self, query: Query, done: Callable[[Page], None]) -> None:
        self.asked.append((query, done))


@pytest.fixture
def budget() -> Budget:
    return Budget(LIMIT)


@pytest.fixture
def log() -> SlowLog:
    return SlowLog()


def ask(reads: ReadQueue, count: int) -> list[Ticket]:
    tickets = [Ticket(Query("room", after=number), lambda _: None) for number in range(count)]
    for ticket in tickets:
        reads.ask(ticket)
    return tickets


def test_only_so_many_pages_are_under_way_and_the_others_come_in_turn(
    budget: Budget, log: SlowLog
) -> None:
    reads = ReadQueue(log, budget)
    tickets = ask(reads, 30)
    under_way = len(log.asked)
    assert under_way == LIMIT // 16 // (256 * 1024)
    assert budget.held()[Kind.PAGES] == LIMIT // 16
    reads.give_back(tickets[0])
    assert [query.after for query, _ in log.asked] == list(range(under_way + 1))


def test_a_ticket_that_is_given_back_twice_frees_one_place(budget: Budget, log: SlowLog) -> None:
    reads = ReadQueue(log, budget)
    tickets = ask(reads, 30)
    under_way = len(log.asked)
    reads.give_back(tickets[0])
    reads.give_back(tickets[0])
    assert len(log.asked) == under_way + 1


def test_who_left_while_waiting_is_passed_over(budget: Budget, log: SlowLog) -> None:
    reads = ReadQueue(log, budget)
    tickets = ask(reads, 30)
    under_way = len(log.asked)
    reads.give_back(tickets[under_way])
    reads.give_back(tickets[0])
    assert log.asked[-1][0].after == under_way + 1


def test_all_given_back_holds_nothing(budget: Budget, log: SlowLog) -> None:
    reads = ReadQueue(log, budget)
    for ticket in ask(reads, 30):
        reads.give_back(ticket)
    assert budget.held()[Kind.PAGES] == 0


def test_pages_are_small_while_memory_is_tight_and_wait_while_it_is_full(
    budget: Budget, log: SlowLog
) -> None:
    reads = ReadQueue(log, budget)
    budget.charge(Kind.CONNECTIONS, LIMIT // 16 * 10)
    ask(reads, 1)
    assert log.asked[0][0].limit_bytes == 32 * 1024
    budget.charge(Kind.CONNECTIONS, LIMIT // 16 * 5)
    ask(reads, 1)
    assert len(log.asked) == 1
    budget.charge(Kind.CONNECTIONS, -LIMIT // 16 * 15)
    reads.go_on()
    assert len(log.asked) == 2
