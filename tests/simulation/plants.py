"""Bugs to plant into the real code, one at a time, so that the simulation shows what it finds."""

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast
from unittest.mock import patch

from sussurro_client.conversation import Conversation
from sussurro_client.outbox import Outbox
from sussurro_client.transcript import Transcript, Verdict
from sussurro_relay.connection import Connection
from sussurro_relay.cursor import Cursor
from sussurro_relay.hub import Hub
from sussurro_relay.room import Room
from sussurro_relay.window import Reader, Window
from sussurro_wire.chunk import Chunk
from sussurro_wire.lines import LineBuffer
from sussurro_wire.messages import Ack, Join, Message

Plant = Callable[[], Any]


def from_off_by_one() -> Any:
    """Let a client come back to the chunk after the one that was cut off."""
    real = Conversation._say

    def say(self: Conversation, message: Message) -> None:
        if isinstance(message, Join) and message.from_seq is not None:
            message = replace(message, from_seq=message.from_seq + 1)
        real(self, message)

    return patch.object(Conversation, "_say", say)


def first_place_forgotten() -> Any:
    """Let a client ask for history again, and not for what came since."""
    real = Conversation.begin

    def begin(self: Conversation) -> None:
        if self._history and not self._has_begun:
            self._resume = None
        real(self)

    return patch.object(Conversation, "begin", begin)


def echo() -> Any:
    """Let a cursor send what its own connection appended."""

    def wants(self: Reader, position: int, entry: Any) -> bool:
        return entry.seq > self.after_seq if entry.seq else position >= self.entered_at

    return patch.object(Reader, "wants", wants)


def acknowledged_before_kept() -> Any:
    """Let a relay say ACK as soon as it has read."""
    real = Connection._take_chunk

    def take(self: Connection, chunk: Chunk) -> None:
        real(self, chunk)
        unkept = cast("Cursor", self._cursor)._unkept
        self._say(Ack(sum(count for count, _ in unkept), 1))

    return patch.object(Connection, "_take_chunk", take)


def acknowledged_twice() -> Any:
    """Let the window count a cursor's own chunks again that a page has counted."""
    real = Window._join

    def join(self: Window, position: int, reader: Reader | None) -> Any:
        batch = real(self, position, reader)
        if reader is None:
            return batch
        entries = self._entries[position - self._base + self._first :][: batch.end - position]
        own = [entry for entry in entries if entry.origin == reader.session and entry.seq]
        return replace(batch, own=sum(entry.count for entry in own))

    return patch.object(Window, "_join", join)


def floor_forgotten() -> Any:
    """Let a window not know that it has let something go."""
    real = Window._drop_oldest

    def drop(self: Window) -> None:
        floor = self.floor
        real(self)
        self.floor = floor

    return patch.object(Window, "_drop_oldest", drop)


def page_sent_again() -> Any:
    """Let a cursor forget, on the window, what a page has brought it."""
    real = Cursor._go_on

    def go_on(self: Cursor) -> None:
        real(self)
        self._live_after, self._settled = 0, True

    return patch.object(Cursor, "_go_on", go_on)


def nothing_sent_again() -> Any:
    """Let an outbox forget what was under way when the connection broke."""

    def lost(self: Outbox) -> None:
        self._sent_here.clear()
        self._acked_here = 0

    return patch.object(Outbox, "connection_lost", lost)


def attempts_not_counted() -> Any:
    """Let an outbox send again without saying so."""

    def lost(self: Outbox) -> None:
        self._unsent = deque(self._waiting)
        self._sent_here.clear()
        self._acked_here = 0

    return patch.object(Outbox, "connection_lost", lost)


def nothing_deduplicated() -> Any:
    """Let a transcript take everything for new."""

    def judge(*_: Any) -> tuple[Verdict, int]:
        return Verdict.NEW, 0

    return patch.object(Transcript, "judge", judge)


def remainder_dropped() -> Any:
    """Let a relay take for sent what its full socket took a part of."""
    real = Connection.sent

    def sent(self: Connection, size: int) -> bool:
        return real(self, len(self._unsent) if size else 0)

    return patch.object(Connection, "sent", sent)


def line_glued() -> Any:
    """Let a line that was cut lose its beginning."""
    real = LineBuffer.feed

    def feed(self: LineBuffer, data: bytes) -> bytes:
        complete = real(self, data)
        if complete:
            self._tail.clear()
        return complete

    return patch.object(LineBuffer, "feed", feed)


def tidings_lost() -> Any:
    """Let a room tell only one of its threads of news."""
    real = Room._tell

    def tell(self: Room, told: tuple[Any, ...]) -> None:
        real(self, told[:1])

    return patch.object(Room, "_tell", tell)


def silence_endured() -> Any:
    """Let a relay never look at its deadlines, so that the dead stay members."""
    return patch.object(Connection, "tick", lambda *_: None)


def room_kept() -> Any:
    """Let a hub keep the rooms that everybody has left."""

    def release(self: Hub, room: Room) -> None:
        with self._lock:
            room.users -= 1

    return patch.object(Hub, "release", release)


PLANTS: tuple[Plant, ...] = (
    from_off_by_one, first_place_forgotten, echo, acknowledged_before_kept, acknowledged_twice,
    floor_forgotten, page_sent_again, nothing_sent_again, attempts_not_counted,
    nothing_deduplicated, remainder_dropped, line_glued, tidings_lost, silence_endured, room_kept,
)  # fmt: skip
