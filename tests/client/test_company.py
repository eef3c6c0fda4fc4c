from functools import partial

import pytest

from sussurro_client.company import Company
from sussurro_client.envelope import Sealer
from sussurro_client.events import Alarm, Alert, Arrived, Departed, Event, Present
from sussurro_client.letter import Letter
from sussurro_client.people import People
from sussurro_wire.messages import Count, Gone, Here, WhoEnd
from tests.client.scenes import BIA, EVE, KEY, NOW, Voice


class Stage:
    """A company that nobody is in yet."""

    def __init__(self) -> None:
        self.told: list[Event] = []
        self.greeted: list[Letter] = []
        self.company = Company(People(Sealer(KEY)), self.greeted.append, self.told.append)


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_whom_the_roster_of_our_entrance_names_is_here_and_did_not_just_arrive(
    stage: Stage,
) -> None:
    bia = Voice(BIA)
    stage.company.expect_roster()
    stage.company.take_card(Here("s1", bia.card()))
    stage.company.end_roster(WhoEnd(1))
    assert stage.told == [Present((BIA.person,), 1)]
    assert stage.greeted == [bia.card_letter()]


def test_who_comes_later_arrives(stage: Stage) -> None:
    stage.company.take_card(Here("s1", Voice(BIA).card()))
    assert stage.told == [Arrived(BIA.person)]
    assert stage.company.present == (BIA.person,)


def test_whom_only_a_later_roster_names_has_arrived_unnoticed(stage: Stage) -> None:
    stage.company.expect_roster()
    stage.company.end_roster(WhoEnd(1))
    stage.company.expect_roster()
    stage.company.take_card(Here("s1", Voice(BIA).card()))
    assert stage.told[1:] == [Arrived(BIA.person)]


@pytest.mark.parametrize("order", ["eve bia eve end", "bia eve eve end", "bia eve end eve"])
def test_who_comes_between_our_entrance_and_the_first_roster_arrives_once(
    stage: Stage, order: str
) -> None:
    company = stage.company
    told = {
        "bia": partial(company.take_card, Here("s1", Voice(BIA).card())),
        "eve": partial(company.take_card, Here("s2", Voice(EVE).card())),
        "end": partial(company.end_roster, WhoEnd(3)),
    }
    company.expect_roster()
    for what in order.split():
        told[what]()
    company.expect_roster()
    for what in ("bia", "eve", "end"):
        told[what]()
    assert [event for event in stage.told if isinstance(event, Arrived)] == [Arrived(EVE.person)]
    assert set(company.present) == {BIA.person, EVE.person}


def test_two_questions_at_once_name_everybody_twice_and_nobody_arrives(stage: Stage) -> None:
    bia = Voice(BIA).card()
    stage.company.expect_roster()
    stage.company.take_card(Here("s1", bia))
    stage.company.expect_roster()
    stage.company.end_roster(WhoEnd(1))
    stage.company.take_card(Here("s1", bia))
    stage.company.end_roster(WhoEnd(1))
    assert Arrived(BIA.person) not in stage.told


def test_who_reconnects_between_our_entrance_and_the_first_roster_has_not_arrived(
    stage: Stage,
) -> None:
    bia = Voice(BIA)
    first = bia.card()
    bia.reconnect()
    second = bia.card()
    stage.company.expect_roster()
    for here in (Here("s2", second), Here("s1", first), Here("s2", second)):
        stage.company.take_card(here)
    stage.company.end_roster(WhoEnd(2))
    assert Arrived(BIA.person) not in stage.told


def test_whom_a_roster_does_not_name_is_not_here(stage: Stage) -> None:
    stage.company.take_card(Here("s1", Voice(BIA).card()))
    stage.company.expect_roster()
    stage.company.take_card(Here("s2", Voice(EVE).card()))
    stage.company.end_roster(WhoEnd(1))
    assert stage.company.present == (EVE.person,)


def test_who_goes_is_told_with_the_reason_and_a_stranger_is_not(stage: Stage) -> None:
    stage.company.take_card(Here("s1", Voice(BIA).card()))
    stage.company.take_leave(Gone("s1", "left"))
    stage.company.take_leave(Gone("s9", "left"))
    assert stage.told[1:] == [Departed(BIA.person, "left")]


def test_in_a_large_room_only_the_number_is_told(stage: Stage) -> None:
    stage.company.take_count(Count(1_000))
    assert stage.told == [Present((), 1_000)]


def test_a_card_of_another_session_is_a_replay_and_greets_nobody(stage: Stage) -> None:
    card = Voice(BIA).card()
    stage.company.take_card(Here("s1", card))
    stage.company.take_leave(Gone("s1", "left"))
    stage.company.take_card(Here("s2", card))
    assert stage.told[2:] == [Alert(Alarm.REPLAY, BIA.person, at=NOW * 1000)]
    assert len(stage.greeted) == 1


def test_what_is_no_card_is_told(stage: Stage) -> None:
    stage.company.take_card(Here("s1", "gAAAAAa"))
    stage.company.take_card(Here("s2", Voice(BIA).token("Oi").decode()))
    assert stage.told == [Alert(Alarm.UNDECRYPTABLE), Alert(Alarm.FORGED)]


def test_on_a_new_connection_nobody_is_here_yet(stage: Stage) -> None:
    stage.company.take_card(Here("s1", Voice(BIA).card()))
    stage.company.begin()
    assert stage.company.present == ()
