"""The line mode for people and screen readers: one line for each thing, nothing twice. Pure.

Times are local. Lines of messages begin with brackets, lines of the program with
``*``, and those that want something of the reader with ``!``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from sussurro_client import sentences
from sussurro_client.display import safe_text
from sussurro_client.events import (
    Alert,
    Arrived,
    Connected,
    Departed,
    Disconnected,
    Earlier,
    Event,
    Kept,
    Moved,
    Person,
    Present,
    Received,
)
from sussurro_client.files import told
from sussurro_client.files.progress import Progress, State
from sussurro_client.line_faces import Ref, Why
from sussurro_client.naming import Circle
from sussurro_client.plain_posts import Look, heard, said
from sussurro_client.posts import Post, tag_of
from sussurro_client.timeline import Timeline
from sussurro_client.words import _, ngettext


@dataclass(frozen=True, slots=True)
class PlainFace:
    """Text for people; ``has_tags``: with every message stands the tag that names it."""

    has_tags: bool = False

    def answering(self, _ref: Ref) -> Self:
        """Return the same face: people know what they asked for."""
        return self

    def show(self, event: Event, circle: Circle, timeline: Timeline) -> str | None:
        """Return the line for an event; later lines of a text are set in."""
        match event:
            case Received():
                return heard(event, Look(circle, timeline, self.has_tags))
            case Connected():
                sentence = ngettext(
                    "Connected to {relay}; {members} here.",
                    "Connected to {relay}; {members} here.",
                    event.members,
                )
                return "* " + sentence.format(relay=safe_text(event.relay), members=event.members)
            case Disconnected() if event.retry_in is None:
                return None  # the end has a line of its own, which says why
            case Disconnected():
                return f"* {sentences.disconnected(event)}"
            case Arrived():
                return f"* {sentences.arrived(event.who, circle)}"
            case Departed():
                return f"* {sentences.departed(event, circle)}"
            case Alert():
                told, advice = sentences.alert(event, circle), sentences.advice(event)
                return f"! {told} {advice}".rstrip()
            case Moved():
                return f"! {sentences.moved(event)}"
            case Kept() | Present() | Earlier():
                return None

    def post(self, post: Post, _why: Why, circle: Circle, timeline: Timeline) -> str:
        """Return a message with its day and its tag."""
        return said(post, Look(circle, timeline, has_tag=True, is_dated=True))

    def sent(self, message_id: str) -> str | None:
        """Return the tag of what was said; without tags nothing, as it was just typed."""
        if not self.has_tags:
            return None
        return "* " + _("Sent as {tag}.").format(tag=tag_of(message_id))

    def whispered(self, message_id: str, to: Person, circle: Circle) -> str:
        """Return to whom alone something went, which a wrong name would show."""
        sentence = _("Sent as {tag} to {name} alone.")
        return "* " + sentence.format(tag=tag_of(message_id), name=circle.label(to))

    def transfer_begun(self, _number: int) -> str | None:
        """Return nothing: lines follow."""
        return None

    def transfer(self, progress: Progress) -> str:
        """Return how far a file is, marked where it failed."""
        mark = "!" if progress.state in (State.FAILED, State.QUIET) else "*"
        return f"{mark} {told.progress(progress)}"

    def page_begins(self, count: int) -> str | None:
        """Return how many earlier messages follow; of none nothing is said."""
        if not count:
            return None
        sentence = ngettext("{count} earlier message:", "{count} earlier messages:", count)
        return "* " + sentence.format(count=count)

    def page_ends(self, *, more: bool) -> str:
        """Return whether there is anything older."""
        if more:
            return "* " + _("This was the end of the earlier messages. For older ones: /earlier")
        return "* " + _("This was the end of the earlier messages. Nothing older is kept.")

    def searched(self, _words: str, found: int, among: int, *, everything: bool) -> str:
        """Return how many were found, and what was searched."""
        told = ngettext("{found} message found", "{found} messages found", found)
        among_all = ngettext(
            "in the only one that the relay keeps.",
            "in all {among} that the relay keeps.",
            among,
        )
        among_loaded = ngettext(
            "in the only one that is loaded. To search all that the relay keeps: /searchall",
            "in the {among} that are loaded. To search all that the relay keeps: /searchall",
            among,
        )
        where = among_all if everything else among_loaded
        return f"* {told.format(found=found)} {where.format(among=among)}"

    def present(self, event: Present, circle: Circle) -> str:
        """Return everybody here, one a line, with what is known of them."""
        return f"* {sentences.roster(event, circle)}"

    def trusted(self, who: Person, circle: Circle) -> str:
        """Return who is trusted now."""
        return f"* {sentences.trusted(who, circle)}"

    def fingerprint(self, who: Person, circle: Circle) -> str:
        """Return the five words to compare."""
        return f"* {sentences.fingerprint(who, circle)}"

    def help(self, lines: Sequence[str]) -> str:
        """Return what can be done, one thing a line."""
        return "\n    ".join(("* " + _("What a line can be:"), *lines))

    def error(self, sentence: str) -> str:
        """Return the sentence, marked."""
        return f"! {sentence}"

    def notice(self, sentence: str) -> str:
        """Return the sentence, marked."""
        return f"* {sentence}"
