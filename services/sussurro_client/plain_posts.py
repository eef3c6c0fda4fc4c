"""Messages, and what is done to them, as lines for people and screen readers. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sussurro_client.contents import Delete, Edit, File, Reaction, Text
from sussurro_client.emoji_names import spoken
from sussurro_client.events import Person, Received, Standing
from sussurro_client.files.safe_file_name import safe_file_name
from sussurro_client.files.told import size_words
from sussurro_client.naming import Circle
from sussurro_client.plain_words import head, name_of, quoted, set_in
from sussurro_client.posts import Post, post_of, tag_of, today
from sussurro_client.timeline import Timeline
from sussurro_client.words import _, ngettext

_MOST_NAMED = 5  # of those beside one emoji


@dataclass(frozen=True, slots=True)
class Look:
    """How lines are made: for whom, with what is loaded, and with which marks."""

    circle: Circle
    timeline: Timeline
    has_tag: bool = False
    is_dated: bool = False


def heard(event: Received, look: Look) -> str | None:
    """Return the line for something that came just now; None: it is nothing to show."""
    post = post_of(event, look.circle.me)
    if post is not None:
        return said(replace(post, standing=event.standing), look)
    sentence = _deed(event, look)
    if sentence is None:
        return None
    marks = [_("private")] if event.private else []
    return f"* [{head(event.at, event.standing, marks)}] {sentence}"


def said(post: Post, look: Look) -> str:
    """Return the line of a message, as it is by now."""
    who, standing = _named(post, look.circle)
    brackets = head(post.at, standing, _marks(post, look), is_dated=look.is_dated)
    if post.is_deleted:
        return f"[{brackets}] {name_of(who, standing or Standing.KNOWN)}"
    lines = [f"[{brackets}] {name_of(who, standing or Standing.KNOWN)}: {_body(post, look)}"]
    lines += [f"    {_reacting(each.emoji, each.people, look)}" for each in post.reactions]
    return "\n".join(lines)


def _named(post: Post, circle: Circle) -> tuple[Person, Standing | None]:
    """Return whose name stands before the colon: of what oneself wrote to somebody alone, theirs."""
    if _is_to_another(post, circle) and post.private:
        return post.private, circle.standing(post.private)
    return post.who, post.standing


def _is_to_another(post: Post, circle: Circle) -> bool:
    me = circle.me.key
    return post.private is not None and post.who.key == me and post.private.key != me


def _marks(post: Post, look: Look) -> Iterator[str]:
    """Go through what is said of a message where nobody else can write."""
    if _is_to_another(post, look.circle):
        yield _("private to")
    elif post.private:
        yield _("private")
    if not post.is_kept:
        yield _("on its way")
    if post.is_deleted:
        yield _("deleted")
    else:
        yield from _kind(post)
        yield from _changes(post)
    if look.has_tag:
        yield post.tag


def _kind(post: Post) -> Iterator[str]:
    match post.content:
        case Text(is_action=is_action):
            if is_action:
                yield _("action")
            if post.reply_to:
                yield _("answer")
        case File():
            yield _("file")
        case _:
            yield _("unknown")


def _changes(post: Post) -> Iterator[str]:
    if post.is_edited:
        yield _("changed")
    if post.reactions:
        count = sum(len(each.people) for each in post.reactions)
        yield ngettext("{count} reaction", "{count} reactions", count).format(count=count)


def _body(post: Post, look: Look) -> str:
    match post.content:
        case Text():
            return _answered(post, look) + set_in(post.text)
        case File() as file:
            # The name comes last: it could say anything of the size.
            return _("offers a file of {size} (to save it: /save {tag}): {name}").format(
                size=size_words(file.size), tag=post.tag, name=safe_file_name(file.name)
            )
        case _:
            return _("says something that only a newer version of this program shows.")


def _answered(post: Post, look: Look) -> str:
    """Return whom an answer is for, and the first words of what they said."""
    if not post.reply_to:
        return ""
    target = look.timeline.get(post.reply_to)
    if target is None:
        return _("to {tag}: ").format(tag=tag_of(post.reply_to))
    standing = today(target, look.circle.standing).standing or Standing.KNOWN
    return _("to {name} ({words}): ").format(
        name=name_of(target.who, standing), words=quoted(target)
    )


def _reacting(emoji: str, people: tuple[Person, ...], look: Look) -> str:
    names = [name_of(each, look.circle.standing(each)) for each in people[:_MOST_NAMED]]
    if len(people) > _MOST_NAMED:
        names.append("…")
    return f"{spoken(emoji)}: {', '.join(names)}"


def _deed(event: Received, look: Look) -> str | None:
    """Return what somebody did to a message, in a sentence."""
    name = name_of(event.sender, event.standing)
    match event.content:
        case Edit(of=of, text=text):
            sentence = _("{name} changed {tag}: {text}")
            return sentence.format(name=name, tag=tag_of(of.hex()), text=set_in(text))
        case Delete(of=of):
            return _deleted(name, of.hex(), look)
        case Reaction(of=of, emoji=emoji, is_on=is_on):
            sentence = (
                _("{name} reacted to {message} with {emoji}")
                if is_on
                else _("{name} took back {emoji} from {message}")
            )
            message = _known_again(of.hex(), look)
            return sentence.format(name=name, message=message, emoji=spoken(emoji))
        case _:
            return None


def _deleted(name: str, of: str, look: Look) -> str:
    post = look.timeline.get(of)
    if post is None:
        return _("{name} deleted {tag}.").format(name=name, tag=tag_of(of))
    sentence = _("{name} deleted {tag}, which was said at {time}.")
    return sentence.format(name=name, tag=post.tag, time=head(post.at, None))


def _known_again(message_id: str, look: Look) -> str:
    tag = tag_of(message_id)
    post = look.timeline.get(message_id)
    if post is None or post.is_deleted or not post.text:
        return tag
    return f"{tag} ({quoted(post)})"
