"""What can be said in a room, and done with what was said, the same in both faces.

What is done with a private message goes to the same two people, never to everybody.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from sussurro_client.asides import Acquainted, Aside, addressee, refuse_posing
from sussurro_client.contents import Content, Delete, Edit, File, Text, fitting
from sussurro_client.errors import ClientError
from sussurro_client.events import Person, Received, Standing
from sussurro_client.posts import Post
from sussurro_client.targets import answered, editable, emoji_of, own, partner_of, reaction_to
from sussurro_client.timeline import Timeline
from sussurro_client.words import _


class Room(Acquainted, Protocol):
    """Where it is said; `sussurro_client.session.Session` is one."""

    def send(self, text: str, timeout: float | None = None) -> str:
        """Send a text; return the id that its `Kept` will have."""

    def say(self, content: Content, timeout: float | None = None) -> str:
        """Send anything; return the id that its `Kept` will have."""

    def whisper(self, person: Person, content: Content, timeout: float | None = None) -> str:
        """Send something that one member alone can open, else as `say`; raises ClientError."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """What was sent: the id that its `Kept` will have, and the message as it is shown now.

    Of a change that is another message, the one that it changes.
    """

    id: str
    post: Post


class Speaker:
    """Says things and keeps them in the timeline, where they are on their way until kept.

    Everything raises ClientError with nothing sent, and lives in the thread of its face. ``timeout`` is what the room waits for
    space, in seconds (None: without limit); ``now`` is in seconds since the epoch.
    """

    __slots__ = ("_me", "_now", "_room", "_timeline", "_timeout")

    def __init__(
        self,
        room: Room,
        timeline: Timeline,
        me: Person,
        now: Callable[[], float],
        *,
        timeout: float | None = None,
    ) -> None:
        self._room = room
        self._timeline = timeline
        self._me = me
        self._now = now
        self._timeout = timeout

    def say(self, text: str) -> Spoken:
        """Say a text to everybody."""
        return self._posted(self._room.send(text, self._timeout), Text(text=fitting(text)), None)

    def act(self, text: str) -> Spoken:
        """Say what one does."""
        return self.post(Text(text=_filled(text), is_action=True))

    def whisper(self, asides: Sequence[Aside]) -> Spoken:
        """Say a text to one person alone."""
        person, text = addressee(self._room, asides)
        return self.post(Text(text=fitting(text)), person)

    def reply(self, tag: str, text: str) -> Spoken:
        """Answer a message: aloud, or in private where it was said in private."""
        post = answered(self._timeline, tag)
        return self.answer(post, Text(text=_filled(text), reply_to=bytes.fromhex(post.id)))

    def edit(self, tag: str, text: str) -> Spoken:
        """Let a text of one's own say something else."""
        post = editable(self._timeline, self._me, tag)
        return self.change(post, Edit(of=bytes.fromhex(post.id), text=_filled(text)))

    def delete(self, tag: str) -> Spoken:
        """Ask everybody to show a message of one's own no more."""
        post = own(self._timeline, self._me, tag)
        return self.change(post, Delete(of=bytes.fromhex(post.id)))

    def react(self, tag: str, emoji: str) -> Spoken:
        """Put an emoji beside a message; the same again takes it back."""
        post = answered(self._timeline, tag)
        return self.change(post, reaction_to(post, self._me, emoji_of(emoji)))

    def post(self, content: Text | File, to: Person | None = None) -> Spoken:
        """Say a text or offer a file, to everybody or to one person alone."""
        return self._posted(self._send(content, to), content, to)

    def answer(self, post: Post, content: Text) -> Spoken:
        """Answer a message, as `reply` does."""
        partner = partner_of(post, self._me)
        if partner is not None:
            self._refuse_posing(partner)
        return self.post(content, partner)

    def change(self, post: Post, content: Content) -> Spoken:
        """Do something with a message, before those who have it and nobody else."""
        partner = partner_of(post, self._me)
        if partner is not None and not isinstance(content, Delete):
            self._refuse_posing(partner)
        message_id = self._send(content, partner)
        change = Received(
            sender=self._me,
            content=content,
            id=message_id,
            seq=0,
            at=self._milliseconds(),
            standing=Standing.VERIFIED,
            live=True,
            private=partner,
        )
        return Spoken(message_id, self._timeline.hear(change) or post)

    def _send(self, content: Content, to: Person | None) -> str:
        if to is None:
            return self._room.say(content, self._timeout)
        return self._room.whisper(to, content, self._timeout)

    def _posted(self, message_id: str, content: Text | File, to: Person | None) -> Spoken:
        post = Post(message_id, self._me, None, content, self._milliseconds(), private=to)
        return Spoken(message_id, self._timeline.say(post))

    def _milliseconds(self) -> int:
        return int(self._now() * 1000)

    def _refuse_posing(self, partner: Person) -> None:
        if partner != self._me:
            refuse_posing(self._room, partner)


def _filled(text: str) -> str:
    if not text.strip():
        raise ClientError(_("There is no text; write one after the command."))
    return fitting(text)
