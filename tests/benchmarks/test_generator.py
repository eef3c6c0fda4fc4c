"""The generator against relays that do well, and against one that does not."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest

from benchmarks.cells import Cell, measure
from benchmarks.contenders import PLAIN, Contender
from benchmarks.figures import Figures
from benchmarks.load import Crowd, Demand, Form, LoadError, run
from benchmarks.ours import sussurro

pytestmark = [pytest.mark.compiler, pytest.mark.usefixtures("programs")]

Tamper = Callable[[int, list[bytes]], list[bytes]]
MESSAGES, RECEIVERS = 20, 3
RELAYS = pytest.mark.parametrize("relay", [sussurro(), PLAIN], ids=lambda relay: relay.name)


@RELAYS
def test_all_that_is_said_as_fast_as_it_is_taken_arrives(relay: Contender) -> None:
    outcome = measure(relay, Cell(9, 2, Demand(3_000, 100, skim=4), sizes=(100, 5_000)), 0)
    assert outcome.figures.flaws == ""
    assert outcome.figures.deliveries == 3_000 * 9
    assert outcome.figures.relay_cpu_seconds > 0
    assert outcome.peak > 0


@RELAYS
def test_all_that_is_said_at_a_rate_arrives_and_takes_its_time(relay: Contender) -> None:
    figures = measure(relay, Cell(5, 2, Demand(100, 20, rate=500)), 0).figures
    assert figures.flaws == ""
    assert figures.deliveries == 100 * 5
    assert figures.seconds >= 99 / 500
    assert 0 < figures.latency.p50 <= figures.latency.p99 <= figures.latency.max
    assert figures.latency.p50 <= figures.last_receiver.p50 <= figures.last_receiver.max


@RELAYS
def test_each_room_hears_its_own(relay: Contender) -> None:
    figures = measure(relay, Cell(3, 1, Demand(200, 4), rooms=4), 0).figures
    assert figures.flaws == ""
    assert figures.deliveries == 200 * 3


def _unchanged(_receiver: int, lines: list[bytes]) -> list[bytes]:
    return lines


def _lose(receiver: int, lines: list[bytes]) -> list[bytes]:
    return lines if receiver else [*lines[:4], *lines[5:]]


def _lose_for_one_who_is_skimmed(receiver: int, lines: list[bytes]) -> list[bytes]:
    return lines if receiver != 1 else [*lines[:4], *lines[5:]]


def _alter(receiver: int, lines: list[bytes]) -> list[bytes]:
    return lines if receiver else [*lines[:4], lines[4].replace(b"xx\n", b"xy\n"), *lines[5:]]


def _swap(receiver: int, lines: list[bytes]) -> list[bytes]:
    return lines if receiver else [*lines[:4], lines[5], lines[4], *lines[6:]]


def _repeat(receiver: int, lines: list[bytes]) -> list[bytes]:
    return lines if receiver else [*lines, lines[-1]]


def _chatter(receiver: int, lines: list[bytes]) -> list[bytes]:
    return lines if receiver else [b"PING 0123456789abcdef\n", *lines, b"COUNT 3\n"]


@pytest.mark.parametrize("rate", [0.0, 1_000.0])
@pytest.mark.parametrize(
    ("tamper", "flaws"),
    [
        (_unchanged, ""),
        (_lose, "1 missing, 1 misordered"),
        (_lose_for_one_who_is_skimmed, "1 missing"),
        (_alter, "1 missing, 1 malformed, 1 misordered"),
        (_swap, "3 misordered"),
        (_repeat, "1 misordered"),
        (_chatter, ""),
    ],
)
def test_what_a_relay_does_wrong_is_counted(tamper: Tamper, flaws: str, rate: float) -> None:
    assert _under(tamper, rate).flaws == flaws


def test_a_member_that_is_cut_off_is_counted_and_not_awaited() -> None:
    def cut(receiver: int, lines: list[bytes]) -> list[bytes]:
        return [] if receiver == 0 else lines

    figures = _under(cut, 0.0, ends=True)
    assert figures.gone == 1
    assert figures.missing == MESSAGES


def test_a_warmup_that_does_not_arrive_is_an_error() -> None:
    with _crowd(_lose) as crowd, pytest.raises(LoadError, match="warm-up"):
        run(crowd, [Form(100)], Demand(MESSAGES, MESSAGES, timeout=0.3), [])


def test_a_plan_that_makes_no_sense_is_an_error() -> None:
    with pytest.raises(LoadError, match="not complete"):
        run(Crowd([], []), [Form(100)], Demand(1), [])


def _under(tamper: Tamper, rate: float, *, ends: bool = False) -> Figures:
    with _crowd(tamper, ends=ends) as crowd:
        return run(crowd, [Form(100)], Demand(MESSAGES, rate=rate, skim=2, timeout=0.3), [])


@contextmanager
def _crowd(tamper: Tamper, *, ends: bool = False) -> Iterator[Crowd]:
    """One who speaks and some who hear, through a relay that tampers with what it tells each.

    ``ends``: whoever is told nothing is cut off instead.
    """
    pairs = [socket.socketpair() for _ in range(1 + RECEIVERS)]
    (sender, heard), *receivers = pairs

    def relay() -> None:
        lines = [heard_lines.readline() for _ in range(MESSAGES)]
        for number, (_, told) in enumerate(receivers):
            mine = tamper(number, lines)
            told.sendall(b"".join(mine))
            if ends and not mine:
                told.shutdown(socket.SHUT_WR)

    with ExitStack() as opened:
        for each in (side for pair in pairs for side in pair):
            opened.enter_context(each)
        heard_lines = opened.enter_context(heard.makefile("rb"))
        thread = threading.Thread(target=relay, name="tampering relay")
        thread.start()
        opened.callback(thread.join)
        try:
            yield Crowd([(member, 0) for member, _ in receivers], [(sender, 0)])
        finally:
            heard.shutdown(socket.SHUT_RDWR)
