"""What the real program writes to a real terminal beside what it shows."""

import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from sussurro_client.address import Address
from sussurro_client.events import Arrived, Connected
from sussurro_client.session import Session
from tests.client.scenes import (
    KEY,
    KEY_TEXT,
    PATIENCE,
    Ears,
    RealRelay,
    clean_environment,
    member,
)
from tests.support.terminal import Terminal

FOCUS_LOST = "\x1b[O"


@pytest.fixture(scope="module")
def relay() -> Iterator[RealRelay]:
    with RealRelay() as process:
        yield process


@contextmanager
def a_terminal(folder: Path, relay: RealRelay, **variables: str) -> Iterator[Terminal]:
    key = folder / "key.key"
    key.write_text(KEY_TEXT)
    key.chmod(0o600)
    environment = clean_environment() | {
        "SUSSURRO_RELAY": f"127.0.0.1:{relay.port}",
        "SUSSURRO_STATE": str(folder / "state"),
        "SUSSURRO_HISTORY": "0",
        "TERM": "xterm-256color",
        **variables,
    }
    for name in ("TMUX", "NO_COLOR", "TERM_PROGRAM"):
        if name not in variables:
            environment.pop(name, None)
    program = [sys.executable, "-m", "sussurro_client", "chat", "--name", "Ana"]
    terminal = Terminal(folder, program, environment)
    try:
        yield terminal
    finally:
        terminal.close()


def leave(terminal: Terminal) -> int:
    """Leave, and return the exit code."""
    terminal.type("TT")
    return terminal.end()


def test_a_mention_reaches_the_desktop_without_a_word_of_it(
    tmp_path: Path, relay: RealRelay
) -> None:
    ears = Ears()
    called = re.compile(rb"\x1b\]777;notify;Sussurro;([^\x07]*)\x07")
    with (
        Session(Address("127.0.0.1", relay.port), member("Bia", 2, KEY), listener=ears) as bia,
        a_terminal(tmp_path, relay, TERM_PROGRAM="WezTerm") as terminal,
    ):
        ears.wait(Connected)
        ears.wait(Arrived)
        terminal.wait_for("connected")
        terminal.press(FOCUS_LOST)
        deadline = time.monotonic() + PATIENCE
        while not called.search(terminal.written):  # when the terminal's word is read nobody tells
            assert time.monotonic() < deadline
            bia.send("secret, ana?")
            with suppress(AssertionError):
                terminal.wait_until(lambda: bool(called.search(terminal.written)), seconds=0.5)
        found = called.search(terminal.written)
        assert found
        assert found[1] == b"Your name was said."
        bia.close(0)
        assert leave(terminal) == 0


def test_with_no_color_not_one_colour_is_written(tmp_path: Path, relay: RealRelay) -> None:
    with a_terminal(tmp_path, relay, NO_COLOR="1") as terminal:
        terminal.wait_for("connected")
        assert leave(terminal) == 0
    styles = re.findall(rb"\x1b\[([\d;]*)m", terminal.written)
    assert styles
    codes = {code for style in styles for code in style.split(b";")}
    assert codes <= {b"", b"0", b"1", b"2", b"3", b"4", b"7", b"39", b"49"}
