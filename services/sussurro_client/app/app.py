"""The app: which screen is shown, what the session tells, and how it ends."""

import asyncio
import signal
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import ClassVar

from textual import events
from textual.app import App
from textual.binding import Binding, BindingType
from textual.command import CommandPalette
from textual.drivers.linux_driver import LinuxDriver
from textual.filter import LineFilter
from textual.message import Message

from sussurro_client import sentences
from sussurro_client.app.abilities import Abilities
from sussurro_client.app.calling import Caller
from sussurro_client.app.clock import Clock
from sussurro_client.app.finder import Finder
from sussurro_client.app.inbox import Inbox
from sussurro_client.app.lines import Kind
from sussurro_client.app.ports import Doorway, Invitation, Room
from sussurro_client.app.screens.leave import LeaveScreen
from sussurro_client.app.screens.name import NameScreen
from sussurro_client.app.screens.room import RoomScreen
from sussurro_client.app.terminal import DRAW_ANEW, AttachedDriver
from sussurro_client.app.wants import Muted, Spoken, ThemeAsked
from sussurro_client.app.wardrobe import Wardrobe
from sussurro_client.app.widgets.status import Connection, Phase
from sussurro_client.errors import ClientError
from sussurro_client.events import Disconnected, Moved
from sussurro_client.line_faces import undelivered
from sussurro_client.names import name_flaw
from sussurro_client.naming import room_words
from sussurro_client.words import _

_MUCH = 100  # events at once, as of a long history: what comes next can rest a little
_REST_SECONDS = 0.1
_RESTS = 5  # as long as more comes


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it ended: for ever refused, in ``refusal``'s words, or by leaving."""

    refusal: str = ""
    undelivered: tuple[str, ...] = ()


class Heard(Message):
    """Session ``number`` of ours told something, which is in its inbox."""

    def __init__(self, number: int, inbox: Inbox) -> None:
        super().__init__()
        self.number = number
        self.inbox = inbox


class SussurroApp(App[Outcome]):
    """One person in one room."""

    TITLE = "Sussurro"
    CSS_PATH = ["app.tcss", "writing.tcss"]  # noqa: RUF012 - declared without ClassVar where it comes from
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c,ctrl+q", "ask_leave", show=False, priority=True),
        Binding("f2", "change_colours", show=False, priority=True),
        # Not Ctrl+P, with which docker lets a terminal go.
        Binding("f3", "command_palette", show=False, priority=True),
    ]

    def __init__(
        self,
        doorway: Doorway,
        invitation: Invitation,
        clock: Clock | None = None,
        abilities: Abilities | None = None,
    ) -> None:
        super().__init__(driver_class=AttachedDriver if invitation.attached else None)
        self._doorway = doorway
        self._invitation = invitation
        self._clock = clock or Clock()
        self._session: Room | None = None
        self._number = 0  # of the session, counted from 1
        self._is_flooded = False  # there was just more than anybody can read
        self._lost: tuple[str, ...] = ()  # what was not delivered where we moved away
        self._room_screen: RoomScreen | None = None
        self._is_leaving = False
        self._is_moving = False
        abilities = abilities or Abilities()
        self._caller = Caller(
            invitation.wishes,
            abilities,
            self._clock.monotonic,
            ring=self.bell,
            write=self._write,
        )
        self._wardrobe = Wardrobe(self, invitation.wishes, has_colours=abilities.has_colours)

    def on_mount(self) -> None:
        """Ask for a name where none is given, then go in."""
        if not self.is_headless:
            # As the first process of a container it would otherwise not end when told to.
            loop = asyncio.get_running_loop()
            for number in (signal.SIGTERM, signal.SIGHUP):
                loop.add_signal_handler(number, self.leave)
        name = self._invitation.name.strip()
        flaw = name_flaw(name)
        if flaw is None:
            self._go_in(name)
        else:
            screen = NameScreen(self._invitation.room_words, flaw if name else "")
            self.push_screen(screen, self._go_in)

    def _go_in(self, name: str | None) -> None:
        if name is None:
            return
        self._invitation = replace(self._invitation, name=name)
        try:
            self._session = self._open(1)
            is_muted = self._doorway.is_muted()
        except ClientError as error:
            self.exit(Outcome(refusal=str(error)))
            return
        self._number = 1
        self._room_screen = RoomScreen(
            self._session, self._invitation, self._clock, is_muted=is_muted
        )
        self.push_screen(self._room_screen)

    def _open(self, number: int) -> Room:
        def call() -> None:
            # Called in the session's thread; after the end there is nobody to tell.
            with suppress(RuntimeError):
                self.post_message(Heard(number, inbox))

        inbox = Inbox(call)
        return self._doorway.open(self._invitation.name, inbox.put)

    def on_heard(self, message: Heard) -> None:
        """Show what the session told: at once, but for what is only the next part of much."""
        if self._is_flooded:
            self._gather(message, 0, _RESTS)
        else:
            self._hear(message.number, message.inbox)

    def _gather(self, message: Heard, before: int, rests: int) -> None:
        """Show what the session told once no more comes, or after so many rests."""
        count = len(message.inbox)
        if rests and count > before:
            self.set_timer(_REST_SECONDS, lambda: self._gather(message, count, rests - 1))
        else:
            self._hear(message.number, message.inbox)

    def _hear(self, number: int, inbox: Inbox) -> None:
        """Show what the session told, or end with it; what one told that we left is past."""
        heard = inbox.take()
        if len(heard) > _MUCH and not self._is_flooded:
            self._is_flooded = True
            self.set_timer(_REST_SECONDS, self._end_rest)
        if self._room_screen is None or number != self._number:
            return
        last = heard[-1] if heard else None
        if isinstance(last, Disconnected) and last.retry_in is None:
            heard.pop()
        self._room_screen.hear(heard)
        if isinstance(last, Disconnected) and last.retry_in is None and not self._is_moving:
            self.exit(Outcome(sentences.disconnected(last), self._lost))

    def _end_rest(self) -> None:
        self._is_flooded = False

    def on_room_screen_move_asked(self, message: RoomScreen.MoveAsked) -> None:
        """Take the new key and open its room; only then leave the old one."""
        old_session, old_screen = self._session, self._room_screen
        if self._is_leaving or self._is_moving or old_session is None or old_screen is None:
            return
        try:
            self._doorway.follow(message.moved)
            session = self._open(self._number + 1)
        except ClientError as error:
            old_screen.note(Kind.WARNING, str(error))
            return
        self._is_moving = True
        old_screen.show_connection(Connection(Phase.LEAVING))
        self.run_worker(self._move(message.moved, old_session, session))

    async def _move(self, moved: Moved, old_session: Room, session: Room) -> None:
        # What is on its way gets some time, in a thread of its own.
        lost = await asyncio.to_thread(old_session.close, self._invitation.leave_seconds)
        if self._is_leaving or self._room_screen is None:
            return
        self._lost += lost
        words = room_words(moved.room)
        sentence = _("You are in the new room now; its fingerprint: {words}")
        notices = (sentence.format(words=words), *((undelivered(lost),) if lost else ()))
        self._invitation = replace(self._invitation, room_words=words, notices=notices)
        self._session = session
        self._number += 1
        old_screen = self._room_screen
        self._room_screen = RoomScreen(
            session,
            self._invitation,
            self._clock,
            draft=old_screen.draft,
            is_muted=old_screen.is_muted,
        )
        self._is_moving = False
        while self.screen is not old_screen:  # help, or the question whether to leave
            await self.pop_screen()
        await self.switch_screen(self._room_screen)

    def on_room_screen_left(self, _message: RoomScreen.Left) -> None:
        """Leave; that was clear."""
        self.leave()

    def action_ask_leave(self) -> None:
        """Ask before anything ends; asked again, it is the same question."""
        if not isinstance(self.screen, LeaveScreen):
            self.push_screen(LeaveScreen(), lambda leaves: self.leave() if leaves else None)

    def leave(self) -> None:
        """Leave the room and end, with what could not be delivered."""
        if self._is_leaving:
            return
        self._is_leaving = True
        if self._room_screen is not None:
            self._room_screen.show_connection(Connection(Phase.LEAVING))
        self.run_worker(self._close, thread=True)

    def _close(self) -> None:
        # In a thread of its own: what is on its way gets some time.
        lost = self._session.close(self._invitation.leave_seconds) if self._session else ()
        self.call_from_thread(self.exit, Outcome(undelivered=self._lost + lost))

    def action_change_colours(self) -> None:
        """Change between light and dark."""
        self._wardrobe.change()

    def on_theme_asked(self, message: ThemeAsked) -> None:
        """Change to a theme, or say which there are."""
        message.screen.note(Kind.NOTICE, self._wardrobe.choose(message.name))

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return what colours go through on their way to the terminal."""
        return self._wardrobe.filters(super().get_line_filters())

    def action_command_palette(self) -> None:
        """Show what can be done in a room, to be found by any part of it."""
        if isinstance(self.screen, RoomScreen):
            self.push_screen(CommandPalette([Finder], placeholder=_("What do you want to do?")))

    async def on_event(self, event: events.Event) -> None:
        """Take note of whatever says that somebody looks, or does not."""
        match event:
            case events.Key() | events.Paste():
                self._caller.attention.note_typing()
            case events.AppFocus() | events.AppBlur():
                has_focus = isinstance(event, events.AppFocus)
                self._caller.attention.note_focus(has_focus=has_focus)
        await super().on_event(event)

    def on_spoken(self, message: Spoken) -> None:
        """Call whoever sits here, where that is wished and they look elsewhere."""
        screen = message.screen
        self._caller.hear(
            message.heard,
            self._invitation.name,
            is_shown=screen.is_current,
            is_muted=screen.is_muted,
        )

    def _write(self, sequence: str) -> None:
        if self._driver is not None:
            self._driver.write(sequence)
            self._driver.flush()

    def on_muted(self, message: Muted) -> None:
        """Keep whether a room is to be silent, for later runs too."""
        if not self._doorway.mute(is_muted=message.screen.is_muted):
            message.screen.note(Kind.WARNING, _("That cannot be kept: it is for this run only."))

    def on_resize(self, _event: events.Resize) -> None:
        """Draw all of it: a resize may be a terminal that has just attached."""
        if isinstance(self._driver, LinuxDriver):
            self._driver.write(DRAW_ANEW)
            self.screen.refresh(layout=True)
