"""Something that the thread of a transfer wants done in the thread of the face."""

from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TooLateError

from sussurro_client.errors import NotSentError
from sussurro_client.words import _

ERRAND_SECONDS = 30.0  # a face that does not answer for so long has ended


class Errand:
    """Made and waited for by one thread, done by another."""

    def __init__(self, call: Callable[[], str]) -> None:
        self._call = call
        self._future: Future[str] = Future()

    def run(self) -> None:
        """Do it, in the thread of the face, unless nobody waits for it any more."""
        if not self._future.set_running_or_notify_cancel():
            return
        try:
            self._future.set_result(self._call())
        except Exception as error:  # noqa: BLE001 - it is raised where it is waited for
            self._future.set_exception(error)

    def result(self, seconds: float = ERRAND_SECONDS) -> str:
        """Wait until it is done; return what came of it, or raise it. Raises NotSentError."""
        try:
            return self._future.result(seconds)
        except TooLateError:
            if not self._future.cancel():  # it is being done, or was just now
                return self._future.result()
            raise NotSentError(_("The session has ended; this was not sent.")) from None
