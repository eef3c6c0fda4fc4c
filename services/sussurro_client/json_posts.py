"""Messages, and what is done to them, as fields of JSON. Pure."""

from datetime import UTC, datetime

from sussurro_client.contents import Delete, Edit, File, Reaction, Text, Typing, Unknown
from sussurro_client.events import Person, Received, Standing
from sussurro_client.fingerprint import words_of
from sussurro_client.naming import Circle
from sussurro_client.posts import Post

Fields = dict[str, object]
_LAST = frozenset({"kind", "reply_to", "action"})  # how it is said, not what


def fields_of_received(event: Received) -> tuple[str, Fields] | None:
    """Return the name and the fields of what came; None: it is nothing to show."""
    found = _content(event.content)
    if found is None:
        return None
    name, fields = found
    origin = _origin(event.sender, event.standing, event.id, event.seq, event.at)
    origin["history"] = not event.live
    return name, _ordered(fields, origin, event.private)


def fields_of_post(post: Post, circle: Circle) -> tuple[str, Fields]:
    """Return the name and the fields of a message as it is by now."""
    found = _content(post.content)
    name, fields = found or ("unknown", {})
    if post.is_deleted:
        fields = fields | {key: "" for key in ("text", "name", "sha256") if key in fields}
    standing = post.standing if post.standing is not None else circle.standing(post.who)
    origin = _origin(post.who, standing, post.id, post.seq, post.at)
    origin["history"] = True
    changes: Fields = {
        "edited": post.is_edited,
        "deleted": post.is_deleted,
        "kept": post.is_kept,
        "reactions": [
            {"emoji": each.emoji, "from": [person.name for person in each.people]}
            for each in post.reactions
        ],
    }
    return name, _ordered(fields, origin, post.private) | changes


def iso(milliseconds: int) -> str:
    """Return a time as programs write it."""
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _origin(who: Person, standing: Standing, message_id: str, seq: int, at: int) -> Fields:
    return {
        "from": who.name,
        "id": message_id,
        "seq": seq,
        "at": iso(at),
        "verified": standing is not Standing.CHANGED,
        "standing": standing,
        "fingerprint": words_of(who.key),
    }


def _ordered(fields: Fields, origin: Fields, private: Person | None) -> Fields:
    """Return who says it, what, and how it is known, in the order that people read best."""
    said = {name: value for name, value in fields.items() if name not in _LAST}
    return {
        "from": origin["from"],
        **said,
        **origin,
        **{name: value for name, value in fields.items() if name in _LAST},
        "private": private is not None,
        "to": private.name if private else None,
    }


def _content(content: object) -> tuple[str, Fields] | None:
    match content:
        case Text():
            fields: Fields = {
                "text": content.text,
                "kind": content.kind,
                "reply_to": content.reply_to.hex() or None,
                "action": content.is_action,
            }
            return "message", fields
        case Edit():
            return "edited", {"of": content.of.hex(), "text": content.text}
        case Delete():
            return "deleted", {"of": content.of.hex()}
        case Reaction():
            of = content.of.hex()
            return "reaction", {"of": of, "emoji": content.emoji, "on": content.is_on}
        case Typing():
            return "typing", {}
        case File():
            fields = {"name": content.name, "size": content.size, "sha256": content.sha256.hex()}
            return "file", fields
        case Unknown():
            return "unknown", {"kind": content.kind}
        case _:
            return None
