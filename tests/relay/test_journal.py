import json
from collections.abc import Iterator

import pytest

from sussurro_relay import journal


@pytest.fixture(autouse=True)
def closed_afterwards() -> Iterator[None]:
    yield
    journal._logger.handlers.clear()
    journal._logger.propagate = True
    journal._logger.setLevel("NOTSET")


def test_an_event_is_one_json_object_on_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    journal.open_journal("info")
    journal.note("started", port=5454, ready=True)
    journal.warn("odd", why="two\nlines")
    first, second = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert {**first, "at": ""} == {
        "at": "", "level": "info", "event": "started", "port": 5454, "ready": True,
    }  # fmt: skip
    assert first["at"].endswith("+00:00")
    assert (second["level"], second["why"]) == ("warning", "two\nlines")


def test_events_below_the_level_are_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    journal.open_journal("warning")
    journal.note("started")
    journal.warn("odd")
    assert [json.loads(line)["event"] for line in capsys.readouterr().err.splitlines()] == ["odd"]


def test_opening_it_again_does_not_write_everything_twice(
    capsys: pytest.CaptureFixture[str],
) -> None:
    journal.open_journal("info")
    journal.open_journal("info")
    journal.note("started")
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_fault_of_the_relay_is_written_with_its_traceback_on_one_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    journal.open_journal("info")
    try:
        int("the reason")
    except ValueError:
        journal.fail("connection_failed")
    (line,) = capsys.readouterr().err.splitlines()
    written = json.loads(line)
    assert (written["level"], written["event"]) == ("error", "connection_failed")
    assert "ValueError: invalid literal" in written["traceback"]
