"""One real NATS server with JetStream: a program of this machine, or a container."""

import re
import secrets
import shutil
import signal
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.support.docker import inspect, run, wait_for, why_no_engine
from tests.support.ports import free_port

IMAGE = "nats:2.10"
_OLDEST = (2, 10)


def why_no_nats() -> str | None:
    """Return the sentence that a skipped test says, or None when a server can be started."""
    if _program() or not why_no_engine():
        return None
    return f"no nats-server of version {_OLDEST[0]}.{_OLDEST[1]} and no Docker engine"


def _program() -> str | None:
    found = shutil.which("nats-server")
    if not found:
        return None
    said = re.search(r"v(\d+)\.(\d+)", run(found, "--version").stdout)
    new_enough = said and (int(said[1]), int(said[2])) >= _OLDEST
    return found if new_enough else None


@dataclass(slots=True)
class NatsServer:
    """A server of its own on a free port; its data ends with `remove`.

    ``options``: what else its command line says, as that it is one of a cluster.
    """

    folder: Path
    port: int = 0
    options: tuple[str, ...] = ()
    _name: str = ""
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """What RELAY_LOG is set to."""
        return f"nats://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """Its process, as this machine knows it."""
        if self._process is not None:
            return self._process.pid
        return int(inspect(self._name)["State"]["Pid"])

    def start(self) -> None:
        """Start it, or start it again with the data that it had."""
        self.port = self.port or free_port()
        program = _program()
        if program:
            words = [program, *self._words(str(self.folder))]
            self._process = subprocess.Popen(words, stderr=subprocess.DEVNULL)
        elif self._name:
            run("docker", "start", self._name)
        else:
            self._name = f"sussurro-test-nats-{secrets.token_hex(4)}"
            container = ["docker", "run", "--detach", "--network=host", f"--name={self._name}"]
            run(*container, IMAGE, *self._words("/data"))
        wait_for(self._answers, "the NATS server to listen")

    def kill(self) -> None:
        """End it at once, as a crash would; its data stays."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        else:
            run("docker", "kill", self._name)

    def pause(self) -> None:
        """Let it stand still, with its connections open, until `go_on`."""
        if self._process is not None:
            self._process.send_signal(signal.SIGSTOP)
        else:
            run("docker", "pause", self._name)

    def go_on(self) -> None:
        """Let it run on after `pause`."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)
        else:
            run("docker", "unpause", self._name)

    def remove(self) -> None:
        """End it and leave nothing behind."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        elif self._name:
            run("docker", "rm", "--force", "--volumes", self._name)

    def _words(self, folder: str) -> list[str]:
        where = ["-sd", folder, "-a", "127.0.0.1", "-p", str(self.port)]
        return ["-js", *where, *self.options]

    def _answers(self) -> bool:
        with socket.socket() as sock:
            return sock.connect_ex(("127.0.0.1", self.port)) == 0
