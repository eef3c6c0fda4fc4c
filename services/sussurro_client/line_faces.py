"""What a face of the line mode can show, and what both say alike.

`sussurro_client.plain_face` is for people, `sussurro_client.json_face` for programs.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol, Self

from sussurro_client import sentences
from sussurro_client.display import safe_line
from sussurro_client.events import Disconnected, Event, Person, Present
from sussurro_client.files.progress import Progress
from sussurro_client.naming import Circle
from sussurro_client.posts import Post
from sussurro_client.timeline import Timeline
from sussurro_client.words import _, ngettext

Ref = str | int | None  # by which a program knows an answer to its command


class Why(StrEnum):
    """For what reason a message is shown that is not new."""

    EARLIER = "earlier"  # it stands in a page of the past
    LISTED = "listed"
    MATCH = "match"  # it has the words that were searched


class Face(Protocol):
    """Turns what happens into lines without their line feed; None: nothing to show."""

    def answering(self, ref: Ref) -> Self:
        """Return the face for the answers to a command with ``ref``."""

    def show(self, event: Event, circle: Circle, timeline: Timeline) -> str | None:
        """Return the line for an event of the session; what it changes is in ``timeline``."""

    def post(self, post: Post, why: Why, circle: Circle, timeline: Timeline) -> str:
        """Return the line for a message as it is by now."""

    def sent(self, message_id: str) -> str | None:
        """Return the answer to somebody who said something, which is on its way now."""

    def whispered(self, message_id: str, to: Person, circle: Circle) -> str:
        """Return the answer to somebody who said something to one member alone."""

    def transfer_begun(self, number: int) -> str | None:
        """Return the answer to somebody who sends or saves a file."""

    def transfer(self, progress: Progress) -> str:
        """Return how far a file is on its way, or what came of it."""

    def page_begins(self, count: int) -> str | None:
        """Return what stands before ``count`` earlier messages."""

    def page_ends(self, *, more: bool) -> str:
        """Return what stands after them; ``more``: there may be still older ones."""

    def searched(self, words: str, found: int, among: int, *, everything: bool) -> str:
        """Return how many of how many messages have the words; all that is kept, or what is loaded."""

    def present(self, event: Present, circle: Circle) -> str:
        """Return the answer to somebody who asked who is here."""

    def trusted(self, who: Person, circle: Circle) -> str:
        """Return the answer to somebody who has come to trust a person."""

    def fingerprint(self, who: Person, circle: Circle) -> str:
        """Return the answer to somebody who asked for a person's fingerprint."""

    def help(self, lines: Sequence[str]) -> str:
        """Return what can be done, a line for each."""

    def error(self, sentence: str) -> str:
        """Return a line that says what went wrong."""

    def notice(self, sentence: str) -> str:
        """Return a line with something to know."""


def undelivered(texts: tuple[str, ...]) -> str:
    """Return how many texts were not delivered, with the beginning of the first."""
    sentence = ngettext(
        "{count} message was not delivered: {first}",
        "{count} messages were not delivered, the first: {first}",
        len(texts),
    )
    first = safe_line(texts[0])
    return sentence.format(count=len(texts), first=first if len(first) < 60 else first[:59] + "…")


def deeds_undelivered(count: int) -> str:
    """Return how many things that are no texts were not delivered: reactions and the like."""
    sentence = ngettext(
        "{count} change of a message was not delivered.",
        "{count} changes of messages were not delivered.",
        count,
    )
    return sentence.format(count=count)


def connection_refused(event: Disconnected) -> str:
    """Return why trying again is of no use, and what to do."""
    return sentences.disconnected(event) + " " + _("Ask whoever runs the relay, or check the key.")
