"""The room: what is said, who is here, and a line to write on."""

from collections.abc import Sequence
from contextlib import suppress
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.screen import Screen
from textual.theme import Theme
from textual.widgets import Static, TextArea

from sussurro_client import interpreter
from sussurro_client.app.actions import RoomActions
from sussurro_client.app.clock import Clock
from sussurro_client.app.doing import Doing
from sussurro_client.app.entries import Kind, Noted
from sussurro_client.app.filing import Filing
from sussurro_client.app.listening import Hearing
from sussurro_client.app.past import Past
from sussurro_client.app.ports import Invitation, Room
from sussurro_client.app.screens.help import HelpScreen
from sussurro_client.app.searching import Searching
from sussurro_client.app.wants import spoken
from sussurro_client.app.widgets.below import Below
from sussurro_client.app.widgets.candidates import Candidates
from sussurro_client.app.widgets.composer import Composer
from sussurro_client.app.widgets.conversation import Conversation
from sussurro_client.app.widgets.here import Here
from sussurro_client.app.widgets.keys import Keys
from sussurro_client.app.widgets.room_tabs import RoomTabs, Tab
from sussurro_client.app.widgets.status import Connection, Status
from sussurro_client.app.writing import Writing
from sussurro_client.contents import Typing
from sussurro_client.errors import ClientError
from sussurro_client.events import (
    Connected,
    Disconnected,
    Earlier,
    Event,
    Person,
    Received,
)
from sussurro_client.files.ports import FileDoorway
from sussurro_client.files.transfers import FileRules
from sussurro_client.mentions import mentions
from sussurro_client.naming import Circle
from sussurro_client.posts import Post
from sussurro_client.speaking import Speaker
from sussurro_client.timeline import Timeline
from sussurro_client.words import _

_PANEL_FROM = 84  # a narrower terminal has no place for who is here


class RoomScreen(Screen[None]):
    """One room, for one name."""

    AUTO_FOCUS = "Composer"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pageup", "page(-1)", show=False, priority=True),
        Binding("pagedown", "page(1)", show=False, priority=True),
        Binding("ctrl+end", "to_end", show=False, priority=True),
        Binding("alt+up,ctrl+up", "select(-1)", show=False, priority=True),
        Binding("alt+down,ctrl+down", "select(1)", show=False, priority=True),
        Binding("escape", "end_about", show=False),
        Binding("f1", "help", show=False),
    ]

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
        me = self._circle.me
        self.timeline = Timeline(me)
        self.conversation = Conversation(
            self.timeline, self._circle, clock, lambda text: mentions(text, me.name)
        )
        self._status = Status(invitation.room_words, clock.monotonic)
        self._here = Here(self._circle)
        self._hearing = Hearing(self, clock, self._circle, self.timeline)
        self._past = Past(
            room,
            self.timeline,
            self.conversation,
            clock,
            self._circle,
            lambda: self._hearing.is_open,
        )
        speaker = Speaker(room, self.timeline, me, clock.seconds, timeout=0)
        self._writing = Writing(self, speaker, self.conversation, self._circle, self.timeline.get)
        self._doing = Doing(self, self._writing, self.timeline, me)
        self._searching = Searching(self, self.timeline, self._past, self._circle, clock)
        self.actions = RoomActions(
            self, room, self._writing, self._hearing, self._searching, self._circle
        )
        self._below = Below(self._hearing.typists, self._circle)
        self._speaker = speaker
        self.files = Filing(self, self.conversation)

    def take_files(self, doorway: FileDoorway, rules: FileRules) -> None:
        """Let files be sent and saved here."""
        self.files.begin(doorway, rules, self._circle.me, self.timeline, self._speaker)

    def compose(self) -> ComposeResult:
        """Lay out the room."""
        yield self._status
        yield RoomTabs()
        with Horizontal():
            yield self.conversation
            yield self._here
        yield self._below
        yield Static(id="about", markup=False)
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
        self._hearing.settle()
        for event in heard:
            match event:
                case Received() if told := spoken(self, event, self._circle):
                    self.post_message(told)
                case Connected():
                    self._past.resume()
                case Disconnected():
                    self._past.lose()

    # What hearing shows.

    def note(self, kind: Kind, text: str, advice: str = "") -> None:
        """Write down that something happened, and what to do about it."""
        self.conversation.add(Noted(kind, text, self._clock.now(), advice))

    def show_past(self, event: Earlier) -> None:
        """Show what was said before."""
        self._searching.hear(self._past.hear(event))

    def show_typing(self) -> None:
        """Show who is writing, as long as they do."""
        self._below.show_typing()

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

    # What the keys do.

    def show_help(self) -> None:
        """Show what can be done."""
        self.app.push_screen(HelpScreen(attached=self._invitation.attached))

    def action_help(self) -> None:
        """Show what can be done."""
        self.show_help()

    def action_page(self, direction: int) -> None:
        """Scroll through the conversation."""
        self.conversation.page(direction)

    def action_to_end(self) -> None:
        """Go to the newest message."""
        self.conversation.to_end()

    def on_composer_submitted(self, event: Composer.Submitted) -> None:
        """Do what the draft says; it stays when that could not be done."""
        composer = self.query_one(Composer)
        if not self.perform(event.text):
            composer.give_back(event.draft)
            return
        composer.take(event.draft)
        if kept := self._writing.take_kept():
            composer.give_back(kept)

    def perform(self, line: str) -> bool:
        """Do what a line says; return whether that could be done, and say so if not."""
        try:
            sentence = interpreter.perform(line, self.actions)
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

    # What the draft is about.

    def write(self, text: str) -> None:
        """Put another draft in the place of what is written, and go there."""
        composer = self.query_one(Composer)
        composer.clear()
        composer.insert(text)
        composer.focus()

    def show_about(self, words: str) -> None:
        """Say above the draft what it is about; empty: nothing in particular."""
        about = self.query_one("#about", Static)
        about.update(words and f"{words} · Esc")
        about.display = bool(words)

    def talk_with(self, person: Person) -> None:
        """Take note whom one talks with."""
        if person.key != self._circle.me.key:
            self._hearing.partner = person.key

    def retract(self, post: Post) -> None:
        """Stop sending the file of an offer that was deleted."""
        self.files.retract(post)

    def action_end_about(self) -> None:
        """Let the draft be a new message again."""
        self._writing.end()

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Take note that somebody sits here and writes, and tell it where that is wanted."""
        text = event.text_area.text
        if not text:
            return
        if self.conversation.follows:
            self.conversation.forget_mark()
        is_said = not text.startswith("/") or text.startswith("//")
        if self._invitation.typing and is_said and self._hearing.may_tell_typing():
            with suppress(ClientError):
                self._room.say(Typing(), timeout=0)

    # What is done with a message.

    def action_select(self, step: int) -> None:
        """Select the message above or below."""
        self.conversation.select_next(step)

    def on_conversation_selected(self, event: Conversation.Selected) -> None:
        """Let keys mean the message while one is selected."""
        self.query_one(Keys).show_selecting(is_selecting=event.is_any)
        (self.conversation if event.is_any else self.query_one(Composer)).focus()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Select nothing any more when somebody goes on writing."""
        if isinstance(event.widget, Composer):
            self.conversation.unselect()

    def on_conversation_asked(self, event: Conversation.Asked) -> None:
        """Do something with the message that is selected."""
        self._doing.do(event.deed, event.post)

    # What is seen.

    def on_screen_resume(self) -> None:
        """Take note that somebody looks at this room again."""
        self.conversation.look()

    def on_conversation_near_past(self, _event: Conversation.NearPast) -> None:
        """Fetch what was said before."""
        self._past.ask()

    def on_below_writing(self, event: Below.Writing) -> None:
        """Say beside who is here that they are writing."""
        self._here.show_writing(event.people)

    def on_conversation_behind(self, event: Conversation.Behind) -> None:
        """Say that there is more below."""
        self._below.show_behind(event.entries)

    def on_resize(self, event: events.Resize) -> None:
        """Show who is here only where there is place."""
        self._here.display = event.size.width >= _PANEL_FROM
