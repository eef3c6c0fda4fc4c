"""A message as it is to be shown, after whatever its author and others did to it. Pure.

An author is believed about their own words only, and what was said in private is
changed in private only.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from sussurro_client.contents import Delete, Edit, File, Reaction, Text, Unknown
from sussurro_client.events import Person, Received, Standing
from sussurro_client.fingerprint import first_word_of

_MAX_REACTIONS = 50  # of one message
_MAX_REACTING = 1_000  # people beside one emoji


@dataclass(frozen=True, slots=True)
class Reactions:
    """An emoji beside a message, and who put it there, in that order."""

    emoji: str
    people: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class Post:
    """A message as it is now.

    ``standing``: what was known of its author when it came, None for oneself; `today`
    has what is known by now.
    ``at`` is in milliseconds since the epoch by the author's clock; ``seq`` is 0 until
    a message of one's own ``is_kept``. ``private``: for whom alone it is.
    """

    id: str
    who: Person
    standing: Standing | None
    content: Text | File | Unknown
    at: int
    seq: int = 0
    live: bool = True
    private: Person | None = None
    is_kept: bool = True
    is_edited: bool = False
    is_deleted: bool = False
    reactions: tuple[Reactions, ...] = ()

    @property
    def text(self) -> str:
        """What is said; of a file its name; of what was deleted, or is not known here, nothing."""
        if self.is_deleted:
            return ""
        match self.content:
            case Text(text=text):
                return text
            case File(name=name):
                return name
            case _:
                return ""

    @property
    def tag(self) -> str:
        """How people name the message."""
        return tag_of(self.id)

    @property
    def reply_to(self) -> str:
        """The id of the message that this one answers; empty: of none."""
        return self.content.reply_to.hex() if isinstance(self.content, Text) else ""


def tag_of(message_id: str) -> str:
    """Return a message's tag: ``#`` and a word that stands for the first bytes of its id."""
    return "#" + first_word_of(bytes.fromhex(message_id))


def post_of(received: Received, me: Person) -> Post | None:
    """Return the post that a message is, if it is one and not a change of one."""
    content = received.content
    if not isinstance(content, Text | File | Unknown):
        return None
    return Post(
        id=received.id,
        who=received.sender,
        standing=None if received.sender.key == me.key else received.standing,
        content=content,
        at=received.at,
        seq=received.seq,
        live=received.live,
        private=received.private,
    )


def weight_of(post: Post) -> int:
    """Return how much is to be kept of a message: characters, and bytes of a picture."""
    preview = post.content.preview if isinstance(post.content, File) else b""
    return len(post.text) + len(preview)


def today(post: Post, standing: Callable[[Person], Standing]) -> Post:
    """Return a post with what is known of its author by now."""
    return post if post.standing is None else replace(post, standing=standing(post.who))


def changed(post: Post, change: Received, *, is_old: bool = False) -> Post:
    """Return a post after somebody's change, which may be none of their business.

    ``is_old``: it came before all that was done to the post already.
    """
    if not _may_change(post, change):
        return post
    is_author = change.sender.key == post.who.key
    match change.content:
        case Edit() if is_old and post.is_edited:
            return post
        case Edit(text=text) if is_author and isinstance(post.content, Text):
            content = post.content.model_copy(update={"text": text})
            return replace(post, content=content, is_edited=True)
        case Delete() if is_author:
            return replace(post, is_deleted=True, reactions=())
        case Reaction() as reaction if not post.is_deleted:
            reactions = _react(post.reactions, change.sender, reaction, is_old=is_old)
            return replace(post, reactions=reactions)
        case _:
            return post


def _may_change(post: Post, change: Received) -> bool:
    """Return whether it is said before those who have the post, by one of them."""
    if post.private is None or change.private is None:
        return post.private is change.private
    return change.sender.key in (post.who.key, post.private.key)


def _react(
    reactions: tuple[Reactions, ...], who: Person, reaction: Reaction, *, is_old: bool
) -> tuple[Reactions, ...]:
    people = {each.emoji: each.people for each in reactions}
    before = people.get(reaction.emoji, ())
    others = tuple(person for person in before if person.key != who.key)
    if not reaction.is_on:
        people[reaction.emoji] = others
    elif len(before) > len(others):
        return reactions
    elif len(others) < _MAX_REACTING and (before or len(people) < _MAX_REACTIONS):
        now = (who, *others) if is_old else (*others, who)
        first = {reaction.emoji: now} if is_old else {}
        people = first | people | {reaction.emoji: now}
    return tuple(Reactions(emoji, each) for emoji, each in people.items() if each)
