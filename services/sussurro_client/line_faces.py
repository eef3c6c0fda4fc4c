"""How the line mode shows an event: as text for people, or as JSON for programs. Pure."""

import json
from datetime import UTC, datetime
from typing import Protocol

from sussurro_client import sentences
from sussurro_client.contents import Text
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
    Standing,
)
from sussurro_client.fingerprint import words_of
from sussurro_client.naming import Circle, badge, label, room_words
from sussurro_client.words import _, ngettext


class Face(Protocol):
    """Turns what happens into lines without their line feed; None: nothing to show."""

    def show(self, event: Event, circle: Circle) -> str | None:
        """Return the line for an event of the session."""

    def sent(self, message_id: str) -> str | None:
        """Return the line that says which id something has that is on its way."""

    def present(self, event: Present, circle: Circle) -> str:
        """Return the answer to somebody who asked who is here."""

    def trusted(self, who: Person, circle: Circle) -> str:
        """Return the answer to somebody who has come to trust a person."""

    def fingerprint(self, who: Person, circle: Circle) -> str:
        """Return the answer to somebody who asked for a person's fingerprint."""

    def error(self, sentence: str) -> str:
        """Return a line that says what went wrong."""

    def notice(self, sentence: str) -> str:
        """Return a line with something to know."""


class PlainFace:
    """Text for people and screen readers; times are local."""

    def show(self, event: Event, circle: Circle) -> str | None:
        """Return the line for an event; later lines of a text are set in."""
        match event:
            case Received():
                return _said(event) if isinstance(event.content, Text) else None
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
                return f"! {sentences.alert(event, circle)}"
            case Moved():
                return f"! {sentences.moved(event)}"
            case Kept() | Present() | Earlier():
                return None

    def sent(self, message_id: str) -> str | None:  # noqa: ARG002 - people see what they typed
        """Return nothing."""
        return None

    def present(self, event: Present, circle: Circle) -> str:
        """Return everybody here, one a line, with what is known of them."""
        return f"* {sentences.roster(event, circle)}"

    def trusted(self, who: Person, circle: Circle) -> str:
        """Return who is trusted now."""
        return f"* {sentences.trusted(who, circle)}"

    def fingerprint(self, who: Person, circle: Circle) -> str:
        """Return the five words to compare."""
        return f"* {sentences.fingerprint(who, circle)}"

    def error(self, sentence: str) -> str:
        """Return the sentence, marked."""
        return f"! {sentence}"

    def notice(self, sentence: str) -> str:
        """Return the sentence, marked."""
        return f"* {sentence}"


class JsonFace:
    """One JSON object a line, in ASCII: exact for a program, harmless for a terminal."""

    def show(self, event: Event, circle: Circle) -> str | None:
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
                    standing=event.standing,
                    fingerprint=words_of(event.sender.key),
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
            case Moved():
                return _line(
                    "moved",
                    **{"from": event.who.name},
                    room=event.room,
                    fingerprint=room_words(event.room),
                    included=event.share is not None,
                    standing=event.standing,
                    at=_iso(event.at),
                    history=not event.live,
                )
            case Alert():
                return _warning(event, circle)
            case Present() | Earlier():
                return None

    def sent(self, message_id: str) -> str | None:
        """Return the object with its id; one for each thing said, in the order of saying."""
        return _line("sent", id=message_id)

    def present(self, event: Present, circle: Circle) -> str:
        """Return everybody here, with what is known of them."""
        people = [_person(person, circle.standing(person)) for person in event.people]
        names = [person.name for person in event.people]
        return _line("present", members=event.members, names=names, people=people)

    def trusted(self, who: Person, circle: Circle) -> str:
        """Return who is trusted now."""
        return _line("trusted", **_person(who, circle.standing(who)))

    def fingerprint(self, who: Person, circle: Circle) -> str:
        """Return the five words to compare."""
        return _line("fingerprint", **_person(who, circle.standing(who)))

    def error(self, sentence: str) -> str:
        """Return an error object."""
        return _line("error", text=sentence)

    def notice(self, sentence: str) -> str:
        """Return a notice object."""
        return _line("notice", text=sentence)


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


def _said(event: Received) -> str:
    time = datetime.fromtimestamp(event.at / 1000, UTC).astimezone().strftime("%H:%M")
    # In the brackets, where no name and no text can come.
    head = f"{time} {badge(event.standing)}".rstrip()
    text = safe_text(event.text).replace("\n", "\n    ")
    return f"[{head}] {label(event.sender, event.standing)}: {text}"


def _warning(event: Alert, circle: Circle) -> str:
    fields: dict[str, object] = {"text": sentences.alert(event, circle)}
    if event.who is not None:
        fields |= {"from": event.who.name, "fingerprint": words_of(event.who.key)}
    if event.seq:
        fields["seq"] = event.seq
    if event.at:
        fields["at"] = _iso(event.at)
    if event.missing:
        fields["missing"] = event.missing
    return _line("warning", code=event.alarm, **fields)


def _person(person: Person, standing: Standing) -> dict[str, object]:
    return {"name": person.name, "fingerprint": words_of(person.key), "standing": standing}


def _line(event: str, **fields: object) -> str:
    return json.dumps({"event": event, **fields})


def _iso(milliseconds: int) -> str:
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
