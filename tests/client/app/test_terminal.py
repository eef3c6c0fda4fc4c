"""The real program in a real terminal, one that attaches late as docker attach does."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pyte
import pytest
from cryptography.fernet import Fernet

from tests.support.relay import HOST, SERVICES, running_relay

SECONDS = 30.0
# A resize is told only to those whose own terminal it is.
TAKE_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""
RESTORED = b"\x1b[?1004l"  # the last that Textual writes
LASTING = re.compile(rb"\x1b\[(\?(1000|1002|1003|1004|1006|1015|1016|2048)h|>\d+u)")


class Terminal:
    """A pseudo-terminal with a program in it, and a screen that can be attached late."""

    def __init__(self, folder: Path, arguments: list[str], environment: dict[str, str]) -> None:
        self.written = b""
        self.attach()
        self._file, inside = pty.openpty()
        self._process = subprocess.Popen(
            [sys.executable, "-c", TAKE_TERMINAL, sys.executable, *arguments],
            cwd=folder,
            env=environment,
            stdin=inside,
            stdout=inside,
            stderr=inside,
            start_new_session=True,
        )
        os.close(inside)

    def attach(self) -> None:
        """Begin with an empty screen that was told nothing of what went before."""
        self.screen = pyte.Screen(80, 24)
        self._stream = pyte.ByteStream(self.screen)

    def resize(self, width: int, height: int) -> None:
        size = struct.pack("HHHH", height, width, 0, 0)
        fcntl.ioctl(self._file, termios.TIOCSWINSZ, size)

    def press(self, keys: str) -> None:
        os.write(self._file, keys.encode())

    def wait_for(self, text: str, *, gone: bool = False) -> None:
        """Wait until the text stands on the screen, or until it does not any more."""
        deadline = time.monotonic() + SECONDS
        while (text in "\n".join(self.screen.display)) == gone:
            assert time.monotonic() < deadline, "\n".join(self.screen.display)
            assert self._read(), "\n".join(self.screen.display)

    def terminate(self) -> None:
        self._process.terminate()

    def end(self) -> int:
        """Wait for the end; return the exit code."""
        while self._read():
            pass
        return self._process.wait(SECONDS)

    def close(self) -> None:
        """End it, whatever it is doing."""
        self._process.kill()
        self._process.wait()
        os.close(self._file)

    def _read(self) -> bool:
        if not select.select([self._file], [], [], SECONDS)[0]:
            return False
        data = b""
        with suppress(OSError):  # how Linux says that the other side is closed
            data = os.read(self._file, 65536)
        self.written += data
        # pyte does not know the private CSI that end with u; they draw nothing.
        self._stream.feed(re.sub(rb"\x1b\[[<>=]\d*u", b"", data))
        return bool(data)


@pytest.fixture
def environment() -> dict[str, str]:
    path = {"PATH": os.environ["PATH"], "PYTHONPATH": str(SERVICES)}
    return {**path, "LANGUAGE": "en", "TERM": "xterm-256color"}


@pytest.fixture
def start(tmp_path: Path, environment: dict[str, str]) -> Iterator[Callable[..., Terminal]]:
    """Return a function that starts the program, as Bia, in a terminal of its own."""
    key = tmp_path / "key.key"
    key.write_bytes(Fernet.generate_key())
    key.chmod(0o600)
    terminals: list[Terminal] = []
    with running_relay() as relay:
        where = ["--relay", f"{HOST}:{relay.port}", "--state", str(tmp_path / "state")]

        def run(*arguments: str) -> Terminal:
            program = ["-m", "sussurro_client", "chat", "--name", "Bia", *where, *arguments]
            terminals.append(Terminal(tmp_path, program, environment))
            return terminals[-1]

        yield run
        for terminal in terminals:
            terminal.close()


@pytest.mark.parametrize("term", ["xterm", "xterm-256color"])
def test_a_terminal_that_attaches_late_sees_the_whole_room_at_once(
    start: Callable[..., Terminal], environment: dict[str, str], term: str
) -> None:
    environment["TERM"] = term
    terminal = start("--attached")
    terminal.wait_for("connected · 1 here")
    terminal.attach()
    terminal.resize(81, 25)
    terminal.resize(80, 24)
    for text in ("sussurro", "connected · 1 here", "You are in, as Bia.", "Write a message", "F1"):
        terminal.wait_for(text)
    terminal.press("\x10")  # Ctrl-P
    terminal.press("Oi\r")
    terminal.wait_for("Bia           Oi")
    terminal.press("TT\r")
    assert terminal.end() == 0
    assert not LASTING.search(terminal.written)
    assert b"\x1b[?2004h" in terminal.written
    assert b"Traceback" not in terminal.written


def test_ctrl_c_twice_in_a_real_terminal_ends_nothing(start: Callable[..., Terminal]) -> None:
    terminal = start()
    terminal.wait_for("connected · 1 here")
    terminal.press("\x03")
    terminal.wait_for("Leave the room?")
    terminal.press("\x03")
    terminal.press("\x1b")
    terminal.wait_for("Leave the room?", gone=True)
    terminal.press("still here")
    terminal.wait_for("still here")
    terminal.press("\x11")
    terminal.wait_for("Leave the room?")
    terminal.press("\t\r")
    assert terminal.end() == 0


def test_a_container_that_is_told_to_stop_leaves_in_order(start: Callable[..., Terminal]) -> None:
    terminal = start("--attached")
    terminal.wait_for("connected · 1 here")
    terminal.terminate()
    assert terminal.end() == 0
    assert terminal.written.rstrip().endswith(RESTORED)
