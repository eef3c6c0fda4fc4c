from collections import deque
from collections.abc import Callable

from sussurro_relay.budget import Budget, Kind
from sussurro_relay.log import Page, Query, Record
from sussurro_relay.outgoing import Outgoing

PAGE = Page((Record("room", 7, "ana", 1, b"gAAAAA\n"),), 1, 9, complete=False)


class Owed:
    """What one client is owed, and the reads that are under way for it."""

    def __init__(self) -> None:
        self.budget = Budget(1 << 20)
        self.reads: deque[tuple[Query, Callable[[Page], None]]] = deque()
        self.outgoing = Outgoing(self)  # type: ignore[arg-type] # as much of a desk as it needs

    def read(self, query: Query, done: Callable[[Page], None]) -> None:
        self.reads.append((query, done))

    def held(self) -> int:
        return self.budget.held()[Kind.BUFFERS]


def test_answers_are_charged_from_when_they_are_given_until_they_are_let_go_of() -> None:
    owed = Owed()
    owed.outgoing.reply(b"HERE ...\n" * 100)
    charged = owed.held()
    assert charged >= 900
    assert owed.outgoing.take_reply() == b"HERE ...\n" * 100
    assert owed.outgoing.replies_size == 0
    assert owed.held() == charged
    owed.outgoing.let_go()
    owed.outgoing.let_go()
    assert owed.held() == 0


def test_pages_are_read_one_at_a_time_and_the_next_only_when_the_last_was_taken() -> None:
    owed = Owed()
    for before in (30, 20, 10):
        owed.outgoing.ask(Query("room", messages=5, before=before))
    for before in (30, 20, 10):
        ((query, done),) = owed.reads
        assert query.before == before
        owed.reads.clear()
        done(PAGE)
        assert not owed.reads
        assert owed.outgoing.take_reply() == b"AT 7\ngAAAAA\nPAST 7\n"
        owed.outgoing.let_go()
    assert not owed.reads
    assert not owed.outgoing.has_questions


def test_an_empty_page_is_answered_too() -> None:
    owed = Owed()
    owed.outgoing.ask(Query("room", messages=5, before=3))
    owed.reads.popleft()[1](Page((), 1, 9, complete=True))
    assert owed.outgoing.take_reply() == b"PAST 0\n"


def test_what_a_socket_did_not_take_is_charged_once_and_shrinks_without_a_copy() -> None:
    owed = Owed()
    whole = b"0123456789" * 100
    rest = owed.outgoing.keep(whole, 400, 100.0)
    charged = owed.held()
    rest = owed.outgoing.keep(rest, 100, 101.0)
    assert rest.obj is whole
    assert rest.tobytes() == whole[500:]
    assert owed.held() == charged


def test_who_takes_nothing_for_long_holds_all_of_the_buffer() -> None:
    owed = Owed()
    assert not owed.outgoing.was_slow(100.0)
    rest = owed.outgoing.keep(b"x" * 1000, 400, 100.0)
    rest = owed.outgoing.keep(rest, 0, 103.0)
    assert owed.outgoing.was_slow(105.0)
    assert owed.outgoing.stalled_bytes(105.0) == 0
    assert owed.outgoing.stalled_bytes(105.1) == 1000
    owed.outgoing.keep(rest, 1, 105.0)
    assert owed.outgoing.stalled_bytes(105.1) == 0


def test_at_the_end_everything_is_given_back() -> None:
    owed = Owed()
    owed.outgoing.reply(b"first\n")
    owed.outgoing.keep(owed.outgoing.take_reply(), 3, 100.0)
    owed.outgoing.reply(b"second\n")
    owed.outgoing.close()
    assert owed.held() == 0
