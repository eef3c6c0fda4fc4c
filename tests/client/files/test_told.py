from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sussurro_client.display import safe_text
from sussurro_client.events import Disconnected
from sussurro_client.files import told
from sussurro_client.files.progress import Direction, Progress, State
from tests.client.files.play import file_of
from tests.fuzz.shown import assert_harmless

HALF = Progress(1, "aa" * 32, "a.bin", Direction.UP, State.MOVING, 1_500_000, 3_000_000)
EVIL = "../\x1b]0;owned\x07\u202egnp.exe"


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (3_145_728, "3.1 MB"), (99_950, "100 kB"),
        (999_949, "1.0 MB"), (123_456_789, "123 MB"), (2**40 - 1, "1.1 TB"),
    ],
)  # fmt: skip
def test_a_size_is_said_as_people_do(size: int, words: str) -> None:
    assert told.size_words(size) == words


@given(st.integers(0, 2**40))
def test_every_size_is_short(size: int) -> None:
    assert len(told.size_words(size)) <= len("1000 kB")


def test_an_offer_is_told_with_how_to_save_it() -> None:
    assert told.offered(file_of(bytes(1500), "a.bin"), "#lusab") == (
        "File a.bin, 1.5 kB. To save it, write: /save #lusab"
    )


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({}, "Sending a.bin: 50 % of 3.0 MB"),
        ({"state": State.PREPARING}, "a.bin is being read."),
        ({"state": State.CONNECTING}, "a.bin waits for the relay."),
        ({"state": State.DONE}, "a.bin is sent: 3.0 MB."),
        ({"state": State.FAILED, "detail": "Why."}, "a.bin was not sent. Why."),
        ({"state": State.CANCELLED}, "a.bin was not sent: you cancelled it."),
        ({"state": State.QUIET, "detail": "Why."}, "a.bin is at 50 %. Why."),
        ({"direction": Direction.DOWN}, "Saving a.bin: 50 % of 3.0 MB"),
        ({"direction": Direction.DOWN, "state": State.PREPARING}, "a.bin is about to be saved."),
        ({"direction": Direction.DOWN, "state": State.CHECKING}, "a.bin is being checked."),
        (
            {"direction": Direction.DOWN, "state": State.DONE, "path": Path("/x/a.bin")},
            "a.bin is saved as /x/a.bin",
        ),
        (
            {"direction": Direction.DOWN, "state": State.FAILED, "detail": "Why."},
            "a.bin was not saved. Why.",
        ),
        (
            {"direction": Direction.DOWN, "state": State.CANCELLED},
            "a.bin was not saved: you cancelled it.",
        ),
    ],
)
def test_how_far_a_file_is_is_said_in_a_sentence(change: dict[str, object], sentence: str) -> None:
    assert told.progress(replace(HALF, **change)) == sentence  # type: ignore[arg-type]


@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("state", State)
def test_every_state_has_words(direction: Direction, state: State) -> None:
    sentence = told.progress(replace(HALF, direction=direction, state=state))
    assert sentence.startswith(("a.bin", "Sending a.bin", "Saving a.bin"))
    assert "{" not in sentence


def test_nothing_that_others_wrote_steers_a_terminal() -> None:
    progress = replace(HALF, state=State.FAILED, detail=EVIL, path=Path(EVIL))
    for sentence in (
        told.offered(file_of(b"", EVIL), "#lusab"),
        told.progress(progress),
        told.progress(replace(progress, direction=Direction.DOWN, state=State.DONE)),
        told.refused(Disconnected(EVIL, "room-refused", "", None)),
    ):
        assert_harmless(sentence)
        assert sentence == safe_text(sentence)


def test_a_refused_room_says_what_whoever_runs_the_relay_can_do() -> None:
    sentence = told.refused(Disconnected("r:1", "room-refused", "", None))
    assert sentence.startswith("r:1 serves only the rooms of its list (RELAY_ROOMS)")
    assert "can allow files by emptying the list" in sentence


def test_another_refusal_is_said_as_ever() -> None:
    assert told.refused(Disconnected("r:1", "bad-proof", "", None)) == (
        "r:1 does not accept the proof of this key."
    )


def test_what_was_not_finished_is_named() -> None:
    other = replace(HALF, name="b.bin")
    assert told.unfinished([HALF, other]) == "These files were not finished: a.bin, b.bin"
    assert told.unfinished([]) == ""


@pytest.mark.parametrize("direction", Direction)
def test_every_state_has_a_word_that_fits_beside_a_bar(direction: Direction) -> None:
    words = [told.state_words(replace(HALF, direction=direction, state=state)) for state in State]
    assert len(set(words)) == len(words)
    assert max(map(len, words)) <= 32
