"""What whoever sits here says, and does with what was said."""

from collections.abc import Callable, Sequence
from typing import Protocol

from sussurro_client.app.about import About, Aim, line_for
from sussurro_client.app.widgets.conversation import Conversation
from sussurro_client.asides import Aside
from sussurro_client.events import Person
from sussurro_client.naming import Circle
from sussurro_client.posts import Post
from sussurro_client.speaking import Speaker, Spoken
from sussurro_client.targets import partner_of


class Desk(Protocol):
    """Where one writes."""

    @property
    def draft(self) -> str:
        """What is written and not sent."""

    def write(self, text: str) -> None:
        """Put another draft in the place of what is written, and go there."""

    def show_about(self, words: str) -> None:
        """Say above the draft what it is about; empty: nothing in particular."""

    def talk_with(self, person: Person) -> None:
        """Take note whom one talks with."""

    def retract(self, post: Post) -> None:
        """Stop what still goes on for a message that was deleted."""


class Writing:
    """Says texts, answers, edits; shows at once what came of it. Lives in the app's thread."""

    def __init__(
        self,
        desk: Desk,
        speaker: Speaker,
        conversation: Conversation,
        circle: Circle,
        get: Callable[[str], Post | None],
    ) -> None:
        self._desk = desk
        self._speaker = speaker
        self._conversation = conversation
        self._circle = circle
        self._get = get
        self._about: About | None = None
        self._kept_draft = ""  # to go on with

    @property
    def about(self) -> About | None:
        """What the draft is about, if it is about a message."""
        return self._about

    # What is said, each raising ClientError with nothing done.

    def say(self, text: str) -> None:
        """Send what was written: as an answer or an edit, where it is one."""
        about = self._about
        if about is None:
            self._show(self._speaker.say(text))
        elif about.aim is Aim.REPLY:
            self.reply(about.post.id, text)
            self._finish()
        else:
            self.edit(about.post.id, text)
            self._kept_draft = about.kept
            self._finish()

    def act(self, text: str) -> None:
        """Send what one does."""
        self._show(self._speaker.act(text))

    def whisper(self, asides: Sequence[Aside]) -> None:
        """Send a text to one person alone."""
        spoken = self._speaker.whisper(asides)
        if spoken.post.private is not None:
            self._desk.talk_with(spoken.post.private)
        self._show(spoken)

    def reply(self, tag: str, text: str) -> None:
        """Answer a message."""
        spoken = self._speaker.reply(tag, text)
        answered = self._get(spoken.post.reply_to)
        if answered is not None:
            self._desk.talk_with(answered.who)
        self._show(spoken)

    def edit(self, tag: str, text: str) -> None:
        """Change a text of one's own."""
        self._change(self._speaker.edit(tag, text))

    def delete(self, tag: str) -> None:
        """Delete a message of one's own."""
        spoken = self._speaker.delete(tag)
        self._change(spoken)
        self._desk.retract(spoken.post)

    def react(self, tag: str, emoji: str) -> None:
        """Put an emoji beside a message, or take it back."""
        spoken = self._speaker.react(tag, emoji)
        self._desk.talk_with(partner_of(spoken.post, self._circle.me) or spoken.post.who)
        self._conversation.change(spoken.post.id)

    # What the draft is about.

    def begin_reply(self, post: Post) -> None:
        """Let what is written be an answer."""
        self._begin(About(Aim.REPLY, post, self._kept()))

    def begin_edit(self, post: Post) -> None:
        """Let what a message says be written anew."""
        self._begin(About(Aim.EDIT, post, self._kept()))
        self._desk.write(line_for(post.text))

    def end(self) -> bool:
        """Let the draft be a new message again; return whether it was anything else."""
        about, self._about = self._about, None
        self._desk.show_about("")
        if about is None:
            return False
        if about.aim is Aim.EDIT:
            self._desk.write(about.kept)
        return True

    def take_kept(self) -> str:
        """Return what was written before the edit that was sent just now, once."""
        kept, self._kept_draft = self._kept_draft, ""
        return kept

    def _finish(self) -> None:
        self._about = None
        self._desk.show_about("")

    def _begin(self, about: About) -> None:
        self._about = about
        self._desk.show_about(about.told(self._circle))

    def _kept(self) -> str:
        """Return the draft that an edit puts aside, and an answer goes on with."""
        about = self._about
        if about is not None and about.aim is Aim.EDIT:
            self._desk.write(about.kept)
        return self._desk.draft

    def _show(self, spoken: Spoken) -> None:
        self._conversation.forget_mark()
        self._conversation.add(spoken.post)
        self._conversation.to_end()

    def _change(self, spoken: Spoken) -> None:
        self._conversation.change(spoken.post.id)
        self._conversation.forget_mark()
