"""Run the app until it ends, and say how it ended."""

import os
import sys
from collections.abc import Sequence
from contextlib import suppress

from sussurro_client.app.abilities import abilities_of
from sussurro_client.app.app import Crashed, SussurroApp
from sussurro_client.app.outcome import Outcome
from sussurro_client.app.ports import Entrance
from sussurro_client.crash import crash_sentence, threads_watched
from sussurro_client.display import safe_text
from sussurro_client.exit_codes import (
    EXIT_CRASHED,
    EXIT_NOT_DELIVERED,
    EXIT_OK,
    EXIT_REFUSED,
)
from sussurro_client.words import ngettext

_RESCUE_SECONDS = 2.0


def run_app(entrances: Sequence[Entrance]) -> int:
    """Show the rooms until somebody leaves; return the exit code.

    0: left, everything delivered. 1: not everything; the texts are on stdout.
    2: trying again would not help anywhere; the reason is on stderr. 70: a mistake
    of ours, and stderr says where it is written down.
    """
    app = SussurroApp(entrances, abilities=abilities_of(os.environ))

    def tell(error: BaseException) -> None:
        with suppress(RuntimeError):  # it has ended anyway
            app.post_message(Crashed(error))

    with threads_watched(tell):
        outcome = app.run(mouse=not entrances[0].invitation.attached)
    if app.crash is not None:
        _complain(crash_sentence(app.crash))
        _hand_back(app.rescue(_RESCUE_SECONDS))
        return EXIT_CRASHED
    return EXIT_REFUSED if outcome is None else report(outcome)


def report(outcome: Outcome) -> int:
    """Say on the restored terminal how it ended; return the exit code."""
    _hand_back(outcome.undelivered)
    for notice in (*outcome.notices, *((outcome.unfinished,) if outcome.unfinished else ())):
        _complain(notice)
    if outcome.refusal:
        _complain(outcome.refusal)
        return EXIT_REFUSED
    return EXIT_NOT_DELIVERED if outcome.undelivered or outcome.unfinished else EXIT_OK


def _complain(sentence: str) -> None:
    with suppress(OSError):  # a terminal that is gone
        print(safe_text(sentence), file=sys.stderr, flush=True)  # noqa: T201 - the screen is gone, this is for the shell


def _hand_back(texts: tuple[str, ...]) -> None:
    if not texts:
        return
    words = ngettext(
        "{count} text was not delivered:", "{count} texts were not delivered:", len(texts)
    )
    lines = [words.format(count=len(texts)), *map(safe_text, texts)]
    with suppress(OSError):  # as above
        print("\n".join(lines), flush=True)  # noqa: T201 - as above
