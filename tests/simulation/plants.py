"""Bugs to plant into the real code, one at a time, so that the simulation shows what it finds."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast
from unittest.mock import patch

from sussurro_client.author import Author
from sussurro_client.conversation import Conversation
from sussurro_client.heads import Heads
from sussurro_client.letter import Head, Letter
from sussurro_client.outbox import Draft, Outbox
from sussurro_client.transcript import Judgement, Transcript, Verdict
from sussurro_relay.audience import Audience
from sussurro_relay.connection import Connection
from sussurro_relay.cursor import Cursor, Phase
from sussurro_relay.hub import Hub
from sussurro_relay.peer import Peer
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
        if self._history and not self._place.has_begun:
            self._place.resume = None
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
        unkept = cast("Cursor", self._cursor)._unkept or ()
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


def links_not_counted() -> Any:
    """Let an author take a new connection for the one before, and count its places on."""

    def begin(self: Author) -> None:
        self._link = 1
        self._acked_to = 0
        self.outbox.connection_lost()

    return patch.object(Author, "begin", begin)


def indexes_never_begun_anew() -> Any:
    """Let an author go on counting places when it begins a new connection."""
    real = Author.begin

    def begin(self: Author) -> None:
        index = self._index
        real(self)
        self._index = index

    return patch.object(Author, "begin", begin)


def what_is_sent_again_is_rewritten() -> Any:
    """Let an author say anew what it had seen when it sends something again."""
    real = Author.next_token

    def next_token(self: Author, now: float) -> bytes | None:
        for draft in self.outbox:
            if draft.envelope.counter in self._first_sent:
                rewritten = draft.envelope.model_copy(update={"seen": ()})
                digest = self._sealer.write(rewritten, 0, 0).digest
                self.outbox._waiting[draft.envelope.counter] = Draft(rewritten, digest)
        return real(self, now)

    return patch.object(Author, "next_token", next_token)


def heads_of_the_next_chunk() -> Any:
    """Let an author say that what it had seen stood one chunk further on."""
    real = Heads.take

    def take(self: Heads) -> tuple[Head, ...]:
        return tuple(replace(head, seq=head.seq + 1) for head in real(self))

    return patch.object(Heads, "take", take)


def only_the_last_place_known() -> Any:
    """Let a reader forget where a message stood first when it comes again."""
    return patch.object(
        Heads, "place", lambda self, digest, _, high: self._know(digest, (high, high))
    )


def own_places_forgotten() -> Any:
    """Let an author not know where its own messages stand."""
    real = Author._keep

    def keep(self: Author, draft: Draft, low: int, high: int) -> bool:
        is_news = real(self, draft, low, high)
        self._heads._places.pop(draft.digest)
        return is_news

    return patch.object(Author, "_keep", keep)


def history_is_none_of_ours() -> Any:
    """Let everybody take what was before their time for theirs to know."""
    return patch.object(Heads, "since", property(lambda _: 0, lambda *_: None))


def everything_new() -> Any:
    """Let a transcript take everything for new."""
    return patch.object(Transcript, "judge", lambda *_, **__: Judgement(Verdict.NEW))


def copies_taken_for_replays() -> Any:
    """Let a transcript not know that who does not hear an ACK says the same again."""
    real = Transcript._identify

    def identify(self: Transcript, run: Any, letter: Letter) -> Verdict:
        verdict = real(self, run, letter)
        return Verdict.REPLAY if verdict is Verdict.DUPLICATE else verdict

    return patch.object(Transcript, "_identify", identify)


def again_never_asked_for() -> Any:
    """Let a transcript not know that a chunk was asked for a second time."""
    real = Transcript.judge

    def judge(self: Transcript, letter: Letter, *, again: bool, since: int) -> Judgement:
        del again
        return real(self, letter, again=False, since=since)

    return patch.object(Transcript, "judge", judge)


def every_connection_ours() -> Any:
    """Let a transcript count each connection from its beginning, whenever we came."""
    real = Transcript.judge

    def judge(self: Transcript, letter: Letter, *, again: bool, since: int) -> Judgement:
        del since
        return real(self, letter, again=again, since=1)

    return patch.object(Transcript, "judge", judge)


def connections_that_begin_too_late() -> Any:
    """Let an author say that a connection began later than some of what it says there stands."""
    real = Author.hear

    def hear(self: Author, seq: int) -> None:
        self._index, index = 0, self._index
        real(self, seq)
        self._index = index

    return patch.object(Author, "hear", hear)


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
            self._tail = None
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
    return patch.object(Connection, "look", lambda _, now: now)


def room_kept() -> Any:
    """Let a hub keep the rooms that everybody has left."""

    def release(self: Hub, room: Room) -> None:
        with self._lock:
            room.users -= 1

    return patch.object(Hub, "release", release)


def speakers_kept_in_step() -> Any:
    """Let an audience not look who has spoken in what it is sent."""
    real = Room.shared_batch

    def shared_batch(self: Room, position: int, audience: object) -> Any:
        batch = real(self, position, audience)
        return batch and replace(batch, origins={})

    return patch.object(Room, "shared_batch", shared_batch)


def place_of_the_others_not_taken_over() -> Any:
    """Let a cursor go on where it once stepped in, and not where it stepped out."""

    def step_out(self: Cursor, _position: int, _seq: int) -> None:
        self.phase = Phase.LIVE

    return patch.object(Cursor, "step_out", step_out)


def answers_cut_in_two() -> Any:
    """Let those in step be sent the next batch in the midst of an answer."""
    real = Audience.step_out

    def step_out(self: Audience, peer: Peer) -> None:
        if not peer.connection._outgoing.held:
            real(self, peer)

    return patch.object(Audience, "step_out", step_out)


PLANTS: tuple[Plant, ...] = (
    from_off_by_one, first_place_forgotten, echo, acknowledged_before_kept, acknowledged_twice,
    floor_forgotten, page_sent_again, nothing_sent_again, links_not_counted,
    indexes_never_begun_anew, what_is_sent_again_is_rewritten, heads_of_the_next_chunk,
    only_the_last_place_known, own_places_forgotten, history_is_none_of_ours, everything_new,
    copies_taken_for_replays, again_never_asked_for, every_connection_ours,
    connections_that_begin_too_late, remainder_dropped,
    line_glued, tidings_lost, silence_endured, room_kept, speakers_kept_in_step,
    place_of_the_others_not_taken_over, answers_cut_in_two,
)  # fmt: skip
