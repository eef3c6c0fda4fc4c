"""An item from beginning to end, small."""

import pytest

from benchmarks.items import client, idle, rooms, terminal
from benchmarks.options import Options

QUICK = Options(rounds=1, patience=0, is_quick=True)


@pytest.mark.compiler
@pytest.mark.usefixtures("programs")
def test_an_item_shows_its_bar_and_both_relays() -> None:
    section = rooms.measure(QUICK)
    (bar,) = section.bars
    assert bar.measured is not None
    assert "plain relay in C" in str(section)
    assert "failed" not in str(section)
    assert "missing" not in str(section)


def test_members_join_with_proofs_and_idle() -> None:
    section = idle.measure(QUICK)
    assert all(bar.measured is not None for bar in section.bars)
    assert "failed" not in str(section)


def test_the_client_is_left_out_of_a_quick_run() -> None:
    assert client.measure(QUICK).notes


def test_the_app_is_measured_with_a_history_and_with_a_tenth_of_it() -> None:
    section = terminal.measure(QUICK)
    assert all(bar.measured is not None for bar in section.bars)
    assert "1,000 messages" in str(section)
    assert "failed" not in str(section)
