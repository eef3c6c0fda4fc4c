"""One stay in one room: going in, hearing, moving to a new key, and leaving."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from enum import Enum, auto
from typing import Protocol

from textual.message import Message

from sussurro_client import sentences
from sussurro_client.app.clock import Clock
from sussurro_client.app.entries import Kind
from sussurro_client.app.inbox import Inbox
from sussurro_client.app.ports import Entrance, Room
from sussurro_client.app.screens.room import RoomScreen
from sussurro_client.app.unread import Unread
from sussurro_client.app.widgets.room_tabs import Tab
from sussurro_client.app.widgets.status import Connection, Phase
from sussurro_client.errors import ClientError
from sussurro_client.events import Disconnected, Event, Moved, Person
from sussurro_client.line_faces import undelivered
from sussurro_client.naming import room_words
from sussurro_client.words import _

_MUCH = 100  # events at once, as of a long history: what comes next can rest a little
_REST_SECONDS = 0.1
_RESTS = 5  # as long as more comes


class Heard(Message):
    """Session ``number`` of a stay told something, which is in its inbox."""

    def __init__(self, stay: "Stay", number: int, inbox: Inbox) -> None:
        super().__init__()
        self.stay = stay
        self.number = number
        self.inbox = inbox


class Host(Protocol):
    """What a stay needs of the app. All but `post_message` is called in the app's thread."""

    def post_message(self, message: Message) -> bool:
        """Hand a message to the app, which gives a `Heard` back to its stay; from any thread."""

    def set_timer(self, delay: float, callback: Callable[[], None]) -> None:
        """Call back after so many seconds."""

    def run_worker(self, work: Awaitable[None]) -> None:
        """Run something in the background."""

    def is_shown(self, stay: "Stay") -> bool:
        """Return whether the room is the one on the screen."""

    def stay_changed(self, stay: "Stay") -> None:
        """Take note that its tab says something else, or that it has been refused."""

    async def replace_screen(self, stay: "Stay", old: RoomScreen) -> None:
        """Put the stay's screen, which is new, in the place of its old one."""


class _State(Enum):
    """Where a stay is in its life."""

    IN = auto()
    MOVING = auto()
    REFUSED = auto()
    LEAVING = auto()


class Stay:
    """One room for one name. Lives in the app's thread."""

    def __init__(self, entrance: Entrance, host: Host, clock: Clock) -> None:
        """Open the first session, which starts with its screen; raises ClientError."""
        self.invitation = entrance.invitation
        self.refusal = ""  # why it is over, if it is
        self.unfinished = ""  # a sentence about files, once it is left
        self.unread = Unread()
        self._label = entrance.label
        self._doorway = entrance.doorway
        self._host = host
        self._clock = clock
        self._number = 1  # of the session, counted from 1
        self._session = self._open(1)
        is_muted = self._doorway.is_muted()
        self._is_flooded = False  # there was just more than anybody can read
        self._state = _State.IN
        self._leaving: asyncio.Task[tuple[str, ...]] | None = None
        self._lost: tuple[str, ...] = ()  # what was not delivered where we moved away
        self.screen = self._make_screen(is_muted=is_muted)

    @property
    def tab(self) -> Tab:
        """What the line of rooms says of it."""
        label = self._label or "-".join(self.invitation.room_words.split("-")[:2])
        return Tab(label, self.unread, is_over=self._state is _State.REFUSED)

    @property
    def is_refused(self) -> bool:
        """Whether it is over without our having left."""
        return self._state is _State.REFUSED

    def look(self) -> None:
        """Take what is unread as read: the room is on the screen."""
        self.unread = Unread()

    def hear(self, message: Heard) -> None:
        """Show what the session told: at once, but for what is only the next part of much."""
        if self._is_flooded:
            self._gather(message, 0, _RESTS)
        else:
            self._hear(message.number, message.inbox)

    def move(self, moved: Moved) -> None:
        """Take the new key and open its room; only then leave the old one."""
        if self._state is not _State.IN:
            return
        try:
            self._doorway.follow(moved)
            session = self._open(self._number + 1)
        except ClientError as error:
            self.screen.note(Kind.WARNING, str(error))
            return
        self._state = _State.MOVING
        self.screen.show_connection(Connection(Phase.LEAVING))
        self._host.run_worker(self._move(moved, session))

    async def leave(self) -> tuple[str, ...]:
        """Leave the room; return what could not be delivered, to everybody who asks."""
        if self._leaving is None:
            if self._state is not _State.REFUSED:
                self._state = _State.LEAVING
                self.screen.show_connection(Connection(Phase.LEAVING))
            closing = asyncio.to_thread(self._close_all, self.invitation.leave_seconds)
            self._leaving = asyncio.create_task(closing)
        return await self._leaving

    def _close_all(self, seconds: float) -> tuple[str, ...]:
        self.unfinished = self.close_files(seconds)
        return self.close(seconds)

    def close(self, seconds: float) -> tuple[str, ...]:
        """End the session; what is on its way has so long. Return what was not delivered."""
        return self._lost + self._session.close(seconds)

    def close_files(self, seconds: float) -> str:
        """End what is sent and saved; return which files were not finished."""
        return self.screen.files.close(seconds)

    def _open(self, number: int) -> Room:
        def call() -> None:
            # Called in the session's thread; after the end there is nobody to tell.
            with suppress(RuntimeError):
                self._host.post_message(Heard(self, number, inbox))

        inbox = Inbox(call)
        return self._doorway.open(self.invitation.name, inbox.put)

    def mute(self, *, is_muted: bool) -> bool:
        """Keep whether the room is to be silent; return whether that was possible."""
        return self._doorway.mute(is_muted=is_muted)

    def _make_screen(self, draft: str = "", *, is_muted: bool) -> RoomScreen:
        screen = RoomScreen(
            self._session, self.invitation, self._clock, draft=draft, is_muted=is_muted
        )
        if self.invitation.rules is not None:
            screen.take_files(self._doorway, self.invitation.rules)
        return screen

    def _gather(self, message: Heard, before: int, rests: int) -> None:
        """Show what the session told once no more comes, or after so many rests."""
        count = len(message.inbox)
        if rests and count > before:
            self._host.set_timer(_REST_SECONDS, lambda: self._gather(message, count, rests - 1))
        else:
            self._hear(message.number, message.inbox)

    def _hear(self, number: int, inbox: Inbox) -> None:
        """Show what the session told, or end with it; what one told that we left is past."""
        heard = inbox.take()
        if len(heard) > _MUCH and not self._is_flooded:
            self._is_flooded = True
            self._host.set_timer(_REST_SECONDS, self._end_rest)
        if number != self._number:
            return
        last = heard[-1] if heard else None
        is_over = isinstance(last, Disconnected) and last.retry_in is None
        if is_over:
            heard.pop()
        self.screen.hear(heard)
        self._count(heard)
        if is_over and isinstance(last, Disconnected) and self._state is _State.IN:
            self._refuse(last)

    def _count(self, heard: Sequence[Event]) -> None:
        if self._host.is_shown(self):
            return
        me = Person(self.invitation.name, self.invitation.key)
        unread = self.unread.after(heard, me)
        if unread != self.unread:
            self.unread = unread
            self._host.stay_changed(self)

    def _refuse(self, event: Disconnected) -> None:
        self._state = _State.REFUSED
        self.refusal = sentences.disconnected(event)
        self.screen.note(Kind.WARNING, self.refusal)
        self.screen.note(Kind.NOTICE, _("This is not tried again; write TT to close this room."))
        self.screen.show_connection(Connection(Phase.OVER))
        self._host.stay_changed(self)

    def _end_rest(self) -> None:
        self._is_flooded = False

    async def _move(self, moved: Moved, session: Room) -> None:
        # What is on its way gets some time, in a thread of its own.
        seconds = self.invitation.leave_seconds
        unfinished = await asyncio.to_thread(self.close_files, seconds)
        lost = await asyncio.to_thread(self._session.close, seconds)
        if self._state is not _State.MOVING:
            return
        self._lost += lost
        words = room_words(moved.room)
        sentence = _("You are in the new room now; its fingerprint: {words}")
        notices = (sentence.format(words=words), *((undelivered(lost),) if lost else ()))
        notices += (unfinished,) if unfinished else ()
        self.invitation = replace(self.invitation, room_words=words, notices=notices)
        self._session = session
        self._number += 1
        old_screen = self.screen
        self.screen = self._make_screen(old_screen.draft, is_muted=old_screen.is_muted)
        self._state = _State.IN
        await self._host.replace_screen(self, old_screen)
