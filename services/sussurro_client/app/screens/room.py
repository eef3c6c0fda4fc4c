"""The room: what is said, who is here, and a line to write on."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.screen import Screen
from textual.theme import Theme
from textual.widgets import Static

from sussurro_client import commands, sentences
from sussurro_client.app.clock import Clock
from sussurro_client.app.herald import Heard
from sussurro_client.app.lines import Kind, Noted, Said
from sussurro_client.app.listening import Hearing
from sussurro_client.app.ports import Invitation, Room
from sussurro_client.app.screens.help import HelpScreen
from sussurro_client.app.wants import Muted, Spoken, ThemeAsked
from sussurro_client.app.widgets.candidates import Candidates
from sussurro_client.app.widgets.composer import Composer
from sussurro_client.app.widgets.conversation import Conversation
from sussurro_client.app.widgets.here import Here
from sussurro_client.app.widgets.keys import Keys
from sussurro_client.app.widgets.room_tabs import RoomTabs, Tab
from sussurro_client.app.widgets.status import Connection, Status
from sussurro_client.asides import Aside
from sussurro_client.contents import File, Text
from sussurro_client.errors import ClientError
from sussurro_client.events import Event, Moved, Person, Received
from sussurro_client.naming import Circle
from sussurro_client.posts import Post
from sussurro_client.speaking import Speaker
from sussurro_client.timeline import Timeline
from sussurro_client.vouching import Whom, called, trust
from sussurro_client.words import _, ngettext

_PANEL_FROM = 84  # a narrower terminal has no place for who is here


class RoomScreen(Screen[None]):
    """One room, for one name."""

    AUTO_FOCUS = "Composer"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pageup", "page(-1)", show=False, priority=True),
        Binding("pagedown", "page(1)", show=False, priority=True),
        Binding("ctrl+end", "to_end", show=False, priority=True),
        Binding("f1", "help", show=False),
    ]

    class Left(Message):
        """Whoever sits here wants to leave, and has been clear about it."""

        def __init__(self, screen: "RoomScreen") -> None:
            super().__init__()
            self.screen = screen

    class MoveAsked(Message):
        """Whoever sits here wants to go on in the room of a new key."""

        def __init__(self, screen: "RoomScreen", moved: Moved) -> None:
            super().__init__()
            self.screen = screen
            self.moved = moved

    def __init__(
        self,
        room: Room,
        invitation: Invitation,
        clock: Clock,
        *,
        draft: str = "",
        is_muted: bool = False,
    ) -> None:
        super().__init__()
        self.is_muted = is_muted
        self._draft = draft
        self._circle = Circle(Person(invitation.name, invitation.key), room.standing)
        self._room = room
        self._invitation = invitation
        self._clock = clock
        self.conversation = Conversation()
        self._status = Status(invitation.room_words, clock.monotonic)
        self._here = Here(self._circle)
        self._hearing = Hearing(self, clock, self._circle)
        self._timeline = Timeline(self._circle.me)
        self._speaker = Speaker(room, self._timeline, self._circle.me, clock.seconds, timeout=0)

    def compose(self) -> ComposeResult:
        """Lay out the room."""
        yield self._status
        yield RoomTabs()
        with Horizontal():
            yield self.conversation
            yield self._here
        yield Static(id="behind", markup=False)
        yield Candidates()
        yield Composer(_("Write a message"), self._names)
        yield Keys()

    def on_mount(self) -> None:
        """Begin with what is to be known beforehand, then connect."""
        connecting = _("Connecting to {relay}…").format(relay=self._invitation.relay)
        for notice in (*self._invitation.notices, connecting):
            self.note(Kind.NOTICE, notice)
        if self.is_muted:
            self.note(Kind.NOTICE, _("This room is muted; /mute ends that."))
        self.app.theme_changed_signal.subscribe(self, self._dress)
        self.query_one(Composer).insert(self._draft)
        self.call_after_refresh(self._room.start)

    @property
    def draft(self) -> str:
        """What is written and not sent."""
        return self.query_one(Composer).text

    def hear(self, heard: Sequence[Event]) -> None:
        """Show what the session told."""
        people = self._room.people
        with self.conversation.at_once():
            for event in heard:
                self._hearing.hear(event, people)
                if isinstance(event, Received) and event.live:
                    self._tell(event)

    def _tell(self, event: Received) -> None:
        """Tell the app of what somebody else said; what changes what was said is no news."""
        match event.content:
            case Text(text=text) | File(name=text) if event.sender != self._circle.me:
                is_private = event.private is not None
                heard = Heard(self._circle.label(event.sender), text, is_private=is_private)
                self.post_message(Spoken(self, heard))

    # What hearing shows.

    def note(self, kind: Kind, text: str) -> None:
        """Write down that something happened."""
        self.conversation.add(Noted(kind, text, self._clock.now()))

    def show_connection(self, connection: Connection) -> None:
        """Show how the connection does."""
        self._status.show(connection)

    def show_tabs(self, tabs: Sequence[Tab], shown: int) -> None:
        """Show what waits in which room."""
        self.query_one(RoomTabs).show(tabs, shown)
        self.query_one(Keys).show(has_rooms=len(tabs) > 1)

    def show_here(self) -> None:
        """Show who is here now."""
        presence = self._hearing.presence
        self._here.show(presence.people, presence.members)

    def _dress(self, _theme: Theme) -> None:
        # Only then have the styles changed that the lines are drawn with.
        self.call_after_refresh(self.redraw)

    def redraw(self) -> None:
        """Draw everything in other colours."""
        self.conversation.redraw()
        self._here.redraw()

    def _names(self) -> tuple[Sequence[str], Sequence[str]]:
        """Return the names of who is here, and of whom else we met."""
        here = [each.name for each in self._hearing.presence.people if each != self._circle.me]
        return here, [each.person.name for each in self._room.acquaintances]

    # What the keys and commands do.

    def say(self, text: str) -> None:
        """Send a text, which stands in the room at once."""
        if not text.strip():
            return
        self._show(self._speaker.say(text).post)

    def act(self, text: str) -> None:
        """Send what one does."""
        self._show(self._speaker.act(text).post)

    def whisper(self, asides: Sequence[Aside]) -> None:
        """Send a text to one person alone."""
        self._show(self._speaker.whisper(asides).post)

    def reply(self, tag: str, text: str) -> None:
        """Answer a message."""
        self._show(self._speaker.reply(tag, text).post)

    def edit(self, tag: str, text: str) -> None:
        """Change a text of one's own."""
        self._speaker.edit(tag, text)

    def delete(self, tag: str) -> None:
        """Delete a message of one's own."""
        self._speaker.delete(tag)

    def react(self, tag: str, emoji: str) -> None:
        """Put an emoji beside a message, or take it back."""
        self._speaker.react(tag, emoji)

    def search(self, words: str) -> None:
        """Find words in what is loaded."""
        found = self._timeline.search(words)
        self.note(Kind.NOTICE, sentences.found(len(found), len(self._timeline)))

    def search_all(self, words: str) -> None:
        """Find words in everything that is kept."""
        self.search(words)

    def _show(self, post: Post) -> None:
        said = Said(post.who, None, post.text, self._clock.local(post.at), is_kept=False)
        self.conversation.add(said, post.id)
        self.conversation.to_end()

    def who(self) -> None:
        """Show who is here."""
        if self._hearing.expect_who():
            self._room.ask_who()

    def trust(self, readings: Sequence[Whom]) -> None:
        """Mark somebody as verified."""
        person = trust(self._room, readings)
        self.note(Kind.NOTICE, sentences.trusted(person, self._circle))
        self.show_here()

    def fingerprint(self, name: str) -> None:
        """Show the fingerprints of those with a name, or one's own."""
        for person in called(self._room, self._circle.me, name):
            self.note(Kind.NOTICE, sentences.fingerprint(person, self._circle))

    def move(self, words: str) -> None:
        """Ask the app to go on in the room of the new key that was offered."""
        self.post_message(self.MoveAsked(self, self._hearing.offers.choose(words)))

    def mute(self) -> None:
        """Let nothing said here call whoever sits here any more, or let it again."""
        self.is_muted = not self.is_muted
        if self.is_muted:
            words = _("Nothing that is said here calls you any more; /mute ends that.")
        else:
            words = _("What is said here calls you again.")
        self.note(Kind.NOTICE, words)
        self.post_message(Muted(self))

    def theme(self, name: str) -> None:
        """Ask the app for other colours, or which there are."""
        self.post_message(ThemeAsked(self, name.strip()))

    def help(self) -> None:
        """Show what can be done."""
        self.app.push_screen(HelpScreen(attached=self._invitation.attached))

    def leave(self) -> None:
        """Ask the app to leave."""
        self.post_message(self.Left(self))

    def action_help(self) -> None:
        """Show what can be done."""
        self.help()

    def action_page(self, direction: int) -> None:
        """Scroll through the conversation."""
        self.conversation.page(direction)

    def action_to_end(self) -> None:
        """Go to the newest message."""
        self.conversation.to_end()

    def on_composer_submitted(self, event: Composer.Submitted) -> None:
        """Do what the draft says; it stays when that could not be done."""
        if self.perform(commands.with_emoji(event.text)):
            self.query_one(Composer).accept(event.text)

    def perform(self, line: str) -> bool:
        """Do what a line says; return whether that could be done, and say so if not."""
        try:
            sentence = commands.perform(line, self)
        except ClientError as error:
            sentence = str(error)
        if sentence:
            self.note(Kind.WARNING, sentence)
        return not sentence

    def begin(self, text: str) -> None:
        """Begin a draft; what was written before is kept as typed."""
        self.query_one(Composer).begin(text)

    def on_composer_offered(self, event: Composer.Offered) -> None:
        """Show what may come of what is begun."""
        self.query_one(Candidates).show(event.candidates, event.chosen)

    def on_conversation_behind(self, event: Conversation.Behind) -> None:
        """Say that there is more below."""
        words = ngettext("{count} new below", "{count} new below", event.entries)
        below = self.query_one("#behind", Static)
        below.update(f"↓ {words.format(count=event.entries)} · Ctrl+End")
        below.display = event.entries > 0

    def on_resize(self, event: events.Resize) -> None:
        """Show who is here only where there is place."""
        self._here.display = event.size.width >= _PANEL_FROM
