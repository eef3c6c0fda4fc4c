"""A real pseudo-terminal with a program in it, seen through a terminal's eyes."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pyte

SECONDS = 30.0
# A resize is told only to those whose own terminal it is.
_TAKE_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execvp(sys.argv[1], sys.argv[1:])
"""
# The modes of its lines in which a shell wants to have a terminal back.
_LINE_MODES = termios.ICANON | termios.ECHO | termios.ISIG


class Terminal:
    """A pseudo-terminal with a program in it, and a screen that can be attached late."""

    def __init__(
        self,
        folder: Path,
        command: list[str],
        environment: dict[str, str],
        size: tuple[int, int] = (80, 24),
        *,
        is_own: bool = True,
    ) -> None:
        """Start a command; one whose own terminal it is not hears no signal of it."""
        self.written = b""
        self._size = size
        self.attach()
        self._file, inside = pty.openpty()
        self.resize(*size)
        self.process = subprocess.Popen(
            [sys.executable, "-c", _TAKE_TERMINAL, *command] if is_own else command,
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
        self.screen = pyte.Screen(*self._size)
        self._stream = pyte.ByteStream(self.screen)

    def resize(self, width: int, height: int) -> None:
        size = struct.pack("HHHH", height, width, 0, 0)
        fcntl.ioctl(self._file, termios.TIOCSWINSZ, size)
        self._size = (width, height)
        self.screen.resize(height, width)

    def press(self, keys: str) -> None:
        os.write(self._file, keys.encode())

    @property
    def shown(self) -> str:
        """What is on the screen."""
        return "\n".join(self.screen.display)

    @property
    def is_in_line_mode(self) -> bool:
        """Whether the terminal is as a shell wants it: with lines, an echo and signals."""
        return bool(termios.tcgetattr(self._file)[3] & _LINE_MODES == _LINE_MODES)

    def wait_for(self, text: str, *, gone: bool = False) -> None:
        """Wait until the text stands on the screen, or until it does not any more."""
        self.wait_until(lambda: (text in self.shown) != gone)

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Wait until a condition holds, and show meanwhile what is written."""
        deadline = time.monotonic() + SECONDS
        while not condition():
            assert time.monotonic() < deadline, self.shown
            assert self._read(0.1) or self.process.poll() is None, self.shown

    def wait_stopped(self) -> None:
        """Wait until the program has been put to sleep."""
        status = Path(f"/proc/{self.process.pid}/stat")
        self.wait_until(lambda: status.read_text().rpartition(")")[2].split()[0] == "T")

    def wake(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def terminate(self) -> None:
        self.process.terminate()

    def hang_up(self) -> None:
        """Take the terminal away."""
        os.close(self._file)
        self._file = -1

    def end(self) -> int:
        """Wait for the end; return the exit code."""
        while self._read(SECONDS):
            pass
        return self.process.wait(SECONDS)

    def close(self) -> None:
        """End it, whatever it is doing."""
        self.process.kill()
        self.process.wait()
        if self._file >= 0:
            os.close(self._file)

    def _read(self, seconds: float) -> bool:
        if not select.select([self._file], [], [], seconds)[0]:
            return False
        data = b""
        with suppress(OSError):  # how Linux says that the other side is closed
            data = os.read(self._file, 65536)
        self.written += data
        # pyte does not know the private CSI that end with u; they draw nothing.
        self._stream.feed(re.sub(rb"\x1b\[[<>=]\d*u", b"", data))
        return bool(data)
