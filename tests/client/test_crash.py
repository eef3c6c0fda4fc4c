import stat
import threading
from pathlib import Path

import pytest

from sussurro_client.crash import crash_sentence, describe, threads_watched

SECRET = "what Ana said"


@pytest.fixture
def logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("platformdirs.user_log_path", lambda _name: tmp_path / "log")
    return tmp_path / "log"


def failed() -> BaseException:
    def fail() -> None:
        try:
            dict[str, int]()[SECRET]
        except KeyError as error:
            raise ValueError(SECRET) from error

    with pytest.raises(ValueError, match=SECRET) as caught:
        fail()
    return caught.value


def test_a_crash_is_written_down_for_its_owner_alone_and_the_sentence_says_where(
    logs: Path,
) -> None:
    sentence = crash_sentence(failed())
    (path,) = logs.iterdir()
    assert str(path) in sentence
    assert "\n" not in sentence
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(logs.stat().st_mode) == 0o700
    assert path.read_text() == describe(failed())


def test_what_is_written_has_types_and_places_and_nothing_that_was_said() -> None:
    told = describe(failed())
    assert "ValueError\n" in told
    assert "KeyError\n" in told, "what led to it"
    assert told.count("test_crash.py:") == 3
    assert " fail\n" in told
    assert SECRET not in told


def test_an_exception_of_a_hostile_kind_cannot_speak() -> None:
    class HostileError(Exception):
        def __str__(self) -> str:
            raise AssertionError("nobody should ask")

        __repr__ = __str__

    assert "HostileError" in describe(HostileError(SECRET))


def test_where_nothing_can_be_written_the_sentence_says_which_mistake_it_was(
    logs: Path,
) -> None:
    logs.write_text("a file where the folder should be")
    assert crash_sentence(failed()).endswith("ValueError.")


def test_a_long_way_to_a_crash_is_cut() -> None:
    def deep(left: int) -> None:
        if left:
            deep(left - 1)
        raise RecursionError

    with pytest.raises(RecursionError) as caught:
        deep(500)
    assert describe(caught.value).count("\n") < 120


def test_a_thread_that_fails_is_heard_of_and_prints_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    heard: list[BaseException] = []

    def fail() -> None:
        raise ValueError(SECRET)

    before = threading.excepthook
    with threads_watched(heard.append):
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()
    assert [type(error) for error in heard] == [ValueError]
    assert capsys.readouterr() == ("", "")
    assert threading.excepthook is before
