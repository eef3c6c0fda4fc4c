"""The epoll loop: one thread, many sockets. It owns its connections.

A turn: read what is ready, hear what other threads have to say, have the members
of the rooms with news sent what they are due, look at the deadlines once a
second, sleep.
"""

import os
import select
import socket
import threading
import time
from collections.abc import Callable
from functools import partial

from sussurro_relay.admission import UNKNOWN
from sussurro_relay.arrival import seconds_to_join
from sussurro_relay.calendar import Calendar
from sussurro_relay.connection import Connection, Terms
from sussurro_relay.desk import ConnectionDesk, Services
from sussurro_relay.fanout import Fanout
from sussurro_relay.handshakes import Handshakes
from sussurro_relay.introductions import Introductions
from sussurro_relay.mailbox import Mailbox
from sussurro_relay.peer import Peer
from sussurro_relay.peers import Peers
from sussurro_relay.tally import Tally
from sussurro_relay.tls import Certificate
from sussurro_relay.transport import Transport
from sussurro_wire.errors import Reason
from sussurro_wire.limits import NONCE_BYTES
from sussurro_wire.room import encode_bytes

_TICK_SECONDS = 1.0
_HELD_SECONDS = 0.005  # how soon a client that had to wait is looked at again
_SESSION_BYTES = 9
_IN, _OUT = select.EPOLLIN, select.EPOLLOUT
_GONE = select.EPOLLHUP | select.EPOLLERR  # said again and again, asked for or not


class IoThread:
    """Serves the connections dealt to it until it has drained or is stopped."""

    def __init__(
        self,
        name: str,
        services: Services,
        terms: Terms,
        release: Callable[[str], None],
        certificate: Certificate | None = None,
    ) -> None:
        """``release`` is told the address of each connection that has ended.

        With a certificate, TLS is all that is spoken.
        """
        self.tally = Tally()
        self._services = services
        self._terms = terms
        self._release = release
        self._epoll = select.epoll()
        self._mailbox = Mailbox()
        # Bound once, as every client holds them.
        self._notify = self._mailbox.notify
        self._post = self._post_for
        self._epoll.register(self._mailbox.descriptor, _IN)
        self._handshakes = Handshakes(
            certificate, self._epoll, services.budget, self.tally, self._open, self._let_go
        )
        self._introductions = Introductions(
            self._epoll,
            services,
            self.tally,
            self._handshakes.begin,
            self._let_go,
            is_tls=certificate is not None,
        )
        self._peers = Peers()
        self._calendar = Calendar(time.monotonic())
        self._fanout = Fanout(self._peers, services.budget, self.tally, self)
        self._held: set[Peer] = set()
        self._stopping = False
        # Not a daemon: the process ends when its threads have said BYE to everybody.
        self._thread = threading.Thread(target=self._run, name=name)

    def start(self) -> None:
        """Begin; called once, by the server."""
        self._thread.start()

    def join(self, timeout: float) -> bool:
        """Wait until the thread has ended; return whether it has."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def is_alive(self) -> bool:
        """Return whether the loop is running."""
        return self._thread.is_alive()

    # Any thread.

    def adopt(self, sock: socket.socket, address: str) -> None:
        """Take over a socket that has just been accepted; UNKNOWN: a proxy says first whose it is."""
        self._mailbox.post(lambda: self._begin(sock, address))

    def drain(self, retry_after: int) -> None:
        """Keep and send what came in, say BYE to everybody, and end."""
        self._mailbox.post(lambda: self._drain(retry_after))

    def stop(self) -> None:
        """Close everything now, and end."""
        self._mailbox.post(self._close_all)

    # This thread; the first three are the loop of its fan-out.

    def watch_space(self, peer: Peer, *, is_full: bool) -> None:
        """Have epoll tell of space in a client's socket, or do so no more."""
        self._want(peer, peer.interest | _OUT if is_full else peer.interest & ~_OUT)

    def look_soon(self, peer: Peer) -> None:
        """Look at a client's deadlines in about a second."""
        self._calendar.put(peer, time.monotonic() + _TICK_SECONDS)

    def close(self, peer: Peer) -> None:
        """Let a client go; harmless when it is gone."""
        if not self._peers.remove(peer):
            return
        self._held.discard(peer)
        self._calendar.drop(peer)
        self._epoll.unregister(peer.socket.fileno())
        peer.socket.close()
        peer.connection.closed()
        self._handshakes.give_back()
        self._let_go(peer.address)

    def _run(self) -> None:
        mailbox = self._mailbox
        next_tick = time.monotonic() + _TICK_SECONDS
        while not (self._stopping and not self._peers):
            now = time.monotonic()
            timeout = min(_HELD_SECONDS if self._held else _TICK_SECONDS, max(next_tick - now, 0.0))
            ready = self._epoll.poll(timeout if mailbox.may_sleep() else 0.0)
            mailbox.stay_awake()
            for descriptor, events in ready:
                if descriptor == mailbox.descriptor:
                    mailbox.note_woken()
                elif (peer := self._peers.by_descriptor.get(descriptor)) is not None:
                    self._fanout.attempt(peer, partial(self._serve, events))
                else:
                    self._handshakes.serve(descriptor)
                    self._introductions.serve(descriptor, now)
            mailbox.run_calls()
            for room in self._fanout.spread(mailbox.take_news()):
                mailbox.notify(room)
            self._reconsider_held()
            now = time.monotonic()
            if now >= next_tick:
                next_tick = now + _TICK_SECONDS
                self._tick(now)
        self._epoll.close()
        mailbox.close()

    def _begin(self, sock: socket.socket, address: str) -> None:
        self.tally.opened += 1
        self.tally.connections += 1
        if address == UNKNOWN:
            self._introductions.begin(sock, time.monotonic())
        else:
            self._handshakes.begin(sock, address, time.monotonic())
        if self._stopping:
            self._close_newcomers()

    def _open(self, sock: Transport, address: str, since: float) -> None:
        """Serve a client; its time to join began at ``since``."""
        peer = Peer(sock, address, self._post)
        desk = ConnectionDesk(self._services, peer, self._notify)
        session, nonce = os.urandom(_SESSION_BYTES), os.urandom(NONCE_BYTES)
        peer.connection = Connection(
            encode_bytes(session),
            encode_bytes(nonce),
            desk,
            self._terms,
            self.tally,
            since,
        )
        self._peers.add(peer)
        self.look_soon(peer)
        self._epoll.register(sock, _IN)
        if self._stopping:
            peer.connection.end(Reason.DRAIN, time.monotonic())
        self._fanout.flush(peer)

    def _post_for(self, peer: Peer, call: Callable[[], None]) -> None:
        def run(peer: Peer) -> None:
            call()
            self._fanout.flush(peer)

        self._mailbox.post(lambda: self._fanout.attempt(peer, run))

    def _serve(self, events: int, peer: Peer) -> None:
        if events & _OUT:
            self._fanout.flush(peer)
            peer.connection.take_read_at()  # how long a slow reader took is its own affair
        if events & ~_OUT and peer.socket.fileno() >= 0:
            self._read(peer, may_wait=not events & _GONE)

    def _read(self, peer: Peer, *, may_wait: bool) -> None:
        connection = peer.connection
        now = time.monotonic()
        if may_wait and not connection.is_ending and not connection.may_read(now):
            self._hold(peer)
            return
        try:
            data = peer.socket.recv(connection.read_bytes)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data and may_wait and connection.is_ending and not connection.is_over:
            # It said TT and will say no more, and still hears ACK and BYE.
            self._want(peer, peer.interest & ~_IN)
        elif not data:
            self.close(peer)
        elif not connection.is_ending:  # what comes after BYE is read, and dropped
            connection.receive(data, now)
            self._fanout.flush(peer)

    def _hold(self, peer: Peer) -> None:
        self._held.add(peer)
        self.look_soon(peer)
        self._want(peer, peer.interest & ~_IN)

    def _reconsider_held(self) -> None:
        if not self._held:
            return
        now = time.monotonic()
        for peer in tuple(self._held):
            if peer.connection.is_ending or peer.connection.may_read(now):
                self._held.discard(peer)
                self._want(peer, peer.interest | _IN)

    def _want(self, peer: Peer, interest: int) -> None:
        if interest != peer.interest:
            peer.interest = interest
            self._epoll.modify(peer.socket, interest)

    def _tick(self, now: float) -> None:
        is_pressed = self._services.is_pressed()
        seconds = seconds_to_join(self._terms.handshake_seconds, is_pressed=is_pressed)
        self._introductions.end_begun_before(now - seconds)
        self._handshakes.end_begun_before(now - seconds)
        # Who holds too much must not hold it until its next look, however calm it is.
        due = self._peers.all() if self._services.budget.is_short else self._calendar.take(now)
        for peer in due:
            self._fanout.attempt(peer, self._look)

    def _look(self, peer: Peer) -> None:
        now = time.monotonic()
        due = peer.connection.look(now)
        if peer.connection.is_overdue(now):
            self.close(peer)
            return
        self._calendar.put(peer, due)
        if not peer.is_blocked:
            self._fanout.flush(peer)

    def _drain(self, retry_after: int) -> None:
        self._stopping = True
        self._close_newcomers()
        now = time.monotonic()
        for peer in self._peers.all():
            peer.connection.end(Reason.DRAIN, now, retry_after)
            if not peer.is_blocked:
                self._fanout.attempt(peer, self._fanout.flush)

    def _close_all(self) -> None:
        self._stopping = True
        self._close_newcomers()
        for peer in self._peers.all():
            self.close(peer)

    def _close_newcomers(self) -> None:
        self._introductions.close_all()
        self._handshakes.close_all()

    def _let_go(self, address: str) -> None:
        self.tally.connections -= 1
        self._release(address)
