import os
import sys
import threading
import time
from pathlib import Path

import pytest

from benchmarks.processes import (
    StartError,
    family,
    peak_bytes,
    processor_seconds,
    resident_bytes,
    running,
)
from benchmarks.sockets import connect, free_port

LISTEN = """import socket, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
kept = socket.create_server(("127.0.0.1", int(sys.argv[1])))
time.sleep(60)
"""


def test_processor_time_is_that_of_all_threads_of_ended_ones_as_well() -> None:
    def work() -> None:
        end = time.thread_time() + 0.05
        while time.thread_time() < end:
            pass

    before = processor_seconds(os.getpid())
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert processor_seconds(os.getpid()) - before >= 0.05
    assert processor_seconds(os.getpid()) == pytest.approx(time.process_time(), abs=0.1)


def test_memory_is_told_in_bytes() -> None:
    assert 1_000_000 < resident_bytes(os.getpid()) <= peak_bytes(os.getpid())


def test_a_relay_runs_until_the_block_ends_and_has_its_children_counted() -> None:
    port = free_port()
    with running([sys.executable, "-c", LISTEN, str(port)], port) as process:
        connect(port).close()
        assert len(family(process.pid)) == 2
    assert process.poll() is not None
    assert not Path(f"/proc/{process.pid}").exists()


def test_a_relay_that_does_not_start_is_quoted() -> None:
    with (
        pytest.raises(StartError, match="no such luck"),
        running([sys.executable, "-c", "raise SystemExit('no such luck')"], free_port()),
    ):
        pass
