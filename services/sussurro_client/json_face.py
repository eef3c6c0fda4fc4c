"""The line mode for programs: one JSON object a line, in ASCII, as docs/programs.md has it. Pure."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from sussurro_client import sentences
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
from sussurro_client.files import told
from sussurro_client.files.progress import Progress
from sussurro_client.fingerprint import words_of
from sussurro_client.json_posts import Fields, fields_of_post, fields_of_received, iso
from sussurro_client.line_faces import Ref, Why
from sussurro_client.naming import Circle, room_words
from sussurro_client.posts import Post
from sussurro_client.timeline import Timeline

EVENTS = frozenset(
    {
        "acked", "connected", "deleted", "disconnected", "earlier", "edited", "error", "file",
        "fingerprint", "joined", "left", "listed", "match", "message", "moved", "notice",
        "present", "progress", "reaction", "searched", "sent", "transfer", "trusted", "typing",
        "unknown", "warning",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class JsonFace:
    """Exact for a program, harmless for a terminal. ``ref``: what each line is the answer to."""

    ref: Ref = None

    def answering(self, ref: Ref) -> Self:
        """Return a face whose lines have ``ref``."""
        return replace(self, ref=ref)

    def show(self, event: Event, circle: Circle, _timeline: Timeline) -> str | None:
        """Return the object for an event."""
        match event:
            case Received():
                fields = fields_of_received(event)
                return self._line(*fields) if fields else None
            case Kept():
                return self._line("acked", id=event.id, seq=event.seq)
            case Connected():
                return self._line("connected", relay=event.relay, members=event.members)
            case Disconnected():
                return self._line(
                    "disconnected",
                    relay=event.relay,
                    reason=event.reason,
                    retry_in=None if event.retry_in is None else round(event.retry_in, 3),
                )
            case Arrived():
                return self._line("joined", name=event.who.name)
            case Departed():
                return self._line("left", name=event.who.name, reason=event.reason)
            case Moved():
                return self._moved(event)
            case Alert():
                return self._warning(event, circle)
            case Present() | Earlier():
                return None

    def post(self, post: Post, why: Why, circle: Circle, _timeline: Timeline) -> str:
        """Return a message with all that was done to it."""
        name, fields = fields_of_post(post, circle)
        return self._line(name if why is Why.EARLIER else why.value, fields)

    def sent(self, message_id: str) -> str | None:
        """Return the id by which its ``acked`` will be known."""
        return self._line("sent", id=message_id)

    def whispered(self, message_id: str, to: Person, _circle: Circle) -> str:
        """Return the same, with whom alone it is for."""
        return self._line("sent", id=message_id, to=to.name, to_fingerprint=words_of(to.key))

    def transfer_begun(self, number: int) -> str | None:
        """Return the number by which it will be known."""
        return self._line("transfer", number=number)

    def transfer(self, progress: Progress) -> str:
        """Return all that is known of it; ``text`` is for people."""
        return self._line(
            "progress",
            number=progress.number,
            id=progress.message_id or None,
            name=progress.name,
            direction=progress.direction,
            state=progress.state,
            done=progress.done,
            total=progress.total,
            path=None if progress.path is None else str(progress.path),
            text=told.progress(progress),
        )

    def page_begins(self, count: int) -> str | None:
        """Return how many messages follow."""
        return self._line("earlier", part="begin", messages=count)

    def page_ends(self, *, more: bool) -> str:
        """Return whether there may be anything older."""
        return self._line("earlier", part="end", more=more)

    def searched(self, words: str, found: int, among: int, *, everything: bool) -> str:
        """Return how many were found, and what was searched."""
        return self._line("searched", text=words, found=found, among=among, everything=everything)

    def present(self, event: Present, circle: Circle) -> str:
        """Return everybody here, with what is known of them."""
        people = [_person(person, circle.standing(person)) for person in event.people]
        names = [person.name for person in event.people]
        return self._line("present", members=event.members, names=names, people=people)

    def trusted(self, who: Person, circle: Circle) -> str:
        """Return who is trusted now."""
        return self._line("trusted", _person(who, circle.standing(who)))

    def fingerprint(self, who: Person, circle: Circle) -> str:
        """Return the five words to compare."""
        return self._line("fingerprint", _person(who, circle.standing(who)))

    def help(self, lines: Sequence[str]) -> str:
        """Return what can be typed; the commands for programs stand in docs/programs.md."""
        return self.notice("\n".join(lines))

    def error(self, sentence: str) -> str:
        """Return an object with the sentence."""
        return self._line("error", text=sentence)

    def notice(self, sentence: str) -> str:
        """Return an object with the sentence."""
        return self._line("notice", text=sentence)

    def _moved(self, event: Moved) -> str:
        fields: Fields = {
            "from": event.who.name,
            "room": event.room,
            "fingerprint": room_words(event.room),
            "included": event.share is not None,
            "standing": event.standing,
            "at": iso(event.at),
            "history": not event.live,
        }
        return self._line("moved", fields)

    def _warning(self, event: Alert, circle: Circle) -> str:
        fields: Fields = {"code": event.alarm, "text": sentences.alert(event, circle)}
        fields["advice"] = sentences.advice(event)
        if event.who is not None:
            fields |= {"from": event.who.name, "fingerprint": words_of(event.who.key)}
        if event.seq:
            fields["seq"] = event.seq
        if event.at:
            fields["at"] = iso(event.at)
        if event.missing:
            fields["missing"] = event.missing
        return self._line("warning", fields)

    def _line(self, event: str, fields: Fields | None = None, **others: object) -> str:
        answer = {} if self.ref is None else {"ref": self.ref}
        return json.dumps({"event": event, **(fields or {}), **others, **answer})


def _person(person: Person, standing: Standing) -> Fields:
    return {"name": person.name, "fingerprint": words_of(person.key), "standing": standing}
