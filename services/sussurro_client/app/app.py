"""The app: which screen is shown, which room is on it, and how it ends."""

import asyncio
import signal
from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import App
from textual.binding import Binding, BindingType
from textual.filter import LineFilter
from textual.message import Message
from textual.worker import WorkerFailed

from sussurro_client.app.abilities import Abilities
from sussurro_client.app.calling import Caller
from sussurro_client.app.clock import Clock
from sussurro_client.app.entering import Entering
from sussurro_client.app.entries import Kind
from sussurro_client.app.finder import Finder
from sussurro_client.app.outcome import Outcome
from sussurro_client.app.ports import Entrance
from sussurro_client.app.rooms import Rooms
from sussurro_client.app.screens.leave import LeaveScreen
from sussurro_client.app.screens.room import RoomScreen
from sussurro_client.app.stay import Heard
from sussurro_client.app.terminal import AttachedDriver, TerminalDriver, has_shell
from sussurro_client.app.wants import Left, MoveAsked, Muted, Spoken, ThemeAsked
from sussurro_client.app.wardrobe import Wardrobe
from sussurro_client.app.widgets.options import Palette
from sussurro_client.app.widgets.room_tabs import RoomTabs
from sussurro_client.words import _

__all__ = ["Crashed", "Outcome", "SussurroApp"]

_WIDE_FROM = 40  # a narrower terminal has no place for margins
_NUMBER_KEYS = 9
_TERMINAL_SECONDS = 1.0  # between two looks whether it is still there


class Crashed(Message):
    """A thread of ours has failed."""

    def __init__(self, error: BaseException) -> None:
        super().__init__()
        self.error = error


class SussurroApp(App[Outcome]):
    """One person in one room, or in several."""

    TITLE = "Sussurro"
    CSS_PATH = ["app.tcss", "writing.tcss"]  # noqa: RUF012 - declared without ClassVar where it comes from
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - declared without ClassVar where it comes from
        (0, "-narrow"),
        (_WIDE_FROM, "-wide"),
    ]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c,ctrl+q", "ask_leave", show=False, priority=True),
        Binding("ctrl+z", "suspend_process", show=False, priority=True),
        Binding("f2", "change_colours", show=False, priority=True),
        # Not Ctrl+P, with which docker lets a terminal go.
        Binding("f3", "command_palette", show=False, priority=True),
        Binding("f6", "next_room(1)", show=False, priority=True),
        Binding("f7", "next_room(-1)", show=False, priority=True),
        *(
            Binding(f"alt+{number}", f"show_room({number - 1})", show=False, priority=True)
            for number in range(1, _NUMBER_KEYS + 1)
        ),
    ]

    def __init__(
        self,
        entrances: Sequence[Entrance],
        clock: Clock | None = None,
        abilities: Abilities | None = None,
    ) -> None:
        """Make an app for rooms, one at least; all are entered with the first one's name."""
        invitation = entrances[0].invitation
        self._is_attached = invitation.attached
        super().__init__(driver_class=AttachedDriver if self._is_attached else TerminalDriver)
        self._clock = clock or Clock()
        self._rooms = Rooms(self, self._clock, self.leave)
        self._entering = Entering(self, entrances, self._rooms.enter)
        self._is_leaving = False
        self.crash: BaseException | None = None  # what ended it, if that was a mistake of ours
        abilities = abilities or Abilities()
        self._caller = Caller(
            invitation.wishes,
            abilities,
            self._clock.monotonic,
            ring=self.bell,
            write=self._write,
        )
        self._wardrobe = Wardrobe(self, invitation.wishes, has_colours=abilities.has_colours)

    # Going in.

    def on_mount(self) -> None:
        """Ask for a key and a name where they are not given, then go in."""
        if not self.is_headless:
            # As the first process of a container it would otherwise not end when told to.
            loop = asyncio.get_running_loop()
            for number in (signal.SIGTERM, signal.SIGHUP):
                loop.add_signal_handler(number, self.leave)
            self.set_interval(_TERMINAL_SECONDS, self._look_after_terminal)
        self._entering.begin()

    def on_heard(self, message: Heard) -> None:
        """Show what a session told."""
        message.stay.hear(message)

    # Several rooms.

    def action_next_room(self, step: int) -> None:
        """Show the room that stands so many places further on."""
        self._rooms.step(step)

    def action_show_room(self, number: int) -> None:
        """Show a room, counted from 0."""
        self._rooms.show(number)

    def on_room_tabs_chosen(self, message: RoomTabs.Chosen) -> None:
        """Show the room that was clicked on."""
        self._rooms.show(message.number)

    def on_move_asked(self, message: MoveAsked) -> None:
        """Go on in the room of a new key."""
        if stay := self._rooms.of(message.screen):
            stay.move(message.moved)

    # Leaving.

    def on_left(self, message: Left) -> None:
        """Leave the room; that was clear."""
        if stay := self._rooms.of(message.screen):
            self.run_worker(self._rooms.leave(stay))

    def action_ask_leave(self) -> None:
        """Ask before anything ends; asked again, it is the same question."""
        if not isinstance(self.screen, LeaveScreen):
            screen = LeaveScreen(len(self._rooms))
            self.push_screen(screen, lambda leaves: self.leave() if leaves else None)

    def leave(self) -> None:
        """Leave every room and end, with what could not be delivered."""
        if not self._is_leaving:
            self._is_leaving = True
            self.run_worker(self._leave_all())

    async def _leave_all(self) -> None:
        self.exit(await self._rooms.leave_all())

    # The terminal, and what goes wrong.

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
            self.push_screen(Palette([Finder], placeholder=_("What do you want to do?")))

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
        if stay := self._rooms.of(screen):
            self._caller.hear(
                message.heard,
                stay.invitation.name,
                is_shown=screen.is_current,
                is_muted=screen.is_muted,
            )

    def _write(self, sequence: str) -> None:
        if self._driver is not None:
            self._driver.write(sequence)
            self._driver.flush()

    def on_muted(self, message: Muted) -> None:
        """Keep whether a room is to be silent, for later runs too."""
        stay = self._rooms.of(message.screen)
        if stay and not stay.mute(is_muted=message.screen.is_muted):
            message.screen.note(Kind.WARNING, _("That cannot be kept: it is for this run only."))

    def on_resize(self, _event: events.Resize) -> None:
        """Draw all of it: a resize may be a terminal that has just attached."""
        if isinstance(self._driver, TerminalDriver):
            self._driver.draw_anew()
            self.screen.refresh(layout=True)

    def action_suspend_process(self) -> None:
        """Give the terminal back to the shell until it calls us again."""
        if not self._is_attached and has_shell():
            super().action_suspend_process()
        elif room := self._rooms.screen:
            sentence = _("There is no shell here to go back to.")
            if self._is_attached:
                sentence = _("There is no shell here to go back to: close the terminal to detach.")
            room.note(Kind.NOTICE, sentence)

    def _look_after_terminal(self) -> None:
        if isinstance(self._driver, TerminalDriver) and self._driver.is_gone:
            self._driver.disable_input()  # which would read the end again and again
            self.leave()

    def on_crashed(self, message: Crashed) -> None:
        """End: without one of its threads it would only seem to work."""
        self._handle_exception(message.error)

    def rescue(self, seconds: float) -> tuple[str, ...]:
        """End what a crash has left running; return what could not be delivered."""
        return self._rooms.rescue(seconds)

    def _handle_exception(self, error: BaseException) -> None:
        if self.crash is None:
            self.crash = error.error if isinstance(error, WorkerFailed) else error
        super()._handle_exception(error)  # type: ignore[arg-type]  # it only shows and keeps it

    def _fatal_error(self) -> None:
        # Textual would print the values of variables, with texts and keys among them.
        self._close_messages_no_wait()

    def panic(self, *_renderables: object) -> None:
        """End without printing anything, for the reason that `_fatal_error` has."""
        self._close_messages_no_wait()
