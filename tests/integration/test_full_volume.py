"""A volume of 64 MiB, filled to the brim under load, and emptied again: nothing is lost."""

import os
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.support.programs import Chat, Relay, running_relay

MESSAGES = 1_500
TEXT = "x" * 24_000  # 36 MiB in the log, all together
_MIB = 1024 * 1024
_WAIT_SECONDS = 60.0


@pytest.fixture
def volume(tmp_path: Path) -> Iterator[Path]:
    """Mount 64 MiB, most of them taken by something else; only root can."""
    folder = tmp_path / "volume"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("only root can mount a small volume to fill")
    try:
        (folder / "filler").write_bytes(bytes(44 * _MIB))
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def _readiness(relay: Relay) -> int:
    try:
        url = f"http://127.0.0.1:{relay.metrics_port}/readyz"
        with urllib.request.urlopen(url, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return int(error.code)


def _until(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + _WAIT_SECONDS
    while not condition():
        assert time.monotonic() < deadline, what


@pytest.mark.timeout(240)
def test_a_full_volume_loses_nothing_and_goes_on_by_itself(
    volume: Path, tmp_path: Path, key: str
) -> None:
    """No ACK while it is full, not ready, a figure and a line say so; then everything arrives."""
    with running_relay(tmp_path, RELAY_LOG=f"sqlite://{volume}/log.db") as relay:
        ana = Chat(tmp_path / "ana", key, "ana", relay.address)
        bia = Chat(tmp_path / "bia", key, "bia", relay.address)
        for chat in (ana, bia):
            chat.wait_event("connected")
        texts = [f"{number} {TEXT}" for number in range(MESSAGES)]

        def talk() -> None:
            with suppress(BrokenPipeError):  # the test has failed already
                ana.say(*texts)

        talking = threading.Thread(target=talk)
        talking.start()
        try:
            _until(lambda: _readiness(relay) == 503, "the volume to be full")
            assert relay.metric("sussurro_relay_log_available") == 0
            _until(lambda: any("log_unavailable" in line for line in relay.journal), "a line")
            assert len(bia.texts()) < MESSAGES
            (volume / "filler").unlink()
            bia.wait(lambda _: len(bia.texts()) >= MESSAGES, "every message", _WAIT_SECONDS)
            assert bia.texts() == texts
            assert _readiness(relay) == 200
            assert relay.metric("sussurro_relay_log_available") == 1
            assert ana.leave() == 0
            assert not any(event["event"] == "warning" for event in bia.events)
        finally:
            ana.close()
            bia.close()
            talking.join()
