import threading

import pytest

from sussurro_client.errors import ClientError, NotSentError
from sussurro_client.files.errand import Errand


def test_what_is_done_in_one_thread_comes_back_in_another() -> None:
    errand = Errand(lambda: threading.current_thread().name)
    worker = threading.Thread(target=errand.run, name="face")
    worker.start()
    assert errand.result() == "face"
    worker.join()


def test_what_fails_fails_where_it_is_waited_for() -> None:
    def fail() -> str:
        raise ClientError("No.")

    errand = Errand(fail)
    errand.run()
    with pytest.raises(ClientError, match="No"):
        errand.result()


def test_what_was_given_up_is_not_done_later() -> None:
    done: list[str] = []
    errand = Errand(lambda: done.append("late") or "")  # type: ignore[func-returns-value]
    with pytest.raises(NotSentError):
        errand.result(0)
    errand.run()
    assert done == []


def test_what_is_being_done_is_waited_for_to_its_end() -> None:
    began, may_end = threading.Event(), threading.Event()

    def work() -> str:
        began.set()
        may_end.wait(10)
        return "done"

    errand = Errand(work)
    worker = threading.Thread(target=errand.run)
    worker.start()
    assert began.wait(10)
    threading.Timer(0.05, may_end.set).start()
    assert errand.result(0) == "done"
    worker.join()


def test_where_nobody_does_it_it_was_not_sent() -> None:
    with pytest.raises(NotSentError):
        Errand(lambda: "never").result(0)
