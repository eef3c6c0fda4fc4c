"""The real program in a real terminal, one that attaches late as docker attach does."""

import os
import re
import shutil
import signal
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from tests.support.relay import HOST, SERVICES, running_relay
from tests.support.terminal import SECONDS, Terminal

PROGRAM = (sys.executable, "-m", "sussurro_client")
RESTORED = b"\x1b[?1004l"  # the last that Textual writes
LASTING = re.compile(rb"\x1b\[(\?(1000|1002|1003|1004|1006|1015|1016|2048)h|>\d+u)")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    path = {"PATH": os.environ["PATH"], "PYTHONPATH": str(SERVICES)}
    logs = {"XDG_STATE_HOME": str(tmp_path / "logs")}
    return {**path, **logs, "LANGUAGE": "en", "TERM": "xterm-256color"}


@pytest.fixture
def start(tmp_path: Path, environment: dict[str, str]) -> Iterator[Callable[..., Terminal]]:
    """Return a function that starts the program, as Bia, in a terminal of its own."""
    key = tmp_path / "key.key"
    key.write_bytes(Fernet.generate_key())
    key.chmod(0o600)
    terminals: list[Terminal] = []
    with running_relay() as relay:
        where = ["--relay", f"{HOST}:{relay.port}", "--state", str(tmp_path / "state")]

        def run(
            *arguments: str,
            size: tuple[int, int] = (80, 24),
            program: tuple[str, ...] = PROGRAM,
            is_own: bool = True,
        ) -> Terminal:
            command = [*program, "chat", "--name", "Bia", *where, *arguments]
            terminals.append(Terminal(tmp_path, command, environment, size, is_own=is_own))
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


# A program that reads how large it is, and is resized before it has taken note.
OVERTAKEN = """
import pathlib, time
from textual.drivers.linux_driver import LinuxDriver
read = LinuxDriver._get_terminal_size
def read_slowly(self):
    size = read(self)
    if size == (81, 25):
        pathlib.Path("read").touch()
        while read(self) == size:
            time.sleep(0.001)
    return size
LinuxDriver._get_terminal_size = read_slowly
"""


def test_a_resize_that_overtakes_another_is_the_one_that_counts(
    start: Callable[..., Terminal], tmp_path: Path
) -> None:
    terminal = start("--attached", program=(sys.executable, "-c", OVERTAKEN + MAIN))
    terminal.wait_for("connected · 1 here")
    terminal.attach()
    terminal.resize(81, 25)
    terminal.wait_until((tmp_path / "read").exists, "read")
    terminal.resize(80, 24)
    terminal.wait_for("sussurro", "connected · 1 here", "You are in, as Bia.", "F1")
    terminal.wait_steady()
    terminal.wait_for("sussurro", "connected · 1 here", "You are in, as Bia.", "F1")


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


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("arguments", [(), ("--plain",)])
def test_a_signal_to_end_leaves_the_room(
    start: Callable[..., Terminal], tmp_path: Path, number: int, arguments: tuple[str, ...]
) -> None:
    other = start("--plain", "--name", "Ana", "--state", str(tmp_path / "ana"))
    other.wait_for("1 here")
    terminal = start(*arguments)
    terminal.wait_for("2 here")
    terminal.process.send_signal(number)
    assert terminal.end() == 0
    other.wait_for("Bia has left.")


# Keys as a terminal sends them.


def test_alt_and_enter_begin_a_new_line_and_send_nothing(start: Callable[..., Terminal]) -> None:
    terminal = start()
    terminal.wait_for("connected · 1 here")
    terminal.press("first\x1b\rsecond")
    terminal.wait_for("│ first", "│ second")
    terminal.press("\r")
    terminal.wait_for("Bia           first", "second ·")


def test_what_is_typed_at_once_after_enter_is_the_next_draft(
    start: Callable[..., Terminal],
) -> None:
    terminal = start()
    terminal.wait_for("connected · 1 here")
    terminal.press("first\rsecond\rthird")
    terminal.wait_for("first ·", "second ·", "│ third")
    assert "firstsecond" not in terminal.shown


# A shell that takes its terminal back.


# What runs a program and waits for it, as make does, has to be put to sleep with it.
WAITS = ("sh", "-c", '"$@"; exit "$?"', "sh")


@pytest.mark.parametrize("around", [(), WAITS])
def test_ctrl_z_gives_the_terminal_back_to_the_shell_and_fg_draws_all_anew(
    start: Callable[..., Terminal], around: tuple[str, ...]
) -> None:
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("no bash here")
    script = 'set -m; "$@"; echo put to sleep; read -r line; fg; echo it ended with $?'
    terminal = start(program=(bash, "--norc", "-c", script, "bash", *around, *PROGRAM))
    terminal.wait_for("connected · 1 here")
    terminal.press("a draft")
    terminal.wait_for("a draft")
    terminal.press("\x1a")
    terminal.wait_for("put to sleep")
    assert terminal.is_in_line_mode
    assert RESTORED in terminal.written.partition(b"put to sleep")[0]
    terminal.attach()  # what a shell wrote meanwhile is all that there is
    terminal.press("\r")
    for text in ("sussurro", "connected · 1 here", "You are in, as Bia.", "a draft", "F1"):
        terminal.wait_for(text)
    assert not terminal.is_in_line_mode
    terminal.press("\r")
    terminal.wait_for("a draft ·")
    terminal.press("TT\r")
    terminal.wait_for("it ended with 0")


def test_whom_no_shell_would_wake_does_not_go_to_sleep(start: Callable[..., Terminal]) -> None:
    terminal = start()
    terminal.wait_for("connected · 1 here")
    terminal.press("\x1a")
    terminal.wait_for("There is no shell here to go back to.")
    terminal.press("TT\r")
    assert terminal.end() == 0


def test_a_stop_that_nobody_announced_does_not_make_it_deaf(
    start: Callable[..., Terminal],
) -> None:
    terminal = start()
    terminal.wait_for("connected · 1 here")
    terminal.process.send_signal(signal.SIGSTOP)
    terminal.wait_stopped()
    terminal.attach()
    terminal.wake()
    terminal.wait_for("connected · 1 here")
    terminal.press("every letter once\r")
    terminal.wait_for("Bia           every letter once")
    terminal.press("TT\r")
    assert terminal.end() == 0


def test_the_first_process_of_a_container_does_not_go_to_sleep(
    start: Callable[..., Terminal],
) -> None:
    terminal = start("--attached")
    terminal.wait_for("connected · 1 here")
    terminal.press("\x1a")
    terminal.wait_for("There is no shell here to go back to")
    terminal.press("TT\r")
    assert terminal.end() == 0


# A terminal that is gone.


@pytest.mark.parametrize("arguments", [(), ("--attached",), ("--plain",)])
def test_a_terminal_that_is_closed_ends_the_program(
    start: Callable[..., Terminal], arguments: tuple[str, ...]
) -> None:
    terminal = start(*arguments)
    terminal.wait_for("1 here")
    terminal.hang_up()
    assert terminal.process.wait(SECONDS) == 0


@pytest.mark.parametrize("arguments", [(), ("--attached",), ("--plain",)])
def test_a_terminal_that_is_closed_ends_even_whom_no_signal_reaches(
    start: Callable[..., Terminal], tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    terminal = start(*arguments, is_own=False)
    terminal.wait_for("1 here")
    terminal.hang_up()
    assert terminal.process.wait(SECONDS) == 0
    assert not (tmp_path / "logs").exists()


# A crash.

# Somebody says a word, and the line it would stand on cannot be drawn.
CRASHES = {
    "a widget": """
from sussurro_client.app.widgets.composer import Composer
def crash(self, event):
    raise ValueError("s3cret " + event.text)
Composer.on_paste = crash
""",
    "a worker": """
from sussurro_client.app.app import SussurroApp
async def crash(self):
    raise ValueError("s3cret")
SussurroApp._leave_all = crash
""",
    "a thread": """
from sussurro_client.session import Session
def crash(self, now, size):
    raise ValueError("s3cret")
Session._outgoing_before, Session._outgoing = Session._outgoing, lambda self: (
    crash(self, 0, 0) if self._leaving else Session._outgoing_before(self)
)
""",
}
MAIN = """
import sys
from sussurro_client.__main__ import main
sys.exit(main())
"""


@pytest.mark.parametrize("where", CRASHES)
def test_a_crash_hands_the_terminal_back_and_says_where_it_is_written_down(
    start: Callable[..., Terminal], tmp_path: Path, where: str
) -> None:
    terminal = start(program=(sys.executable, "-c", CRASHES[where] + MAIN))
    terminal.wait_for("connected · 1 here")
    terminal.press("\x1b[200~s3cret\x1b[201~")
    if where != "a widget":
        terminal.wait_for("s3cret")
        terminal.press("\r")
        terminal.wait_for("Bia           s3cret")
        terminal.press("TT\r")
    assert terminal.end() == 70
    assert terminal.is_in_line_mode
    (log,) = (tmp_path / "logs" / "sussurro" / "log").iterdir()
    _drawn, _end, after = terminal.written.rpartition(RESTORED)
    sentence = after.decode()
    assert sentence.count("\n") == 1
    assert str(log) in sentence
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    kept = log.read_text()
    assert "ValueError" in kept
    assert ".py:" in kept
    for secret in ("s3cret", "Bia", (tmp_path / "key.key").read_text()):
        assert secret not in kept
        assert secret not in sentence


@pytest.mark.parametrize("arguments", [("--plain",), ("--json",)])
def test_a_crash_line_by_line_is_one_sentence_as_well(
    start: Callable[..., Terminal], tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    terminal = start(*arguments, program=(sys.executable, "-c", CRASHES["a thread"] + MAIN))
    terminal.wait_for("1 here" if "--plain" in arguments else '"members": 1')
    terminal.press("TT\r")
    assert terminal.end() == 70
    (log,) = (tmp_path / "logs" / "sussurro" / "log").iterdir()
    assert "ValueError" in log.read_text()
    assert b"s3cret" not in terminal.written
    assert b"Traceback" not in terminal.written


# Terminals of all kinds.


@pytest.mark.parametrize("size", [(20, 10), (20, 24), (300, 60)])
def test_a_narrow_and_a_wide_terminal_serve_to_talk(
    start: Callable[..., Terminal], size: tuple[int, int]
) -> None:
    terminal = start(size=size)
    terminal.wait_for("1 here")
    terminal.press("Oi\r")
    terminal.wait_for("Oi")
    terminal.press("\x03")
    terminal.wait_for("Leave the room?")
    terminal.press("\x1b")
    terminal.wait_for("Leave the room?", gone=True)
    terminal.press("TT\r")
    assert terminal.end() == 0


def test_a_resize_while_one_talks_loses_nothing(start: Callable[..., Terminal]) -> None:
    terminal = start()
    terminal.wait_for("connected · 1 here")
    terminal.press("before\r")
    terminal.wait_for("before")
    terminal.press("a draft")
    for width, height in ((20, 10), (300, 60), (45, 12), (100, 30)):
        terminal.resize(width, height)
        terminal.wait_for("1 here")
        terminal.wait_for("a draft")
    terminal.wait_for("Bia           before")
    terminal.press("\r")
    terminal.wait_for("a draft ·")
    terminal.press("TT\r")
    assert terminal.end() == 0


@pytest.mark.parametrize(
    ("term", "variables"),
    [
        ("screen", {}),
        ("screen-256color", {}),
        ("tmux-256color", {"COLORTERM": "truecolor"}),
        ("xterm-16color", {}),
        ("linux", {}),
        ("xterm-256color", {"NO_COLOR": "1"}),
    ],
)
def test_every_kind_of_terminal_shows_the_room(
    start: Callable[..., Terminal],
    environment: dict[str, str],
    term: str,
    variables: dict[str, str],
) -> None:
    environment |= {"TERM": term, **variables}
    terminal = start()
    terminal.wait_for("connected · 1 here")
    terminal.press("Oi\r")
    terminal.wait_for("Bia           Oi")
    terminal.press("TT\r")
    assert terminal.end() == 0
    assert b"Traceback" not in terminal.written


@pytest.mark.parametrize("term", ["dumb", ""])
def test_a_terminal_that_cannot_draw_has_the_line_mode(
    start: Callable[..., Terminal], environment: dict[str, str], term: str
) -> None:
    environment["TERM"] = term
    terminal = start()
    terminal.wait_for("1 here.")
    terminal.press("TT\r")
    assert terminal.end() == 0
    assert b"\x1b" not in terminal.written


# Several rooms, and a first run.


def write_key(path: Path) -> None:
    path.write_bytes(Fernet.generate_key())
    path.chmod(0o600)


@pytest.mark.parametrize("keys", ["function keys", "numbers"])
@pytest.mark.parametrize("size", [(80, 24), (20, 12)])
def test_several_rooms_are_gone_through_by_keys_alone(
    start: Callable[..., Terminal], tmp_path: Path, keys: str, size: tuple[int, int]
) -> None:
    write_key(tmp_path / "work.key")
    terminal = start("--attached", "--key", "key.key", "--key", "work.key", size=size)
    forth, back = ("\x1b[17~", "\x1b[18~") if keys == "function keys" else ("\x1b2", "\x1b1")
    terminal.wait_for("1 here")
    terminal.press("Oi\r")
    terminal.wait_for("Oi")
    terminal.press(forth)
    terminal.wait_for(">2 work")
    terminal.wait_for("1 here")
    terminal.press("Hello\r")
    terminal.wait_for("Hello")
    terminal.press(back)
    terminal.wait_for(">2 work", gone=True)
    terminal.wait_for("Oi")
    terminal.press("TT\r")
    terminal.wait_for("Hello")
    terminal.wait_for(">2", gone=True)
    terminal.press("TT\r")
    assert terminal.end() == 0


def test_a_room_says_elsewhere_that_something_is_new(
    start: Callable[..., Terminal], tmp_path: Path
) -> None:
    write_key(tmp_path / "work.key")
    terminal = start("--key", "key.key", "--key", "work.key")
    terminal.wait_for("1 here")
    other = start("--key", "work.key", "--name", "Ana", "--state", str(tmp_path / "ana"))
    other.wait_for("2 here")
    other.press("Oi, Bia!\r")
    terminal.wait_for("2 work:1!")
    terminal.press("\x1b2")
    terminal.wait_for("Oi, Bia!")
    terminal.press("\x03")
    terminal.wait_for("Leave all 2 rooms?")
    terminal.press("\t\r")
    assert terminal.end() == 0


@pytest.mark.parametrize("size", [(80, 24), (20, 10)])
@pytest.mark.parametrize("language", ["en", "pt_BR"])
def test_a_first_run_makes_a_key_and_goes_in(
    start: Callable[..., Terminal],
    environment: dict[str, str],
    tmp_path: Path,
    size: tuple[int, int],
    language: str,
) -> None:
    environment["LANGUAGE"] = language
    here = "1 here" if language == "en" else "1 aqui"
    terminal = start("--key", "new.key", size=size)
    terminal.wait_for("Make" if language == "en" else "Criar")
    terminal.press("\r")
    terminal.wait_for("You have a key" if language == "en" else "Você tem uma")
    terminal.press("\r")
    terminal.wait_for(here)
    terminal.press("TT\r")
    assert terminal.end() == 0
    assert stat.S_IMODE((tmp_path / "new.key").stat().st_mode) == 0o600
    assert (tmp_path / "new.key").read_bytes().strip() not in terminal.written
