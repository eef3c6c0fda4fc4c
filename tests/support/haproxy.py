"""The door of a cluster: a real HAProxy before relays on this machine, or a plain one of our own."""

import secrets
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from sussurro_relay.settings import RelaySettings
from tests.support.docker import run, wait_for, why_no_engine
from tests.support.ports import free_port
from tests.support.wire_cutter import WireCutter

IMAGE = "haproxy:3.0"
_FILE = "/usr/local/etc/haproxy/haproxy.cfg"
# As services/haproxy/haproxy.cfg, but that relays are known by their ports, and asked more often.
_CONFIGURATION = """
global
    hard-stop-after 5s

defaults
    mode tcp
    timeout connect 2s
    timeout client 1h
    timeout server 1h
    retries 3
    option redispatch 1

frontend members
    bind 127.0.0.1:{port}
    default_backend relays

backend relays
    balance leastconn
    option httpchk GET /readyz
    http-check expect status 200
    default-server inter 300ms fall 2 rise 1 {proxy}
"""
_SERVER = "    server relay-{number} 127.0.0.1:{port} check port {metrics_port} addr 127.0.0.1\n"


class Door(Protocol):
    """Where members of a cluster knock."""

    @property
    def port(self) -> int:
        """Where it listens."""

    def close(self) -> None:
        """End it."""


class HaProxy:
    """HAProxy in a container, on this machine's own network."""

    def __init__(self, folder: Path, relays: Sequence[tuple[int, int]]) -> None:
        """``relays`` are ports, of members and of health."""
        self.port = free_port()
        self._name = f"sussurro-test-haproxy-{secrets.token_hex(4)}"
        proxy = "send-proxy-v2" if knows_proxies() else ""
        file = folder / "haproxy.cfg"
        servers = (
            _SERVER.format(number=number, port=port, metrics_port=metrics_port)
            for number, (port, metrics_port) in enumerate(relays)
        )
        file.write_text(_CONFIGURATION.format(port=self.port, proxy=proxy) + "".join(servers))
        file.chmod(0o644)
        run("docker", "create", "--network=host", f"--name={self._name}", IMAGE)
        try:
            run("docker", "cp", str(file), f"{self._name}:{_FILE}")
            run("docker", "start", self._name)
            wait_for(self._answers, "HAProxy to listen")
        except AssertionError:
            self.close()
            raise

    def close(self) -> None:
        """End it and leave nothing behind."""
        run("docker", "rm", "--force", "--volumes", self._name)

    def _answers(self) -> bool:
        with socket.socket() as sock:
            return sock.connect_ex(("127.0.0.1", self.port)) == 0


def open_door(folder: Path, relays: Sequence[tuple[int, int]]) -> Door:
    """Return HAProxy where there is an engine, or else what hands callers on in turn."""
    if why_no_engine():
        return WireCutter(*(port for port, _ in relays))
    return HaProxy(folder, relays)


def knows_proxies() -> bool:
    """Return whether relays can be told for whom a proxy calls."""
    return "trusted_proxies" in RelaySettings.model_fields
