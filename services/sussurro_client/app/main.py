"""Run the app until it ends, and say how it ended."""

import sys

from sussurro_client.app.app import Outcome, SussurroApp
from sussurro_client.app.ports import Invitation, OpenSession
from sussurro_client.display import safe_text
from sussurro_client.words import ngettext

_LEFT, _NOT_DELIVERED, _REFUSED = 0, 1, 2


def run_app(open_session: OpenSession, invitation: Invitation) -> int:
    """Show the room until somebody leaves; return the exit code.

    0: left, everything delivered. 1: not everything; the texts are on stdout.
    2: trying again would not help; the reason is on stderr.
    """
    app = SussurroApp(open_session, invitation)
    outcome = app.run(mouse=not invitation.attached)
    return _REFUSED if outcome is None else report(outcome)


def report(outcome: Outcome) -> int:
    """Say on the restored terminal how it ended; return the exit code."""
    if outcome.refusal:
        print(outcome.refusal, file=sys.stderr)  # noqa: T201 - the screen is gone, this is for the shell
        return _REFUSED
    if not outcome.undelivered:
        return _LEFT
    count = len(outcome.undelivered)
    words = ngettext("{count} text was not delivered:", "{count} texts were not delivered:", count)
    print(words.format(count=count))  # noqa: T201 - as above
    for text in outcome.undelivered:
        print(safe_text(text))  # noqa: T201 - as above
    return _NOT_DELIVERED
