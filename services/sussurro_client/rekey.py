"""A new key for a room, handed to those who remain. Pure.

The new key is wrapped for each member's own key, and the message that brings it
is signed: who was left out reads nothing of it, though it holds the old key.
"""

from collections.abc import Iterable, Iterator

from sussurro_client.acquaintances import Acquaintance
from sussurro_client.contents import MAX_SHARES, Rekey, Share
from sussurro_client.errors import ClientError, KeyFileError
from sussurro_client.events import Moved
from sussurro_client.key import RoomKey
from sussurro_client.member import Member
from sussurro_client.words import _
from sussurro_client.wrapping import WrapError, wrap


def announce(member: Member, new_key: str, others: Iterable[Acquaintance]) -> Iterator[Rekey]:
    """Return what to say in the old room so that ``others`` and our own programs get the key.

    ``new_key`` is the text of the key file. Raises ClientError where somebody's
    own key is of no use.
    """
    room = RoomKey.from_text(new_key).room
    keys = {each.person.key: each.wrap_key for each in others}
    keys[member.person.key] = member.wrap_key
    shares = [_share(member, room, new_key, *pair) for pair in keys.items()]
    for first in range(0, len(shares), MAX_SHARES):
        end = first + MAX_SHARES
        yield Rekey(room=room, shares=tuple(shares[first:end]), is_last=end >= len(shares))


def accept(member: Member, moved: Moved) -> str:
    """Return the text of the new key file that was handed to us; raises ClientError."""
    if moved.share is None:
        raise ClientError(_("The new key was not given to you."))
    context = _context(member.key.room, moved.room, moved.who.key, member.person.key)
    try:
        text = member.identity.opener.open(moved.share, context).decode("ascii", "replace")
        is_right = RoomKey.from_text(text).room == moved.room
    except (WrapError, KeyFileError):
        is_right = False
    if not is_right:
        raise ClientError(_("What came as the new key is not one; ask for it in another way."))
    return text


def _share(member: Member, room: str, new_key: str, to: bytes, wrap_key: bytes) -> Share:
    context = _context(member.key.room, room, member.person.key, to)
    try:
        return Share(to=to, wrapped=wrap(new_key.encode("ascii"), wrap_key, context))
    except WrapError:
        raise ClientError(_("A member's own key cannot be used to wrap the new one.")) from None


def _context(old_room: str, new_room: str, sender: bytes, receiver: bytes) -> bytes:
    """Return what a share is bound to: it is good between these two, from here to there."""
    return b"\n".join((old_room.encode(), new_room.encode(), sender, receiver))
