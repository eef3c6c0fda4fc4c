"""How the line mode shows an event: as text for people, or as JSON for programs. Pure."""

import json
from datetime import UTC, datetime
from typing import Protocol

from sussurro_client import sentences
from sussurro_client.display import safe_name, safe_text
from sussurro_client.events import (
    Alert,
    Arrived,
    Connected,
    Departed,
    Disconnected,
    Event,
    Kept,
    Present,
    Received,
)
from sussurro_client.words import _, ngettext


class Face(Protocol):
    """Turns what happens into lines without their line feed; None: nothing to show."""

    def show(self, event: Event) -> str | None:
        """Return the line for an event of the session."""

    def present(self, event: Present) -> str:
        """Return the answer to somebody who asked who is here."""

    def error(self, sentence: str) -> str:
        """Return a line that says what went wrong."""

    def notice(self, sentence: str) -> str | None:
        """Return a line with something to know."""


class PlainFace:
    """Text for people and screen readers; times are local."""

    def show(self, event: Event) -> str | None:
        """Return the line for an event; later lines of a text are set in."""
        match event:
            case Received():
                time = datetime.fromtimestamp(event.at / 1000, UTC).astimezone().strftime("%H:%M")
                text = safe_text(event.text).replace("\n", "\n    ")
                return f"[{time}] {safe_name(event.sender.name)}: {text}"
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
                return f"* {sentences.arrived(event.who.name)}"
            case Departed():
                return f"* {sentences.departed(event)}"
            case Alert():
                return f"! {sentences.alert(event)}"
            case Kept() | Present():
                return None

    def present(self, event: Present) -> str:
        """Return the names of everybody here."""
        names = ", ".join(safe_name(person.name) for person in event.people)
        return f"* {sentences.here(event.members)}: {names}"

    def error(self, sentence: str) -> str:
        """Return the sentence, marked."""
        return f"! {sentence}"

    def notice(self, sentence: str) -> str | None:
        """Return the sentence, marked."""
        return f"* {sentence}"


class JsonFace:
    """One JSON object a line, in ASCII: exact for a program, harmless for a terminal."""

    def show(self, event: Event) -> str | None:
        """Return the object for an event."""
        match event:
            case Received():
                return _line(
                    "message",
                    **{"from": event.sender.name},
                    text=event.text,
                    id=event.id,
                    seq=event.seq,
                    at=_iso(event.at),
                    verified=event.verified,
                    history=not event.live,
                )
            case Kept():
                return _line("acked", id=event.id, seq=event.seq)
            case Connected():
                return _line("connected", relay=event.relay, members=event.members)
            case Disconnected():
                return _line(
                    "disconnected",
                    relay=event.relay,
                    reason=event.reason,
                    retry_in=None if event.retry_in is None else round(event.retry_in, 3),
                )
            case Arrived():
                return _line("joined", name=event.who.name)
            case Departed():
                return _line("left", name=event.who.name, reason=event.reason)
            case Alert():
                who = {"from": event.who.name} if event.who else {}
                return _line("warning", code=event.alarm.value, text=sentences.alert(event), **who)
            case Present():
                return None

    def present(self, event: Present) -> str:
        """Return the names of everybody here."""
        return _line("present", members=event.members, names=[p.name for p in event.people])

    def error(self, sentence: str) -> str:
        """Return an error object."""
        return _line("error", text=sentence)

    def notice(self, sentence: str) -> str | None:  # noqa: ARG002 - the interface's
        """Return nothing: notices are for people."""
        return None


def undelivered(texts: tuple[str, ...]) -> str:
    """Return the sentence about what the relay did not acknowledge before we left."""
    sentence = ngettext(
        "{count} message was not delivered: {first}",
        "{count} messages were not delivered, the first: {first}",
        len(texts),
    )
    first = " ".join(safe_text(texts[0]).split())
    return sentence.format(count=len(texts), first=first if len(first) < 60 else first[:59] + "…")


def connection_refused(event: Disconnected) -> str:
    """Return why trying again is of no use, and what to do."""
    return sentences.disconnected(event) + " " + _("Ask whoever runs the relay, or check the key.")


def _line(event: str, **fields: object) -> str:
    return json.dumps({"event": event, **fields})


def _iso(milliseconds: int) -> str:
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
