"""One room of this relay: its members, and the tail of its log.

A room belongs to its lock, which is held only to append to the window, to take
what a cursor is due, or to change the members, and never across a socket, the
log or a callback: every method decides under the lock and acts after it.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sussurro_relay.budget import MEMBER_BYTES, ROOM_BYTES, Budget, Charge, Kind
from sussurro_relay.log import Record
from sussurro_relay.neighbours import ALONE, Neighbours
from sussurro_relay.roster import Notify, Roster
from sussurro_relay.window import BATCH_BYTES, Batch, Entry, Reader, Window
from sussurro_wire.codec import encode
from sussurro_wire.messages import At, Count, Gone, Here

# A reader that is this much of the window behind holds the senders back ...
_CROWDED_AT = 0.75
# ... for so long at most: then it is slow, and a slow reader slows nobody.
_HOLD_SECONDS = 0.25
# An audience that is this much of the window behind has been outrun by another thread, which is
# to wait for as long as that takes: its members' sockets have space.
_OUTRUN_AT = 0.5
# A reader who does not read pins one batch, so batches are small while memory is tight.
_TIGHT_BATCH_BYTES = 32 * 1024


@dataclass(frozen=True, slots=True)
class Entrance:
    """Where a new member stands: the head at its arrival, and how many are here."""

    position: int
    members: int


@dataclass(slots=True)
class _Lag:
    """A reader whose socket is full: where it stands, and since when it holds others back."""

    position: int
    holding_since: float | None = None


class Room:
    """Members and window. Every method may be called from any thread."""

    __slots__ = (
        "_budget", "_charge", "_charged_batches", "_count_due", "_is_closed", "_is_fresh",
        "_lags", "_lock", "_neighbours", "_presence_limit", "_roster", "_standings", "_window", "_window_bytes",
        "_window_charge", "id", "is_gathered", "users",
    )  # fmt: skip

    def __init__(
        self,
        room_id: str,
        window_bytes: int,
        presence_limit: int,
        budget: Budget | None = None,
        neighbours: Neighbours = ALONE,
    ) -> None:
        self.id = room_id
        self._neighbours = neighbours
        # Whether those at other relays have been asked for; set by the neighbours, read by all.
        self.is_gathered = neighbours is ALONE
        self._budget = budget or Budget()
        self._charge = Charge(self._budget, Kind.ROOMS)  # the room, its members and their roster
        self._charge.settle(ROOM_BYTES)
        self._window_charge = Charge(self._budget, Kind.WINDOWS)
        self._charged_batches = 0  # of the window's, those that were joined
        self._is_closed = False  # nobody holds it any more
        self._is_fresh = False  # something came since it was last asked to shrink
        self.users = 0  # connections that hold this room; owned by the hub's lock
        self._window_bytes = window_bytes
        self._presence_limit = presence_limit
        self._lock = threading.Lock()
        self._window = Window(window_bytes)
        self._roster = Roster()
        self._lags: dict[str, _Lag] = {}
        self._standings: dict[object, int] = {}  # of those in step on each thread
        self._count_due = False

    @property
    def head(self) -> int:
        """The window's newest position, perhaps a moment old: whoever misses it will be told."""
        return self._window.head

    def open(self, head: int) -> None:
        """Take note that every chunk above ``head`` will be committed to this room."""
        with self._lock:
            if not self._window.floor and not self._window.last_seq:
                self._window.floor = head

    def enter(self, session: str, card: str, notify: Notify) -> Entrance:
        """Make a member of ``session``; ``notify`` is called whenever there is news for it."""
        with self._lock:
            told = self._add(session, card, notify)
            entrance = Entrance(self._window.head, len(self._roster))
        self._tell(told)
        self._neighbours.entered(self, session, card)
        return entrance

    def gather(self, done: Callable[[], None]) -> None:
        """Call ``done``, in any thread, once those at other relays are members too, or soon."""
        if self.is_gathered:
            done()
        else:
            self._neighbours.gather(self, done)

    def enter_elsewhere(self, here: Here) -> None:
        """Take in a member of another relay; doing so twice is harmless."""
        with self._lock:
            if self._is_closed or here.session in self._roster:
                return
            told = self._add(here.session, here.card, None)
        self._tell(told)

    def leave(self, session: str, reason: str) -> None:
        """End a membership; doing so twice is harmless."""
        if self._remove(Gone(session, reason)):
            self._neighbours.left(self, session, reason)

    def leave_elsewhere(self, gone: Gone) -> None:
        """End a membership at another relay; doing so twice is harmless."""
        self._remove(gone)

    def _add(self, session: str, card: str, notify: Notify | None) -> tuple[Notify, ...]:
        self._charge.add(-self._roster.answer_bytes)
        self._roster.add(session, card, notify)
        self._charge.add(MEMBER_BYTES + len(card))
        return self._announce(Here(session, card))

    def _remove(self, gone: Gone) -> bool:
        with self._lock:
            kept = self._roster.answer_bytes
            card = self._roster.remove(gone.session)
            if card is None:
                return False
            self._lags.pop(gone.session, None)
            self._charge.add(-kept - MEMBER_BYTES - len(card))
            told = self._announce(gone)
        self._tell(told)
        return True

    def commit(self, records: Sequence[Record]) -> None:
        """Take records that the log has kept, in their order."""
        with self._lock:
            if self._is_closed:
                return
            for record in records:
                frame = encode(At(record.seq)) + record.lines
                entry = Entry(record.seq, record.origin, record.count, frame, record.read_at)
                self._window.append(entry)
            self._settle_window()
            told = self._roster.listeners
        self._tell(told)

    def shrink(self) -> None:
        """Hold no more of the window than the budget leaves; nothing at all where it is quiet."""
        with self._lock:
            keep = self._is_fresh and self._budget.may_read
            self._window.shrink(self._budget.window_bytes, int(keep))
            self._is_fresh = False
            self._charge_window()

    def close(self) -> None:
        """Hold nothing any more; called once, by the hub, when nobody is left."""
        with self._lock:
            self._is_closed = True
            self._charge.settle(0)
            self._window_charge.settle(0)
        self._neighbours.closed(self)

    def shared_batch(self, position: int, audience: object) -> Batch | None:
        """Return what those are due who stand at ``position``; None: they have lagged.

        Who is among its ``origins`` must ask for a batch of its own. The ``audience`` stands
        where the batch ends from now on, until it asks again or is forgotten.
        """
        with self._lock:
            batch = self._shared_batch(position)
            if batch is not None:
                self._standings[audience] = batch.end
            return batch

    def forget(self, audience: object) -> None:
        """Take note that an audience stands nowhere; harmless when it did not."""
        with self._lock:
            self._standings.pop(audience, None)

    def batch(self, position: int, session: str) -> Batch | None:
        """Return what a settled cursor is due, its own chunks left out; None: it has lagged."""
        with self._lock:
            batch = self._shared_batch(position)
            if batch is not None and session in batch.origins:
                batch = self._window.batch_for(position, Reader(session, 0, 0))
            return batch

    def _shared_batch(self, position: int) -> Batch | None:
        batch = self._window.batch(position)
        if self._window.batch_bytes != self._charged_batches:
            self._charge_window()
        return batch

    def batch_for(self, position: int, reader: Reader) -> Batch | None:
        """Return what a cursor that is not settled yet is due; None: it has lagged."""
        with self._lock:
            return self._window.batch_for(position, reader)

    def position_after(self, seq: int, entered_at: int) -> int | None:
        """Return where to go on after chunk ``seq``; None: only the log has all above it.

        ``entered_at`` is where the member's entrance was.
        """
        with self._lock:
            return self._window.position_after(seq, entered_at)

    def roster(self) -> bytes:
        """Return the answer to WHO, one buffer for whoever asks."""
        with self._lock:
            kept = self._roster.answer_bytes
            answer = self._roster.answer()
            self._charge.add(len(answer) - kept)
            return answer

    def own_members(self) -> list[bytes]:
        """Return the HERE lines of the members who are at this relay."""
        with self._lock:
            return self._roster.own()

    def push_count(self) -> None:
        """Tell a large room how many are here, if that has changed since the last time."""
        with self._lock:
            if not self._count_due:
                return
            self._count_due = False
            self._append_presence("", encode(Count(len(self._roster))))
            told = self._roster.listeners
        self._tell(told)

    def note_lag(self, session: str, position: int | None) -> None:
        """Take note where a reader stands whose socket is full; None: it is full no more."""
        with self._lock:
            if position is None or session not in self._roster:
                self._lags.pop(session, None)
            elif session in self._lags:
                self._lags[session].position = position
            else:
                self._lags[session] = _Lag(position)

    def is_crowded(self, now: float) -> bool:
        """Return whether senders should wait for a thread, or a moment for a reader nearly lost.

        ``now`` is in seconds of the monotonic clock.
        """
        with self._lock:
            kept = min(self._window_bytes, self._budget.window_bytes)
            if any(
                self._window.bytes_from(position) > kept * _OUTRUN_AT
                for position in self._standings.values()
            ):
                return True
            return any(self._holds(lag, kept, now) for lag in self._lags.values())

    def _holds(self, lag: _Lag, kept: int, now: float) -> bool:
        if self._window.bytes_from(lag.position) < kept * _CROWDED_AT:
            lag.holding_since = None
            return False
        if lag.holding_since is None:
            lag.holding_since = now
        return now - lag.holding_since < _HOLD_SECONDS

    def _announce(self, news: Here | Gone) -> tuple[Notify, ...]:
        """Put an arrival or departure into the window, or count it; return whom to tell."""
        if len(self._roster) > self._presence_limit:
            self._count_due = True
            return ()
        self._append_presence(news.session, encode(news))
        return self._roster.listeners

    def _append_presence(self, session: str, line: bytes) -> None:
        self._window.append(Entry(0, session, 0, line, 0.0))
        self._settle_window()

    def _settle_window(self) -> None:
        """Take note that something came, and hold no more than the budget leaves."""
        self._is_fresh = True
        is_tight = self._budget.is_tight
        self._window.batch_limit = _TIGHT_BATCH_BYTES if is_tight else BATCH_BYTES
        if is_tight:
            self._window.shrink(self._budget.window_bytes, keep=1)
        self._charge_window()

    def _charge_window(self) -> None:
        self._charged_batches = self._window.batch_bytes
        if not self._is_closed:  # or else it would be charged for ever
            self._window_charge.settle(self._window.held_bytes)

    def _tell(self, told: tuple[Notify, ...]) -> None:
        for notify in told:
            notify(self)
