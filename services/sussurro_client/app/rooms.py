"""The rooms of an app: which one is shown, the way from one to the next, and leaving them."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from textual.app import App
from textual.message import Message

from sussurro_client.app.clock import Clock
from sussurro_client.app.outcome import Outcome
from sussurro_client.app.ports import Entrance
from sussurro_client.app.screens.room import RoomScreen
from sussurro_client.app.stay import Stay


class Rooms:
    """The stays of one person, in the order of their tabs. Lives in the app's thread.

    ``end`` is called, once or more, when there is no room left that one could talk in.
    """

    def __init__(self, app: App[Any], clock: Clock, end: Callable[[], None]) -> None:
        self._app = app
        self._clock = clock
        self._end = end
        self._stays: list[Stay] = []
        self._shown: Stay | None = None
        self._lost: tuple[str, ...] = ()  # what was not delivered in rooms that were left
        self._unfinished: list[str] = []  # files in rooms that were left, in sentences
        self._entered = 0
        self._has_left = False  # one of them, while others went on
        self._is_leaving = False  # all

    def __len__(self) -> int:
        """How many there are."""
        return len(self._stays)

    def enter(self, entrances: Iterable[Entrance]) -> None:
        """Go into rooms, and show the first one; raises ClientError before anything is shown."""
        self._stays = [Stay(entrance, self, self._clock) for entrance in entrances]
        self._entered = len(self._stays)
        self._shown, *others = self._stays
        self._install(self._shown.screen)
        self._app.push_screen(self._shown.screen)
        for stay in others:
            self._install(stay.screen)
            self._mount_behind(stay.screen)
        self._app.call_after_refresh(self._show_tabs)

    # What the keys do.

    @property
    def screen(self) -> RoomScreen | None:
        """The room that is shown, perhaps behind a question."""
        return self._shown.screen if self._shown else None

    def step(self, places: int) -> None:
        """Show the room that stands so many places further on, in a circle."""
        if self._shown in self._stays:
            self.show((self._stays.index(self._shown) + places) % len(self._stays))

    def show(self, number: int) -> None:
        """Show a room, counted from 0, unless a question is open."""
        if self._app.screen is self.screen and number < len(self._stays):
            self._show(self._stays[number])

    def of(self, screen: object) -> Stay | None:
        """Return whose screen this is; None: it was left, or all are being left."""
        stays = () if self._is_leaving else self._stays
        return next((stay for stay in stays if stay.screen is screen), None)

    # What a stay asks for.

    def post_message(self, message: Message) -> bool:
        """Hand a message to the app; from any thread."""
        return self._app.post_message(message)

    def set_timer(self, delay: float, callback: Callable[[], None]) -> None:
        """Call back after so many seconds."""
        self._app.set_timer(delay, callback)

    def run_worker(self, work: Awaitable[None]) -> None:
        """Run something in the background."""
        self._app.run_worker(work)

    def is_shown(self, stay: Stay) -> bool:
        """Return whether the room is the one on the screen."""
        return stay is self._shown

    def stay_changed(self, stay: Stay) -> None:
        """Show what waits where; end when the last room is refused."""
        if stay.is_refused and self._is_over:
            self._end()
        else:
            self._show_tabs()

    async def replace_screen(self, stay: Stay, old: RoomScreen) -> None:
        """Put the stay's screen, which is new, in the place of its old one."""
        self._install(stay.screen)
        if stay is self._shown:
            self._close_dialogs(old)
            await self._app.switch_screen(stay.screen)
        else:
            self._mount_behind(stay.screen)
        await self._discard(old)
        self._show_tabs()

    # Leaving.

    async def leave(self, stay: Stay) -> None:
        """Leave a room and show the next one; end where there is none."""
        lost = await stay.leave()
        if self._is_leaving or stay not in self._stays:
            return
        self._has_left = self._has_left or not stay.is_refused
        self._lost += lost
        self._unfinished.append(stay.unfinished)
        number = self._stays.index(stay)
        del self._stays[number]
        if self._is_over:
            self._end()
            return
        if stay is self._shown:
            self._close_dialogs(stay.screen)
            self._show(self._stays[min(number, len(self._stays) - 1)])
        await self._discard(stay.screen)
        self._show_tabs()

    async def leave_all(self) -> Outcome:
        """Leave every room; return how it ended. To be called once."""
        self._is_leaving = True
        for lost in await asyncio.gather(*(stay.leave() for stay in self._stays)):
            self._lost += lost
        self._unfinished += [stay.unfinished for stay in self._stays]
        unfinished = "\n".join(filter(None, self._unfinished))
        refused = [stay for stay in self._stays if stay.is_refused]
        several = self._entered > 1
        refusals = [
            f"{stay.tab.label}: {stay.refusal}" if several else stay.refusal for stay in refused
        ]
        if refusals and self._is_over and not self._has_left:
            return Outcome("\n".join(refusals), self._lost, unfinished=unfinished)
        return Outcome(undelivered=self._lost, notices=tuple(refusals), unfinished=unfinished)

    def rescue(self, seconds: float) -> tuple[str, ...]:
        """End what a crash has left running; return what could not be delivered."""
        lost = self._lost
        for stay in self._stays:
            lost += stay.close(seconds)
        return lost

    @property
    def _is_over(self) -> bool:
        return all(stay.is_refused for stay in self._stays)

    # The screens.

    def _show(self, stay: Stay) -> None:
        self._shown = stay
        stay.look()
        self._app.switch_screen(stay.screen)
        self._show_tabs()

    def _show_tabs(self) -> None:
        if self._shown is not None and self._shown in self._stays:
            tabs, number = [stay.tab for stay in self._stays], self._stays.index(self._shown)
            self._shown.screen.show_tabs(tabs, number)

    def _install(self, screen: RoomScreen) -> None:
        # What is not installed would end as soon as another room is shown.
        self._app.install_screen(screen, f"room-{id(screen)}")

    def _mount_behind(self, screen: RoomScreen) -> None:
        """Begin a room that is not to be shown; nothing is drawn between the two."""
        self._app.push_screen(screen)
        self._app.pop_screen()

    def _close_dialogs(self, screen: RoomScreen) -> None:
        while self._app.screen is not screen:  # help, or the question whether to leave
            self._app.pop_screen()

    async def _discard(self, screen: RoomScreen) -> None:
        self._app.uninstall_screen(screen)
        await screen.remove()
