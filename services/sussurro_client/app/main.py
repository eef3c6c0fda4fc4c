"""Run the app until it ends, and say how it ended."""

import sys

from sussurro_client.app.app import Outcome, SussurroApp
from sussurro_client.app.ports import Doorway, Invitation
from sussurro_client.display import safe_text
from sussurro_client.words import ngettext

_LEFT, _NOT_DELIVERED, _REFUSED = 0, 1, 2


def run_app(doorway: Doorway, invitation: Invitation) -> int:
    """Show the room until somebody leaves; return the exit code.

    0: left, everything delivered. 1: not everything; the texts are on stdout.
    2: trying again would not help; the reason is on stderr.
    """
    app = SussurroApp(doorway, invitation)
    outcome = app.run(mouse=not invitation.attached)
    return _REFUSED if outcome is None else report(outcome)


def report(outcome: Outcome) -> int:
    """Say on the restored terminal how it ended; return the exit code."""
    _hand_back(outcome.undelivered)
    if outcome.unfinished:
        print(safe_text(outcome.unfinished))  # noqa: T201 - the screen is gone, this is for the shell
    if outcome.refusal:
        print(outcome.refusal, file=sys.stderr)  # noqa: T201 - the screen is gone, this is for the shell
        return _REFUSED
    return _NOT_DELIVERED if outcome.undelivered or outcome.unfinished else _LEFT


def _hand_back(texts: tuple[str, ...]) -> None:
    if not texts:
        return
    words = ngettext(
        "{count} text was not delivered:", "{count} texts were not delivered:", len(texts)
    )
    print(words.format(count=len(texts)))  # noqa: T201 - as above
    for text in texts:
        print(safe_text(text))  # noqa: T201 - as above
