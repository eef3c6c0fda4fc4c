"""Listen, accept, deal connections out, drain, stop."""

import errno
import os
import selectors
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from sussurro_relay import journal
from sussurro_relay.acceptor import Acceptor
from sussurro_relay.admission import Doorkeeper, TrustedProxies
from sussurro_relay.budget import Budget
from sussurro_relay.connection import Terms
from sussurro_relay.desk import Services
from sussurro_relay.health import HealthServer
from sussurro_relay.hub import Hub
from sussurro_relay.io_thread import IoThread
from sussurro_relay.log import Log
from sussurro_relay.log.errors import LogError
from sussurro_relay.log.memory import MemoryLog
from sussurro_relay.log.retention import Retention
from sussurro_relay.log.sqlite import SqliteLog
from sussurro_relay.metrics import Sources, make_registry
from sussurro_relay.neighbours import ALONE
from sussurro_relay.settings import RelaySettings
from sussurro_relay.tls import Certificate, TlsError, open_certificate

if TYPE_CHECKING:
    from sussurro_relay.cluster.membership import Cluster

_BACKLOG = 4096
_SHARE_OUT_SECONDS = 0.25  # how often it is looked at who holds how much memory
_RETRY_SECONDS = 0  # what a client is told to wait when the relay drains: another may be there


_Bound = TypeVar("_Bound", socket.socket, HealthServer)


class StartError(Exception):
    """The relay cannot start; the text is a sentence that names the setting."""


class Server:
    """A whole relay. `run` belongs to the main thread; `request_drain` to a signal handler."""

    def __init__(self, settings: RelaySettings, version: str) -> None:
        """Bind both ports; raises StartError where one is not to be had."""
        self._settings = settings
        self._certificate = _open_certificate(settings)
        self._budget = Budget(settings.memory_limit)
        cluster = _open_cluster(settings)
        self._hub = Hub(
            settings.window_bytes,
            settings.presence_limit,
            self._budget,
            cluster.presence if cluster else ALONE,
        )
        self._log = _open_log(settings, self._hub, cluster)
        self._doorkeeper = Doorkeeper(
            settings.max_connections, settings.max_connections_per_address
        )
        self._acceptor = Acceptor(
            self._doorkeeper,
            self._budget,
            settings.heartbeat_seconds,
            self._deal_out,
            is_tls=self._certificate is not None,
            proxies=TrustedProxies(settings.trusted_proxies),
        )
        terms = Terms(
            settings.max_line_bytes,
            settings.rate_bytes,
            settings.handshake_seconds,
            settings.heartbeat_seconds,
        )
        self._services = Services(self._hub, self._log, settings.rooms, self._doorkeeper)
        self._threads = [
            IoThread(
                f"io-{number}", self._services, terms, self._doorkeeper.release, self._certificate
            )
            for number in range(settings.io_threads)
        ]
        self._listener = _bind("RELAY", settings.port, self._listen)
        registry = make_registry(
            Sources(
                [self._acceptor.tally, *(thread.tally for thread in self._threads)],
                self._budget,
                self._log,
                lambda: len(self._hub),
                self.is_ready,
                version,
                (lambda: cluster.presence.peers) if cluster else None,
                (lambda: cluster.presence.bad_messages) if cluster else None,
            )
        )
        self._health = _bind(
            "RELAY_METRICS",
            settings.metrics_port,
            lambda: HealthServer(
                settings.metrics_host, settings.metrics_port, registry, self.is_alive, self.is_ready
            ),
        )
        self._wake_receive, self._wake_send = socket.socketpair()
        self._draining = False
        self._reload_wanted = False  # set by a signal handler, cleared by the main thread
        self._running = False

    @property
    def port(self) -> int:
        """The port that members connect to."""
        port: int = self._listener.getsockname()[1]
        return port

    @property
    def metrics_port(self) -> int:
        """The port of the metrics and health server."""
        return self._health.port

    def is_alive(self) -> bool:
        """Return whether every thread that serves members runs; any thread."""
        return all(thread.is_alive() for thread in self._threads)

    def is_ready(self) -> bool:
        """Return whether new members are welcome; any thread."""
        return self._running and not self._draining and self.is_alive() and self._log.is_available()

    def request_drain(self) -> None:
        """Ask `run` to end in order; safe in a signal handler and in any thread."""
        self._draining = True
        with suppress(OSError):
            self._wake_send.send(b"\0")

    def request_reload(self) -> None:
        """Ask `run` to read the certificate again; safe in a signal handler and in any thread."""
        self._reload_wanted = True
        with suppress(OSError):
            self._wake_send.send(b"\0")

    def run(self) -> None:
        """Serve until `request_drain`, then say BYE to everybody and return."""
        self._log.start(self._hub.committed)
        for thread in self._threads:
            thread.start()
        self._health.start()
        self._running = True
        journal.note(
            "listening", port=self.port, metrics_port=self.metrics_port, threads=len(self._threads)
        )
        try:
            self._accept_until_drain()
        finally:
            self._drain()

    def _listen(self) -> socket.socket:
        family = socket.AF_INET6 if ":" in self._settings.host else socket.AF_INET
        listener = socket.create_server(
            (self._settings.host, self._settings.port), family=family, backlog=_BACKLOG
        )
        listener.setblocking(False)
        return listener

    def _accept_until_drain(self) -> None:
        next_counts = time.monotonic() + self._settings.count_seconds
        next_share = time.monotonic()
        with selectors.DefaultSelector() as selector:
            selector.register(self._listener, selectors.EVENT_READ)
            selector.register(self._wake_receive, selectors.EVENT_READ)
            while not self._draining:
                left = next_counts - time.monotonic()
                ready = selector.select(max(0.0, min(left, _SHARE_OUT_SECONDS)))
                if any(key.fileobj is self._wake_receive for key, _ in ready):
                    self._wake_receive.recv(4096)
                if self._reload_wanted:
                    self._reload_certificate()
                if any(key.fileobj is self._listener for key, _ in ready):
                    self._acceptor.accept(self._listener)
                if time.monotonic() >= next_share:
                    next_share = time.monotonic() + _SHARE_OUT_SECONDS
                    self._budget.share_out(len(self._hub), len(self._doorkeeper))
                    self._services.reads.go_on()
                if time.monotonic() >= next_counts:
                    next_counts += self._settings.count_seconds
                    self._hub.push_counts()

    def _reload_certificate(self) -> None:
        self._reload_wanted = False
        if self._certificate is None:
            journal.note("tls_reload_ignored", why="TLS is off")
            return
        try:
            self._certificate.reload()
        except TlsError as error:
            journal.warn("tls_reload_failed", why=str(error))
        else:
            journal.note("tls_reloaded")

    def _deal_out(self, sock: socket.socket, address: str) -> None:
        min(self._threads, key=_load).adopt(sock, address)

    def _drain(self) -> None:
        """End in order: nobody new, keep what came, BYE to all, log, health."""
        self._draining = True
        deadline = time.monotonic() + self._settings.drain_seconds
        journal.note("draining", connections=sum(t.tally.connections for t in self._threads))
        self._listener.close()
        for thread in self._threads:
            thread.drain(_RETRY_SECONDS)
        in_time = [thread.join(max(0.0, deadline - time.monotonic())) for thread in self._threads]
        for thread in self._threads:
            thread.stop()
            thread.join(1.0)
        self._log.close()
        self._health.close()
        self._wake_receive.close()
        self._wake_send.close()
        journal.note("stopped", in_time=all(in_time))


def _open_certificate(settings: RelaySettings) -> Certificate | None:
    try:
        return open_certificate(settings.tls_cert, settings.tls_key)
    except TlsError as error:
        raise StartError(str(error)) from None


def _open_cluster(settings: RelaySettings) -> "Cluster | None":
    if not settings.nats_servers:
        return None
    try:
        # Only who uses it needs the library.
        from sussurro_relay.cluster.membership import Cluster  # noqa: PLC0415
    except ModuleNotFoundError:
        raise StartError("RELAY_LOG: nats:// needs the package nats-py; install it.") from None
    return Cluster(settings.nats_servers, settings.peer_heartbeat_seconds)


def _open_log(settings: RelaySettings, hub: Hub, cluster: "Cluster | None") -> Log:
    budget = hub.budget
    retention = Retention(
        settings.retention_seconds, settings.retention_room_bytes, settings.retention_bytes
    )
    if cluster is not None:
        return cluster.open_log(settings.nats_replicas, retention, hub.is_in_use, budget)
    path = settings.log_path
    if path is None:
        room_bytes = min(settings.window_bytes, settings.memory_limit // 8)
        return MemoryLog(room_bytes, budget.log_bytes, budget=budget)
    try:
        return SqliteLog(path, settings.sync, retention, budget=budget)
    except LogError as error:
        raise StartError(f"RELAY_LOG: {error}") from None


def _load(thread: IoThread) -> int:
    return thread.tally.connections


def _bind(settings: str, port: int, make: Callable[[], _Bound]) -> _Bound:
    """Listen; ``settings`` is how the names of the address's and the port's setting begin."""
    try:
        return make()
    except (OSError, UnicodeError) as error:  # the latter: a name that no resolver takes
        fault = error.errno if isinstance(error, OSError) and error.errno else 0
        if fault not in (errno.EADDRINUSE, errno.EACCES):
            raise StartError(f"{settings}_HOST: cannot listen on this address.") from None
        raise StartError(
            f"{settings}_PORT: cannot listen on port {port}: {os.strerror(fault)}; "
            f"stop what uses it or choose another with {settings}_PORT."
        ) from None
