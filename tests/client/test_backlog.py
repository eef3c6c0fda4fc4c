from dataclasses import replace

import pytest

from sussurro_client.backlog import Backlog
from sussurro_client.contents import Card, Text
from sussurro_client.errors import Flaw
from sussurro_client.events import Alarm, Alert, Earlier, Moved, Received, Standing
from sussurro_client.letter import Letter
from sussurro_wire.errors import WireError
from tests.client.scenes import ANA, BIA, NOW, Voice

AT = NOW * 1000
ME = (ANA.person.key, b"my-run-1")


def show(letter: Letter, seq: int) -> list[Received | Moved | Alert]:
    return [
        Received(
            BIA.person, letter.envelope.content, letter.id, seq, AT, Standing.KNOWN, live=False
        )
    ]


class Stage:
    """Bia's six messages, of which Ana was shown those from chunk 15 on, the fifth first."""

    def __init__(self) -> None:
        self.backlog = Backlog(ME, show)
        bia = Voice(BIA)
        self.said = [bia.letter(f"{number}") for number in range(1, 7)]
        self.backlog.enter(1, 20)
        self.backlog.arrive(15)
        self.backlog.note(self.said[4], 15)
        self.backlog.note(self.said[5], 16)

    def page(self, *letters: Letter | Flaw, first: int = 3) -> list[str]:
        """Ask, and be given a page; return what is told, in words."""
        self.backlog.ask(10)
        for place, letter in enumerate(letters, first or 1):
            assert self.backlog.arrive(place)
            self.backlog.take(letter, place)
        earlier = self.backlog.end(first)
        assert earlier is not None
        return [
            event.text if isinstance(event, Received) else event.alarm.value
            for event in earlier.events
            if isinstance(event, Received | Alert)
        ]


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_what_is_asked_for_ends_before_the_first_chunk_that_was_shown(stage: Stage) -> None:
    assert stage.backlog.ask(10) == 15


def test_whoever_joined_without_history_asks_from_where_they_came_in() -> None:
    backlog = Backlog(ME, show)
    backlog.enter(1, 20)
    assert backlog.ask(10) == 20


def test_a_page_is_told_oldest_first_and_the_next_one_ends_where_it_began(stage: Stage) -> None:
    assert stage.page(*stage.said[:4]) == ["1", "2", "3", "4"]
    assert stage.backlog.ask(10) == 3


def test_pages_are_held_against_each_other_too(stage: Stage) -> None:
    assert stage.page(*stage.said[2:4], first=9) == ["3", "4"]
    assert stage.page(*stage.said[:2], first=1) == ["1", "2"]


def test_there_is_more_until_the_relay_says_that_nothing_older_is_kept(stage: Stage) -> None:
    assert stage.backlog.has_more
    stage.page(stage.said[3], first=9)
    assert stage.backlog.has_more
    assert stage.page(first=0) == []
    assert not stage.backlog.has_more


def test_there_is_no_more_once_the_oldest_chunk_is_there() -> None:
    backlog = Backlog(ME, show)
    backlog.enter(7, 20)
    backlog.ask(10)
    backlog.arrive(7)
    backlog.take(Voice(ANA, run=ME[1]).letter("mine"), 7)
    assert backlog.end(7) == Earlier((), more=False)


@pytest.mark.parametrize("first", [15, 3, 99])
def test_a_page_that_leads_nowhere_is_the_last_and_told(stage: Stage, first: int) -> None:
    stage.backlog.ask(10)
    assert stage.backlog.end(first) == Earlier((Alert(Alarm.GAP),), more=False)
    assert not stage.backlog.has_more


def test_a_page_that_ends_where_it_began_is_the_last(stage: Stage) -> None:
    stage.backlog.ask(10)
    stage.backlog.take(stage.said[3], 9)
    earlier = stage.backlog.end(15)
    assert earlier is not None
    assert (len(earlier.events), earlier.more) == (1, False)


def test_a_page_without_end_takes_no_more_memory_than_it_may(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sussurro_client.backlog._SPARE", 2)
    stage.backlog.ask(3)
    for _number in range(5):
        stage.backlog.take(stage.said[0], 9)
    with pytest.raises(WireError, match="more of the past"):
        stage.backlog.take(stage.said[0], 9)


def test_a_message_that_is_left_out_is_told_before_the_one_that_shows_it(stage: Stage) -> None:
    said = stage.said
    assert stage.page(said[0], said[2], said[3]) == ["1", "gap", "3", "4"]


def test_a_message_that_is_left_out_at_the_seam_is_told(stage: Stage) -> None:
    stage.backlog.ask(10)
    stage.backlog.take(stage.said[2], 9)
    earlier = stage.backlog.end(9)
    assert earlier is not None
    assert earlier.events[-1] == Alert(Alarm.GAP, BIA.person, 1, AT, 15)


def test_a_message_in_the_place_of_another_is_a_contradiction(stage: Stage) -> None:
    other = Voice(BIA).letter("never said before 5", counter=4)
    assert stage.page(*stage.said[:3], other) == [
        "1", "2", "3", "contradiction", "never said before 5", "contradiction",
    ]  # fmt: skip


def test_a_copy_of_what_was_shown_is_dropped(stage: Stage) -> None:
    said = stage.said
    assert stage.page(said[3], said[4], said[5]) == ["4"]


def test_a_copy_within_the_past_is_told_once(stage: Stage) -> None:
    said = stage.said
    assert stage.page(said[2], said[3], said[2], said[3]) == ["3", "4"]


def test_what_came_late_behind_newer_words_is_not_lost() -> None:
    backlog = Backlog(ME, show)
    backlog.enter(1, 20)
    bia = Voice(BIA)
    one, two, three = (bia.letter(str(number)) for number in (1, 2, 3))
    backlog.ask(10)
    for seq, letter in enumerate((one, two, three, one, two), 1):
        backlog.take(letter, seq)
    earlier = backlog.end(1)
    assert earlier is not None
    texts = [event.text for event in earlier.events if isinstance(event, Received)]
    assert sorted(texts) == ["1", "2", "3"]
    assert not any(isinstance(event, Alert) for event in earlier.events)


def test_what_is_no_good_token_is_told_with_its_place(stage: Stage) -> None:
    assert stage.page(Flaw.FORGED, stage.said[3]) == ["forged", "4"]


def test_cards_and_our_own_words_are_passed_over(stage: Stage) -> None:
    mine = Voice(ANA, ME[1]).letter("mine")
    card = Voice(BIA).card_letter()
    assert isinstance(card.envelope.content, Card)
    assert stage.page(mine, card, stage.said[3]) == ["4"]


def test_a_page_that_was_not_asked_for_is_none(stage: Stage) -> None:
    assert stage.backlog.end(3) is None
    assert not stage.backlog.arrive(5)


def test_a_lost_connection_takes_the_question_with_it(stage: Stage) -> None:
    stage.backlog.ask(10)
    stage.backlog.take(stage.said[3], 9)
    stage.backlog.enter(1, 30)
    assert not stage.backlog.is_due
    assert stage.backlog.ask(10) == 15


def test_a_log_that_begins_anew_has_a_past_of_its_own(stage: Stage) -> None:
    stage.backlog.enter(1, 4)
    assert stage.backlog.ask(10) == 4


def test_an_altered_letter_shows_itself(stage: Stage) -> None:
    altered = replace(
        stage.said[3],
        envelope=stage.said[3].envelope.model_copy(update={"content": Text(text="x")}),
        digest=b"x" * 32,
    )
    assert stage.page(altered)[-1] == "contradiction"


def test_of_more_runs_than_can_be_remembered_all_is_told_and_no_memory_is_taken() -> None:
    backlog = Backlog(ME, show)
    backlog.enter(1, 20_000)
    letter = Voice(BIA).letter("x")
    for number in range(10_001):
        run = number.to_bytes(8, "big")
        other = replace(letter, envelope=letter.envelope.model_copy(update={"run": run}))
        backlog.note(other, number + 1)
    backlog.ask(10)
    backlog.take(letter, 1)
    earlier = backlog.end(1)
    assert earlier is not None
    assert len(earlier.events) == 1
    assert len(backlog._floors) == 10_000
