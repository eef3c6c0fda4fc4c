import pytest

from sussurro_relay.budget import Budget, Kind
from sussurro_relay.incoming import Incoming
from sussurro_wire.errors import WireError
from sussurro_wire.messages import Hello, Side
from sussurro_wire.protocol import Event, Protocol

LIMIT = 16 * 1024 * 1024


def listening(budget: Budget | None = None, rate_bytes: int = 0) -> Incoming:
    """Return what is known, at 100.0, of a client that was greeted."""
    protocol = Protocol(Side.RELAY)
    protocol.send(Hello(1, "bm9uY2U"))
    return Incoming(protocol, budget or Budget(LIMIT), rate_bytes, 20.0, 100.0)


def ignore(_: Event) -> None:
    """Take no note of what was said."""


def test_an_unfinished_line_is_stalled_from_when_it_was_begun_not_from_its_last_byte() -> None:
    incoming = listening()
    for moment in (101.0, 102.0, 103.0):
        incoming.receive(b"JOIN", moment, ignore)
    assert incoming.held_bytes == 15
    assert incoming.stalled_bytes(102.9) == 0
    assert incoming.stalled_bytes(103.1) == 12


def test_no_rate_is_no_limit() -> None:
    incoming = listening()
    incoming.receive(b"JOIN " + b"x" * 4000, 101.0, ignore)
    assert not incoming.is_over_rate(101.0)


def test_the_rest_of_a_read_begins_a_line_of_its_own() -> None:
    incoming = listening()
    incoming.receive(b"JO", 101.0, ignore)
    with pytest.raises(WireError):
        incoming.receive(b"KE\nJOIN", 110.0, ignore)
    incoming.receive(b" ", 111.0, ignore)
    assert incoming.stalled_bytes(112.0) == 0
    assert incoming.stalled_bytes(112.1) == incoming.stalled_bytes(200.0) > 0


def test_who_is_silent_is_asked_once_until_it_is_heard_again_and_gone_after_twice_the_time() -> (
    None
):
    incoming = listening()
    asked = [incoming.has_to_be_asked(moment) for moment in (120.0, 120.1, 125.0)]
    assert asked == [False, True, False]
    assert not incoming.is_gone(140.0)
    assert incoming.is_gone(140.1)
    incoming.receive(b"J", 139.0, ignore)
    assert not incoming.is_gone(179.0)
    assert incoming.has_to_be_asked(159.1)


def test_who_was_not_listened_to_is_excused() -> None:
    incoming = listening()
    incoming.excuse_silence(130.0)
    assert not incoming.has_to_be_asked(150.0)
    assert not incoming.is_gone(170.0)


def test_a_sender_over_its_rate_has_to_wait_until_it_is_due_again() -> None:
    incoming = listening(rate_bytes=100)
    incoming.receive(b"x" * 300, 100.0, ignore)
    assert incoming.is_over_rate(100.5)
    assert not incoming.is_over_rate(101.5)


def test_less_is_read_at_once_while_memory_is_tight_but_never_less_than_a_record_of_tls() -> None:
    budget = Budget(LIMIT)
    incoming = listening(budget)
    assert incoming.read_bytes == 128 * 1024
    budget.charge(Kind.LOG, LIMIT // 16 * 10)
    assert incoming.read_bytes == 16 * 1024


def test_while_memory_is_short_little_is_taken_from_who_has_rested() -> None:
    budget = Budget(LIMIT)
    budget.share_out(rooms=1, connections=1024)  # about a kilobyte a second for each
    incoming = listening(budget)
    incoming.receive(b"x" * 1024, 100.0, ignore)
    assert not incoming.is_affordable(100.5)
    assert incoming.is_affordable(101.1)
    budget.charge(Kind.LOG, LIMIT // 16 * 13)
    assert not incoming.is_affordable(101.1)
