"""What is due goes out: to one client, or to all who wait for a room's news.

Belongs to one I/O thread, as do all clients that it is given.
"""

import socket
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from sussurro_relay import journal
from sussurro_relay.audience import Audience
from sussurro_relay.budget import Budget
from sussurro_relay.peer import Peer
from sussurro_relay.peers import Peers
from sussurro_relay.room import Room
from sussurro_relay.tally import Tally
from sussurro_relay.window import Batch

# Who is in step could be kept busy for ever by what other threads append.
_BATCHES_A_TURN = 4


class Loop(Protocol):
    """What the fan-out asks of the loop around it."""

    def watch_space(self, peer: Peer, *, is_full: bool) -> None:
        """Look out for space in a client's socket, or do so no more."""

    def look_soon(self, peer: Peer) -> None:
        """Have a client's deadlines looked at within a second or so."""

    def close(self, peer: Peer) -> None:
        """Let a client go whose socket is of no more use."""


class Fanout:
    """Sends what connections have to say, and notices whose socket is full."""

    def __init__(
        self,
        peers: Peers,
        budget: Budget,
        tally: Tally,
        loop: Loop,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._peers = peers
        self._budget = budget
        self._tally = tally
        self._loop = loop
        self._clock = clock

    def flush(self, peer: Peer) -> None:
        """Send one client what is due until there is no more, or its socket is full.

        Who is in step gets answers only: the news comes to all of them together.
        """
        connection = peer.connection
        if connection.is_ending:
            self._loop.look_soon(peer)
            if peer.audience is not None:
                peer.audience.step_out(peer)
        if not self._send_all(peer):
            return
        if peer.room is not connection.room:
            self._peers.move(peer, connection.room)
        if connection.is_over:
            with suppress(OSError):  # BYE is out; the client's end is waited for
                peer.socket.shutdown(socket.SHUT_WR)
        elif peer.audience is not None:
            peer.audience.step_in(peer)

    def _send_all(self, peer: Peer) -> bool:
        """Send what is due; return whether all of it went out."""
        connection = peer.connection
        send = peer.socket.send
        now = self._clock()
        while data := connection.next_data(now):
            try:
                size = send(data)
            except BlockingIOError:
                size = 0
            except OSError:
                self._loop.close(peer)
                return False
            if not connection.sent(size):
                self._block(peer)
                return False
        if peer.is_blocked:
            connection.note_blocked(blocked=False)
            self._loop.watch_space(peer, is_full=False)
        return True

    def spread(self, rooms: set[Room]) -> list[Room]:
        """Send the members of each room with news what they are due.

        Returns the rooms of which more is due: it comes in the next turn, as nobody else
        may starve meanwhile.
        """
        unfinished = []
        for room in rooms:
            audience = self._peers.audience(room)
            if audience is None:
                continue
            if not self._budget.may_connect:
                audience.disperse()  # while memory is short, it is asked of each what it may hold
            read_at = self._send_in_step(audience)
            for peer in tuple(audience.strays):
                if not peer.is_blocked:
                    self.attempt(peer, self.flush)
                    read_at = peer.connection.take_read_at() or read_at
            if audience.is_behind:
                unfinished.append(room)
            if read_at:
                self._tally.fanout.observe(self._clock() - read_at)
        return unfinished

    def attempt(self, peer: Peer, do: Callable[[Peer], None]) -> None:
        """Do something for a client that is still there; a fault of ours costs it alone."""
        if peer.socket.fileno() < 0:
            return
        try:
            do(peer)
        except Exception:  # noqa: BLE001 - whatever it is, the others must not pay for it
            journal.fail("connection_failed")
            self._loop.close(peer)

    def _send_in_step(self, audience: Audience) -> float:
        """Send some batches to those in step; return when the first was read (0: none)."""
        read_at = 0.0
        for _ in range(_BATCHES_A_TURN):
            batch = audience.next_batch()
            if batch is None:
                break
            read_at = read_at or batch.read_at
            data, size, reached = batch.data, len(batch.data), 0
            # The hot path of the relay: for each delivery there is this call, and no more.
            for peer in tuple(audience.in_step.values()):
                try:
                    sent = peer.socket.send(data)
                except Exception as error:  # noqa: BLE001 - the others must get theirs
                    self._fall_out(peer, audience, batch, error)
                else:
                    if sent == size:
                        reached += 1
                    else:
                        self._fall_behind(peer, audience, batch, sent)
            self._tally.bytes_out += size * reached
            self._tally.frames_out += batch.count * reached
        return read_at

    def _fall_out(self, peer: Peer, audience: Audience, batch: Batch, error: Exception) -> None:
        """Deal with a `send` that has raised; called where it did."""
        if isinstance(error, BlockingIOError):
            self._fall_behind(peer, audience, batch, 0)
            return
        if not isinstance(error, OSError):
            journal.fail("connection_failed")
        self._loop.close(peer)

    def _fall_behind(self, peer: Peer, audience: Audience, batch: Batch, sent: int) -> None:
        audience.step_out(peer)
        peer.connection.owe(batch, self._clock())
        peer.connection.sent(sent)
        self._block(peer)

    def _block(self, peer: Peer) -> None:
        if peer.audience is not None:
            peer.audience.step_out(peer)  # the next batch must not come into the midst of this
        peer.connection.note_blocked(blocked=True)
        self._loop.watch_space(peer, is_full=True)
        self._loop.look_soon(peer)
