"""The project's own programs as real processes, on free ports, with deadlines everywhere."""

import json
import os
import queue
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

SECONDS = 30.0
Event = dict[str, Any]


def clean_environment(**settings: str) -> dict[str, str]:
    """Return this process's environment without any setting of Sussurro but these."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("RELAY_", "SUSSURRO_"))
    }
    return {**kept, "LANGUAGE": "en", "PYTHONUNBUFFERED": "1", **settings}


class Relay:
    """A relay process; its journal's lines are kept."""

    def __init__(self, folder: Path, **settings: str) -> None:
        local = {"RELAY_HOST": "127.0.0.1", "RELAY_METRICS_HOST": "127.0.0.1"}
        free_ports = {"RELAY_PORT": "0", "RELAY_METRICS_PORT": "0"}
        environment = clean_environment(**{**local, **free_ports, **settings})
        self.process = subprocess.Popen(
            [sys.executable, "-m", "sussurro_relay"],
            cwd=folder,
            env=environment,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.journal: list[str] = []
        started: queue.Queue[Event] = queue.Queue()
        # A daemon: it ends with the process whose journal it reads.
        self._reader = threading.Thread(target=self._read_journal, args=(started,), daemon=True)
        self._reader.start()
        listening = started.get(timeout=SECONDS)
        self.port = int(listening["port"])
        self.metrics_port = int(listening["metrics_port"])

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def metric(self, name: str) -> float:
        """Return the value of one sample, as it stands in /metrics."""
        url = f"http://127.0.0.1:{self.metrics_port}/metrics"
        with urllib.request.urlopen(url, timeout=SECONDS) as answer:
            lines = answer.read().decode().splitlines()
        return float(next(line for line in lines if line.startswith(name + " ")).split()[-1])

    def stop(self) -> int:
        """Ask it to end in order; return its exit code."""
        self.process.terminate()
        try:
            code = self.process.wait(SECONDS)
        finally:
            self.process.kill()
        self._reader.join(SECONDS)
        return code

    def _read_journal(self, started: queue.Queue[Event]) -> None:
        assert self.process.stderr is not None
        with self.process.stderr as journal:
            for line in journal:
                self.journal.append(line)
                if '"listening"' in line:
                    started.put(json.loads(line))


@contextmanager
def running_relay(folder: Path, **settings: str) -> Iterator[Relay]:
    """Run a relay for the length of a with block."""
    relay = Relay(folder, **settings)
    try:
        yield relay
    finally:
        relay.stop()


class Chat:
    """`sussurro chat --json` in a folder of its own, with key.key in it."""

    def __init__(
        self,
        folder: Path,
        key: str,
        name: str,
        relay: str,
        *,
        prefix: tuple[str, ...] = (sys.executable,),
        **settings: str,
    ) -> None:
        """Start; ``prefix`` is the interpreter, and what it is to be run by."""
        folder.mkdir(parents=True, exist_ok=True)
        key_file = folder / "key.key"
        key_file.write_text(key)
        key_file.chmod(0o600)
        self.name = name
        self.process = subprocess.Popen(
            [*prefix, "-m", "sussurro_client", "chat", "--json", "--name", name],
            cwd=folder,
            env=clean_environment(
                SUSSURRO_RELAY=relay, SUSSURRO_STATE=str(folder / "state"), **settings
            ),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.events: list[Event] = []
        self.complaints = ""  # what it wrote to stderr, once it has ended
        self._changed = threading.Condition()
        # A daemon: it ends with the process whose output it reads.
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def say(self, *texts: str) -> None:
        """Send each text as one message, whatever is in it."""
        self.write(*(json.dumps({"text": text}) for text in texts))

    def write(self, *lines: str) -> None:
        """Write lines to its stdin as they are."""
        assert self.process.stdin is not None
        self.process.stdin.write("".join(f"{line}\n" for line in lines).encode())
        self.process.stdin.flush()

    def wait(
        self, found: Callable[[list[Event]], bool], what: str, seconds: float = SECONDS
    ) -> None:
        """Wait until the events so far are as wanted."""
        with self._changed:
            if not self._changed.wait_for(lambda: found(self.events), seconds):
                raise AssertionError(f"{self.name} waited for {what}: {self.events[-5:]}")

    def wait_event(self, kind: str, **fields: object) -> Event:
        """Wait for the first event of a kind with these fields, and return it."""

        def matching(events: Iterable[Event]) -> list[Event]:
            wanted = {"event": kind, **fields}
            return [event for event in events if wanted.items() <= event.items()]

        self.wait(lambda events: bool(matching(events)), f"{kind} {fields}")
        return matching(self.events)[0]

    def texts(self) -> list[str]:
        """Return the texts that were shown so far."""
        return [event["text"] for event in self.events if event["event"] == "message"]

    def leave(self) -> int:
        """Leave with TT; return the exit code."""
        self.write("TT")
        return self.end()

    def end(self) -> int:
        """Wait for the end; return the exit code."""
        try:
            return self.process.wait(SECONDS)
        finally:
            self.close()

    def close(self) -> None:
        """End it, whatever it is doing."""
        self.process.kill()
        self.process.wait()
        self._reader.join(SECONDS)
        assert self.process.stdin is not None
        assert self.process.stderr is not None
        with suppress(BrokenPipeError):
            self.process.stdin.close()
        if not self.process.stderr.closed:
            self.complaints = self.process.stderr.read().decode()
            self.process.stderr.close()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                with self._changed:
                    self.events.append(json.loads(line))
                    self._changed.notify_all()
