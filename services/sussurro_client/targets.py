"""Which message a command means, and what may be done with it. Pure; both faces ask here.

A message is named by its tag, ``#`` and one word, or by its whole id, where a program does;
without a tag the newest fitting one is meant. Of several with one tag, as anybody can make
them, nobody but the user says which is meant where that makes a difference.
"""

import re
from collections.abc import Callable, Hashable

from sussurro_client.contents import MAX_EMOJI, File, Reaction, Text
from sussurro_client.errors import ClientError
from sussurro_client.events import Person
from sussurro_client.posts import Post
from sussurro_client.timeline import Timeline
from sussurro_client.words import _

# As `fingerprint` makes them: consonant and vowel in turn.
_LETTERS = "[bdfghjklmnprstvz][aiou]" * 2 + "[bdfghjklmnprstvz]"
_TAG = re.compile(rf"\s*(#{_LETTERS})(?:\s|$)", re.IGNORECASE)


def split_tag(text: str) -> tuple[str, str]:
    """Return the tag that a text begins with, or nothing, and the rest as it is."""
    found = _TAG.match(text)
    return (found[1], text[found.end() :]) if found else ("", text)


def answered(timeline: Timeline, tag: str) -> Post:
    """Return what a reply or a reaction is about, by default the newest of somebody else.

    Raises ClientError when there is no such message.
    """
    post = named(timeline, tag, apart=_audience) if tag else timeline.newest(mine=False)
    if post is None:
        raise ClientError(_("Nobody else has said anything yet."))
    return _not_deleted(post)


def own(timeline: Timeline, me: Person, tag: str) -> Post:
    """Return which message of one's own is meant, by default the newest; raises ClientError."""

    def is_own(post: Post) -> bool:
        return post.who.key == me.key

    post = named(timeline, tag, is_own) if tag else timeline.newest(mine=True)
    if post is None:
        raise ClientError(_("You have said nothing yet."))
    return _not_deleted(_of_ones_own(post, me))


def offered(timeline: Timeline, me: Person, tag: str) -> Post:
    """Return which file is meant, by default the newest of somebody else; raises ClientError."""
    post = named(timeline, tag, is_file, _author) if tag else _newest_file(timeline, me)
    if post is None:
        raise ClientError(_("Nobody else has offered a file yet."))
    return post


def editable(timeline: Timeline, me: Person, tag: str) -> Post:
    """Return which text of one's own is to be edited, as `own` does."""
    return _text(own(timeline, me, tag))


def by_id(timeline: Timeline, message_id: str) -> Post:
    """Return the message with an id; raises ClientError where none is loaded, or it is deleted."""
    post = timeline.get(message_id)
    if post is None:
        raise ClientError(_("No message with this id is loaded."))
    return _not_deleted(post)


def own_by_id(timeline: Timeline, me: Person, message_id: str) -> Post:
    """Return the message of one's own with an id, as `by_id` does."""
    return _of_ones_own(by_id(timeline, message_id), me)


def editable_by_id(timeline: Timeline, me: Person, message_id: str) -> Post:
    """Return the text of one's own with an id, as `by_id` does."""
    return _text(own_by_id(timeline, me, message_id))


def partner_of(post: Post, me: Person) -> Person | None:
    """Return to whom alone whatever is done with a message must go; None: to everybody."""
    if post.private is None:
        return None
    return post.private if post.who.key == me.key else post.who


def reaction_to(post: Post, me: Person, emoji: str) -> Reaction:
    """Return what puts an emoji beside a message, or takes it back when it is one's own there."""
    mine = any(
        each.emoji == emoji and any(person.key == me.key for person in each.people)
        for each in post.reactions
    )
    return Reaction(of=bytes.fromhex(post.id), emoji=emoji, is_on=not mine)


def emoji_of(word: str) -> str:
    """Return the emoji that was typed, itself or as ``:short_name:``; raises ClientError."""
    # Its tables take time to load, and most never react.
    import emoji  # noqa: PLC0415

    word = word.strip()
    found = word
    for language in ("alias", "pt"):
        found = emoji.emojize(found, language=language)
    if not emoji.is_emoji(found) or len(found) > MAX_EMOJI:
        raise ClientError(_("Write one emoji, or its short name between colons, like :heart:"))
    return found


def named(
    timeline: Timeline,
    tag: str,
    is_fitting: Callable[[Post], bool] = lambda _post: True,
    apart: Callable[[Post], Hashable] = lambda _post: None,
) -> Post:
    """Return the message with a tag or an id, of several the newest that fits.

    Raises ClientError where none is loaded, and where those that fit are ``apart``.
    """
    post = timeline.get(tag)
    if post is not None:
        return post
    found = timeline.tagged(tag)
    shown = "#" + tag.strip().removeprefix("#").casefold()
    if not found:
        raise ClientError(
            _("No message with the tag {tag} is loaded. Load older ones, and try again.").format(
                tag=shown
            )
        )
    found = list(filter(is_fitting, found)) or found
    if len(set(map(apart, found))) > 1:
        raise ClientError(
            _(
                "Several messages have the tag {tag}, by different people or for different ones, and "
                "nothing was done. In the app choose one with the keys; line by line, the newest is "
                "meant where you name none."
            ).format(tag=shown)
        )
    return found[0]


def is_file(post: Post) -> bool:
    """Return whether a message offers a file."""
    return isinstance(post.content, File) and not post.is_deleted


def _author(post: Post) -> bytes:
    return post.who.key


def _audience(post: Post) -> frozenset[bytes]:
    """Return who alone can read a message; nobody in particular: everybody can."""
    return frozenset((post.who.key, post.private.key) if post.private else ())


def _not_deleted(post: Post) -> Post:
    if post.is_deleted:
        raise ClientError(_("That message is deleted; choose another."))
    return post


def _of_ones_own(post: Post, me: Person) -> Post:
    if post.who.key != me.key:
        raise ClientError(_("That message is somebody else's; you can change only your own."))
    return post


def _text(post: Post) -> Post:
    if not isinstance(post.content, Text):
        raise ClientError(_("Only a text can be edited; delete it, and send another."))
    return post


def _newest_file(timeline: Timeline, me: Person) -> Post | None:
    return next(
        (post for post in reversed(timeline) if is_file(post) and post.who.key != me.key),
        None,
    )
