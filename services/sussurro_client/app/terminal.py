"""The terminal: one that a shell takes back, one that is gone, and one that comes and goes."""

import asyncio
import os
import re
import select
import signal
from dataclasses import dataclass
from typing import IO, cast

from textual import events
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual.drivers.linux_driver import LinuxDriver
from textual.geometry import Size

# Alternate screen, no line wrap, bracketed paste, no cursor, no colour, all clear:
# a terminal that attached after the start has been told none of it.
_DRAW_ANEW = "\x1b[?1049h\x1b[?7l\x1b[?2004h\x1b[?25l\x1b[0m\x1b[2J\x1b[H"

# Focus reports and the kitty keyboard: a terminal that detaches would keep them,
# and its next shell would be typed full of them.
_LASTING = re.compile(r"\x1b\[(\?1004h|>\d+u)")


@dataclass(frozen=True, slots=True)
class _AltKey:
    """Alt and another key, named as Textual names keys."""

    value: str


# Textual takes digits for what a Mac types with Option, as in ™ for 2, and Alt+Enter for Enter, which
# would send half a message; but such a Mac sends the sign itself, and this is what Alt sends everywhere.
_ALT_KEYS = {f"\x1b{digit}": (_AltKey(f"alt+{digit}"),) for digit in range(1, 10)}
_ALT_KEYS["\x1b\r"] = (_AltKey("alt+enter"),)
cast("dict[str, object]", ANSI_SEQUENCES_KEYS).update(_ALT_KEYS)


def has_shell() -> bool:
    """Return whether somebody would wake us if we went to sleep, as a shell does that calls its jobs.

    The first process of a terminal has nobody, nor have those whom it runs without calling them jobs.
    """
    return os.getpgrp() != os.getsid(0)


class _Paper:
    """A terminal to write on. Once it is gone, what is written is nothing.

    Textual writes in a thread of its own, and would wait for ever for one that has failed.
    """

    def __init__(self, file: IO[str] | None) -> None:
        self._file = file
        self.is_gone = False

    def write(self, text: str) -> int:
        try:
            return self._file.write(text) if self._file else len(text)
        except OSError:
            self.is_gone = True
            return len(text)

    def flush(self) -> None:
        try:
            if self._file:
                self._file.flush()
        except OSError:
            self.is_gone = True

    def fileno(self) -> int:
        return self._file.fileno() if self._file else -1


class TerminalDriver(LinuxDriver):
    """Knows whether its terminal is still there."""

    def __init__(self, *arguments: object, **options: object) -> None:
        super().__init__(*arguments, **options)  # type: ignore[arg-type]  # they are handed on
        self._paper = _Paper(self._file)
        self._file = self._paper  # type: ignore[assignment]  # all of a file that is used
        self._cannot_read = False

    @property
    def is_gone(self) -> bool:
        """Whether the terminal was closed, and nobody can see or type anything any more."""
        if self._cannot_read or self._paper.is_gone:
            return True
        poll = select.poll()
        poll.register(self.fileno, 0)  # hanging up is told unasked
        return bool(poll.poll(0))

    def draw_anew(self) -> None:
        """Have an empty screen, in whatever state the terminal was."""
        self.write(_DRAW_ANEW)

    def start_application_mode(self) -> None:
        """Take the terminal, and hear of each new size in the app's thread."""
        super().start_application_mode()  # type: ignore[no-untyped-call]  # Textual has no types there
        # Textual reads the size in the handler, which another resize may interrupt: then the older
        # size is told last, and stays. The loop calls one after the other.
        asyncio.get_running_loop().add_signal_handler(signal.SIGWINCH, self._tell_size)
        self._tell_size()  # for a resize between the two

    def run_input_thread(self) -> None:
        """Read until the end, or until there is nothing to read from."""
        try:
            super().run_input_thread()
        except OSError:
            self._cannot_read = True

    def _sigtstp_application(self, *_arguments: object) -> None:
        """Give the terminal back, then put the whole job to sleep: make would wait for us for ever."""
        if self._auto_restart:
            self.suspend_application_mode()
            self._must_signal_resume = True
        handler = signal.signal(signal.SIGTSTP, signal.SIG_IGN)
        os.killpg(0, signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, handler)
        os.kill(os.getpid(), signal.SIGSTOP)

    def resume_application_mode(self) -> None:
        """Take the terminal again; also after a stop that nobody announced (SIGSTOP)."""
        if self._key_thread is not None and self._key_thread.is_alive():
            self.suspend_application_mode()  # or else two threads would read
        super().resume_application_mode()

    def _tell_size(self) -> None:
        if not self._in_band_window_resize:
            size = Size(*self._get_terminal_size())
            self._app.post_message(events.Resize(size, size))


class AttachedDriver(TerminalDriver):
    """Asks a terminal for nothing that would outlive its being attached."""

    def write(self, data: str) -> None:
        """Write, but leave out what would last."""
        if not _LASTING.fullmatch(data):
            super().write(data)

    # Who answers these may be gone by then, or not be there yet; and a terminal that
    # reported its size in-band would no longer be heard when it attaches.

    def _query_in_band_window_resize(self) -> None:
        pass

    def _request_terminal_sync_mode_support(self) -> None:
        pass
