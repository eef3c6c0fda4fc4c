"""A cable that is pulled: two hosts, each in a network namespace's end of a virtual cable."""

import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.programs import Chat, Relay, running_relay

HEARTBEAT = 2.0
# Two heartbeats, and the second that passes between two looks at the clock.
PATIENCE = 2 * HEARTBEAT + 1.5
_HERE, _THERE = "10.231.77.1", "10.231.77.2"


@dataclass(frozen=True, slots=True)
class Cable:
    """One end is on this host, the other on a host of its own."""

    host: str
    device: str

    def pull(self) -> None:
        """Take the link away under both ends; no packet says that anything ended."""
        _run("ip", "netns", "exec", self.host, "ip", "link", "set", "far", "down")


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)


@pytest.fixture
def cable() -> Iterator[Cable]:
    host = f"sussurro-{secrets.token_hex(3)}"
    laid = Cable(host, f"s{secrets.token_hex(4)}")
    try:
        _run("ip", "netns", "add", host)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("only root, with iproute2, can make a second host to cut off")
    try:
        _run("ip", "link", "add", laid.device, "type", "veth", "peer", "name", "far", "netns", host)
        _run("ip", "address", "add", f"{_HERE}/30", "dev", laid.device)
        _run("ip", "link", "set", laid.device, "up")
        inside = ("ip", "netns", "exec", host, "ip")
        _run(*inside, "address", "add", f"{_THERE}/30", "dev", "far")
        _run(*inside, "link", "set", "far", "up")
        yield laid
    finally:
        _run("ip", "netns", "delete", host)


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[Relay]:
    with running_relay(
        tmp_path, RELAY_HOST="0.0.0.0", RELAY_HEARTBEAT_SECONDS=str(HEARTBEAT)
    ) as running:
        yield running


def test_both_sides_notice_a_pulled_cable_within_two_heartbeats(
    cable: Cable, relay: Relay, key: str, tmp_path: Path
) -> None:
    """The relay tells the others who is gone, and the client says that it is cut off."""
    near = Chat(
        tmp_path / "near", key, "perto", relay.address, SUSSURRO_HEARTBEAT_SECONDS=str(HEARTBEAT)
    )
    near.wait_event("connected")
    far = Chat(
        tmp_path / "far",
        key,
        "longe",
        f"{_HERE}:{relay.port}",
        prefix=("ip", "netns", "exec", cable.host, sys.executable),
        SUSSURRO_HEARTBEAT_SECONDS=str(HEARTBEAT),
    )
    try:
        near.wait_event("joined", name="longe")
        far.say("ainda aqui")
        near.wait_event("message", text="ainda aqui")
        cable.pull()
        begun = time.monotonic()
        # Whoever sees it first, the program by its heartbeat or the system by its own timeout.
        assert near.wait_event("left", name="longe")["reason"] in ("timeout", "lost")
        assert far.wait_event("disconnected")["reason"] in ("timeout", "lost")
        assert time.monotonic() - begun < PATIENCE
        near.say("sozinho")
        near.wait_event("acked")
    finally:
        near.close()
        far.close()
