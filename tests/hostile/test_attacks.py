"""The table of attacks: it is whole, it is what the documentation shows, and its tests are there."""

import importlib
from pathlib import Path

import pytest

from tests.hostile.attacks import LYING_MEMBER, LYING_RELAY, Attack, tables

_PAGE = Path(__file__).parents[2] / "docs" / "security.md"
# To one and to all, where the table has one row for both; and what shows that the tests can fail.
_NO_ROWS = {
    "test_lying_relay::test_a_message_dropped_for_all_is_missed_by_all",
    "test_lying_relay::test_a_message_that_is_said_again_to_one_is_told_to_that_one",
    "test_lying_relay::test_two_messages_of_one_member_swapped_for_all_are_told_to_all",
    "test_lying_member::test_who_lies_not_alarms_nobody",
    "test_lying_member::test_the_means_to_sign_anything_sign_rightly",
    "test_lying_member::test_the_real_program_tells_of_lies_and_goes_on",
    "test_terminal::test_what_is_meant_to_be_hostile_is",
    # An honest relay that keeps for a while only.
    "test_lying_relay::test_what_is_let_go_while_one_is_away_is_told_as_that_and_nothing_else",
}
_ATTACKS = (*LYING_RELAY, *LYING_MEMBER)


def test_the_documentation_shows_the_table_as_it_is() -> None:
    assert tables() in _PAGE.read_text()


@pytest.mark.parametrize("attack", _ATTACKS, ids=lambda attack: str(attack.what))
def test_no_attack_goes_undetected_and_each_is_played(attack: Attack) -> None:
    assert attack.what
    assert attack.outcome.startswith(("told to ", "harmless: ", "harmless as far as it goes: "))
    assert "undetected" not in attack.outcome
    module, _, name = attack.test.partition("::")
    assert callable(getattr(importlib.import_module(f"tests.hostile.{module}"), name))


def test_each_test_of_the_enemy_is_in_the_table() -> None:
    modules = ("test_lying_relay", "test_lying_member", "test_terminal")
    tests = {
        f"{module}::{name}"
        for module in modules
        for name in vars(importlib.import_module(f"tests.hostile.{module}"))
        if name.startswith("test_")
    }
    assert tests - {attack.test for attack in _ATTACKS} == _NO_ROWS
