"""What the real program writes to a real terminal beside what it shows."""

import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pexpect
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

FOCUS_LOST = "\x1b[O"


@pytest.fixture(scope="module")
def relay() -> Iterator[RealRelay]:
    with RealRelay() as process:
        yield process


def terminal(folder: Path, relay: RealRelay, **variables: str) -> "pexpect.spawn[bytes]":
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
    return pexpect.spawn(
        sys.executable,
        ["-m", "sussurro_client", "chat", "--name", "Ana"],
        cwd=str(folder),
        env=environment,
        dimensions=(24, 80),
        timeout=PATIENCE,
    )


def leave(program: "pexpect.spawn[bytes]") -> bytes:
    """Leave, and return all that was written since something was last waited for."""
    program.send("TT\r")
    program.expect(pexpect.EOF)
    written: Any = program.before
    return bytes(written)


def test_a_mention_reaches_the_desktop_without_a_word_of_it(
    tmp_path: Path, relay: RealRelay
) -> None:
    ears = Ears()
    with (
        Session(Address("127.0.0.1", relay.port), member("Bia", 2, KEY), listener=ears) as bia,
        terminal(tmp_path, relay, TERM_PROGRAM="WezTerm") as program,
    ):
        ears.wait(Connected)
        ears.wait(Arrived)
        program.expect_exact("connected")
        program.send(FOCUS_LOST)
        deadline = time.monotonic() + PATIENCE
        found = 0
        while not found:  # when the terminal's word is read nobody tells
            assert time.monotonic() < deadline
            bia.send("secret, ana?")
            found = program.expect_exact(
                [pexpect.TIMEOUT, "\x1b]777;notify;Sussurro;"], timeout=0.5
            )
        program.expect_exact("\x07")
        assert program.before == b"Your name was said."
        bia.close(0)
        leave(program)
    assert program.exitstatus == 0


def test_with_no_color_not_one_colour_is_written(tmp_path: Path, relay: RealRelay) -> None:
    with terminal(tmp_path, relay, NO_COLOR="1") as program:
        program.expect_exact("connected")
        written = program.before + leave(program)
    styles = re.findall(rb"\x1b\[([\d;]*)m", written)
    assert styles
    codes = {code for style in styles for code in style.split(b";")}
    assert codes <= {b"", b"0", b"1", b"2", b"3", b"4", b"7", b"39", b"49"}
    assert program.exitstatus == 0
