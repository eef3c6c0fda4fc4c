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
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

import pyte

from tests.support.screen import Screen

SECONDS = 30.0
ENTER, ESCAPE, TAB = "\r", "\x1b", "\t"
UP, DOWN, PAGE_UP, PAGE_DOWN = "\x1b[A", "\x1b[B", "\x1b[5~", "\x1b[6~"
TO_END = "\x1b[1;5F"  # Ctrl-End
# A resize is told only to those whose own terminal it is.
_TAKE_TERMINAL = """
import fcntl, os, signal, sys, termios
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # whoever runs the tests may ignore it
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execvp(sys.argv[1], sys.argv[1:])
"""
# The modes of its lines in which a shell wants to have a terminal back.
_LINE_MODES = termios.ICANON | termios.ECHO | termios.ISIG
# pyte does not know the private CSI that end with u; they draw nothing.
_UNKNOWN = re.compile(rb"\x1b\[[<>=]\d*u")
_UNFINISHED = re.compile(rb"\x1b(\[([<>=]\d*)?)?\Z")
_LOOK_SECONDS = 0.05  # between two looks at what no output tells


class Terminal:
    """A pseudo-terminal with a program in it, and a screen that can be attached late.

    A thread of its own draws what the program writes, so that no program waits for a reader.
    """

    def __init__(
        self,
        folder: Path,
        command: list[str],
        environment: Mapping[str, str],
        size: tuple[int, int] = (80, 24),
        *,
        is_own: bool = True,
    ) -> None:
        """Start a command; one whose own terminal it is not hears no signal of it."""
        self._changed = threading.Condition()  # guards what is written and the screen
        self._written = bytearray()
        self._written_at = time.monotonic()
        self._unfinished = b""
        self._is_over = False
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
        self._stop, self._stopped = os.pipe()
        # A daemon: it ends with the program, or when the terminal is taken away.
        self._reader = threading.Thread(target=self._read, args=(self._file,), daemon=True)
        self._reader.start()

    def attach(self) -> None:
        """Begin with an empty screen that was told nothing of what went before."""
        with self._changed:
            self.screen = Screen(*self._size)
            self._stream = pyte.ByteStream(self.screen)

    def resize(self, width: int, height: int) -> None:
        """Be as large as this from now on."""
        size = struct.pack("HHHH", height, width, 0, 0)
        with self._changed:
            self._size = (width, height)
            self.screen.resize(height, width)
            fcntl.ioctl(self._file, termios.TIOCSWINSZ, size)

    def press(self, keys: str) -> None:
        """Press these keys and no other."""
        os.write(self._file, keys.encode())

    def type(self, text: str) -> None:
        """Press the keys of a text, and Enter after them."""
        self.press(text + ENTER)

    # What is seen.

    @property
    def written(self) -> bytes:
        """All that the program has written."""
        with self._changed:
            return bytes(self._written)

    @property
    def shown(self) -> str:
        """What is on the screen."""
        with self._changed:
            return self.screen.shown

    @property
    def is_in_line_mode(self) -> bool:
        """Whether the terminal is as a shell wants it: with lines, an echo and signals."""
        return bool(termios.tcgetattr(self._file)[3] & _LINE_MODES == _LINE_MODES)

    def picture(self, title: str) -> str:
        """Return an SVG of the screen, once it has come to rest."""
        self.wait_steady()
        with self._changed:
            return self.screen.picture(title)

    # Waiting; each fails with the screen.

    def wait_for(self, *texts: str, gone: bool = False, seconds: float = SECONDS) -> str:
        """Return the screen once it shows every one of the texts, or once it shows none of them."""
        self.wait_until(
            lambda: all((text in self.shown) != gone for text in texts),
            f"{'no ' if gone else ''}{texts}",
            seconds,
        )
        return self.shown

    def wait_for_any(self, *texts: str, seconds: float = SECONDS) -> str:
        """Return the screen once it shows one of the texts."""
        self.wait_until(lambda: any(text in self.shown for text in texts), f"{texts}", seconds)
        return self.shown

    def wait_until(
        self, condition: Callable[[], bool], what: str = "it", seconds: float = SECONDS
    ) -> None:
        """Wait until a condition holds."""
        deadline = time.monotonic() + seconds
        with self._changed:
            while not condition():
                left = deadline - time.monotonic()
                assert left > 0, f"never {what}:\n{self.shown}"
                assert not self._is_over or not self._is_dead, f"ended before {what}:\n{self.shown}"
                self._changed.wait(min(left, _LOOK_SECONDS))

    def wait_steady(self, seconds: float = 0.4) -> None:
        """Wait until nothing has been written for so long."""
        self.wait_until(lambda: time.monotonic() - self._written_at > seconds, "at rest")

    def wait_stopped(self) -> None:
        """Wait until the program has been put to sleep."""
        status = Path(f"/proc/{self.process.pid}/stat")
        self.wait_until(lambda: status.read_text().rpartition(")")[2].split()[0] == "T")

    # Its end.

    def wake(self) -> None:
        """Let a program that was put to sleep go on."""
        self.process.send_signal(signal.SIGCONT)

    def terminate(self) -> None:
        """Ask the program to end."""
        self.process.terminate()

    def hang_up(self) -> None:
        """Take the terminal away."""
        if self._file >= 0:
            os.write(self._stopped, b".")
            self._reader.join(SECONDS)
            for each in (self._file, self._stop, self._stopped):
                os.close(each)
            self._file = -1

    def end(self, seconds: float = SECONDS) -> int:
        """Wait for the end; return the exit code."""
        self._reader.join(seconds)
        assert self._is_over, f"never ended:\n{self.shown}"
        return self.process.wait(seconds)

    def close(self) -> None:
        """End it, whatever it is doing."""
        self.process.kill()
        self.process.wait()
        self.hang_up()

    @property
    def _is_dead(self) -> bool:
        return self.process.poll() is not None

    def _read(self, file: int) -> None:
        while self._stop not in select.select([file, self._stop], [], [])[0]:
            data = b""
            with suppress(OSError):  # how Linux says that the other side is closed
                data = os.read(file, 65536)
            with self._changed:
                self._draw(data)
                self._changed.notify_all()
            if not data:
                return

    def _draw(self, data: bytes) -> None:
        self._is_over = not data
        self._written += data
        self._written_at = time.monotonic()
        data = self._unfinished + data
        found = _UNFINISHED.search(data)
        self._unfinished = found[0] if found else b""
        data = data[: found.start()] if found else data
        self._stream.feed(_UNKNOWN.sub(b"", data))
