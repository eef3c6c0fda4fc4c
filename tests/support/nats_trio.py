"""Three NATS servers as one cluster; the network between any two of them can be cut."""

import asyncio
import json
import secrets
import urllib.request
from collections.abc import Mapping
from itertools import combinations, permutations
from pathlib import Path
from typing import Any

import nats

from sussurro_relay.log.nats_stream import NAME
from tests.support.docker import wait_for
from tests.support.nats_server import NatsServer
from tests.support.ports import free_port
from tests.support.wire_cutter import WireCutter

SIZE = 3
_SECONDS = 60.0
_START_SECONDS = 20.0
# What the servers tell each other of where they are: nowhere. Each knows its own routes, all of
# which can be cut.
_NOWHERE = "127.0.0.1:1"


class NatsTrio:
    """The cluster: `start`, then `close`."""

    def __init__(self, folder: Path) -> None:
        routes = [free_port() for _ in range(SIZE)]
        self._monitors = [free_port() for _ in range(SIZE)]
        self._wires: Mapping[tuple[int, int], WireCutter] = {
            (source, target): WireCutter(routes[target])
            for source, target in permutations(range(SIZE), 2)
        }
        cluster = f"test-{secrets.token_hex(4)}"
        self.servers = [
            NatsServer(
                folder / f"nats-{number}",
                port=free_port(),
                options=(
                    *("--name", f"{cluster}-{number}", "--cluster_name", cluster),
                    *("--cluster", f"nats://127.0.0.1:{routes[number]}"),
                    *("--routes", ",".join(self._routes_from(number))),
                    *("--no_advertise", "--cluster_advertise", _NOWHERE),
                    *("-m", str(self._monitors[number])),
                ),
            )
            for number in range(SIZE)
        ]

    @property
    def url(self) -> str:
        """What RELAY_LOG is set to."""
        return ",".join(server.url for server in self.servers)

    def start(self) -> None:
        """Start all three, and wait until they are one cluster."""
        for server in self.servers:
            server.start()
        try:
            wait_for(self._is_well, "the NATS cluster to be well", _START_SECONDS)
        except AssertionError:
            self._start_left_out_again()
            self.wait_until_well()

    def close(self) -> None:
        """End everything and leave nothing behind."""
        for server in self.servers:
            server.remove()
        for wire in self._wires.values():
            wire.close()

    def wait_until_well(self) -> None:
        """Wait until JetStream has a leader, each stream too, and each server all it should."""
        wait_for(self._is_well, "the NATS cluster to be well", _SECONDS)

    def cut(self, one: int, other: int) -> None:
        """Keep all that these two say to each other, in silence."""
        for way in ((one, other), (other, one)):
            self._wires[way].cut()

    def join(self) -> None:
        """Make every network whole."""
        for wire in self._wires.values():
            wire.join()

    def stream_leader(self) -> int:
        """Return which server leads the stream."""
        name = wait_for(self._leader_of_stream, "the stream to have a leader", _SECONDS)
        return _number_of(name)

    def make_lead(self, number: int) -> None:
        """Have the stream's leader step down until this server leads it."""

        def leads() -> bool:
            if self.stream_leader() == number:
                return True
            asyncio.run(_step_down(self.servers[number].url))
            return False

        wait_for(leads, "the stream to have the leader that was asked for", _SECONDS)

    def _start_left_out_again(self) -> None:
        """Do what an operator would: NATS 2.10 now and then leaves a server out of a new cluster.

        Two agree on a leader, which does not take in the third until that starts again.
        """
        for number, server in enumerate(self.servers):
            cluster = self._ask(number, "/jsz").get("meta_cluster", {})
            if cluster.get("leader") and not self._is_led_by(cluster["leader"], number):
                server.kill()
                server.start()

    def _is_led_by(self, leader: str, number: int) -> bool:
        """Return whether JetStream's leader is this server, or counts it among its own."""
        cluster = self._ask(_number_of(leader), "/jsz").get("meta_cluster", {})
        names = [leader, *(each["name"] for each in cluster.get("replicas", ()))]
        return number in map(_number_of, names)

    def _routes_from(self, number: int) -> list[str]:
        ports = [wire.port for (source, _), wire in self._wires.items() if source == number]
        return [f"nats://127.0.0.1:{port}" for port in ports]

    def _leader_of_stream(self) -> str:
        for number in range(SIZE):
            for stream in _streams(self._ask(number, "/jsz?streams=true")):
                if leader := stream.get("cluster", {}).get("leader"):
                    return str(leader)
        return ""

    def _is_well(self) -> bool:
        leaders = set()
        for number in range(SIZE):
            state = self._ask(number, "/jsz?streams=true")
            meta = state.get("meta_cluster", {})
            leaders.add(meta.get("leader", ""))
            if meta.get("cluster_size") != SIZE or not self._ask(number, "/healthz?details=1"):
                return False
            leads = [stream.get("cluster", {}).get("leader") for stream in _streams(state)]
            if not all(leads):
                return False
        return len(leaders) == 1 and all(leaders)

    def _ask(self, number: int, path: str) -> dict[str, Any]:
        """Return what a server says of itself; nothing while it cannot."""
        url = f"http://127.0.0.1:{self._monitors[number]}{path}"
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                said: dict[str, Any] = json.load(answer)
        except OSError:
            return {}
        return said


def pairs() -> list[tuple[int, int]]:
    """Return every two servers."""
    return list(combinations(range(SIZE), 2))


def _number_of(name: str) -> int:
    return int(name.rpartition("-")[2])


async def _step_down(url: str) -> None:
    client = await nats.connect(url)
    await client.request(f"$JS.API.STREAM.LEADER.STEPDOWN.{NAME}", timeout=_SECONDS)
    await client.close()


def _streams(state: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        stream
        for account in state.get("account_details") or ()
        for stream in account.get("stream_detail") or ()
    ]
