"""What programs may ask for besides, who know messages by their ids. What it raises is told to whoever asked."""

from sussurro_client.asides import receiver
from sussurro_client.contents import Delete, Edit, Reaction, Text, Typing, fitting
from sussurro_client.events import Person
from sussurro_client.line_actions import Desk, LineActions
from sussurro_client.line_faces import Ref
from sussurro_client.speaking import Speaker
from sussurro_client.targets import by_id, editable_by_id, emoji_of, own_by_id
from sussurro_client.timeline import Timeline
from sussurro_client.vouching import Whom


class JsonActions:
    """The commands of programs; ``line`` has those of people. Owned by the thread of the loop."""

    def __init__(self, desk: Desk, line: LineActions) -> None:
        self.line = line
        self._desk = desk

    def answer_to(self, ref: Ref) -> None:
        """Let every answer to this line have ``ref``."""
        self._desk.answer_to(ref)

    def say_by_id(self, text: str, reply_to: str, whom: Whom | None, *, is_action: bool) -> None:
        """Say a text, perhaps in answer to a message, perhaps to one member alone.

        An answer to what was said in private goes to the same two people.
        """
        post = by_id(self._timeline, reply_to) if reply_to else None
        content = Text(text=fitting(text), reply_to=bytes.fromhex(reply_to), is_action=is_action)
        if whom is not None:
            self._speaker.post(content, self._receiver(whom))
        elif post is not None:
            self._speaker.answer(post, content)
        else:
            self._speaker.post(content)

    def edit_by_id(self, message_id: str, text: str) -> None:
        """Let a message of one's own say something else."""
        post = editable_by_id(self._timeline, self._desk.me, message_id)
        self._speaker.change(post, Edit(of=bytes.fromhex(post.id), text=fitting(text)))

    def delete_by_id(self, message_id: str) -> None:
        """Take back a message of one's own."""
        post = own_by_id(self._timeline, self._desk.me, message_id)
        spoken = self._speaker.change(post, Delete(of=bytes.fromhex(post.id)))
        self._desk.files.retract(spoken.post)

    def react_by_id(self, message_id: str, emoji: str, *, is_on: bool) -> None:
        """Put an emoji beside a message, or take it away."""
        post = by_id(self._timeline, message_id)
        of = bytes.fromhex(post.id)
        self._speaker.change(post, Reaction(of=of, emoji=emoji_of(emoji), is_on=is_on))

    def send_file_by_name(self, path: str, whom: Whom | None) -> None:
        """Send a file to everybody, or to one member alone."""
        self._begun(self._desk.files.send(path, None if whom is None else self._receiver(whom)))

    def save_by_id(self, message_id: str, path: str) -> None:
        """Save the file that a message offers."""
        self._begun(self._desk.files.save_post(by_id(self._timeline, message_id), path))

    def cancel_by_id(self, message_id: str) -> None:
        """Stop the file of a message; without an id, the newest."""
        self._desk.files.cancel_id(message_id)

    def typing(self) -> None:
        """Say that something is being written at the moment."""
        self._desk.room.departures.say(Typing())

    @property
    def _speaker(self) -> Speaker:
        return self._desk.room.speaker

    @property
    def _timeline(self) -> Timeline:
        return self._desk.room.timeline

    def _begun(self, number: int) -> None:
        self._desk.write(self._desk.face.transfer_begun(number))

    def _receiver(self, whom: Whom) -> Person:
        return receiver(self._desk.room.departures, whom)
