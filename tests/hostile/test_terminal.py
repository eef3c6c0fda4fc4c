"""Names and texts that would steer a terminal, through the real program in a real terminal."""

import re
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sussurro_client.identity import Identity
from sussurro_client.member import Member
from tests.client.scenes import KEY, KEY_TEXT, RealRelay, Voice
from tests.hostile.test_lying_member import Eve
from tests.support.programs import Chat, clean_environment
from tests.support.terminal import Terminal

SIZE = (100, 30)
LAST_WORD = "that was all"

C0 = "".join(map(chr, range(32)))
C1 = "".join(map(chr, range(0x7F, 0xA0)))
BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\u180e\u2028\u2029"
TAGS = "".join(map(chr, range(0xE0020, 0xE0080)))

TEXTS = {
    "C0": f"c0{C0}c0",
    "C1": f"c1{C1}c1",
    "colour": "a\x1b[31;5;7mred\x1b[0m",
    "clear": "\x1b[2J\x1b[3J\x1b[H\x1bc",
    "title": "\x1b]0;owned\x07\x1b]2;owned\x1b\\",
    "link": "\x1b]8;;http://evil.example\x1b\\click\x1b]8;;\x1b\\",
    "clipboard": "\x1b]52;c;ZXZpbA==\x07",
    "report": "\x1b[6n\x1b[c\x1b[>c\x1b[21t\x05",
    "alternate screen": "\x1b[?1049h\x1b[?25l\x1b[?1003h",
    "string": "\x1bPq#0\x1b\\\x1b_evil\x1b\\\x1b^evil\x1b\\",
    "eight bits": "\x9b2J\x9d0;owned\x9c\x90q\x9c",
    "overwrite": "innocent\r\x08\x08\x08guilty\x0b\x0c",
    "bidi": f"gnp.{BIDI}exe",
    "zero width": f"ad{ZERO_WIDTH}min",
    "tags": f"tag{TAGS}ged",
    "marks": "z" + "\u0300" * 2_000,
    "markup": "[red]no markup[/red] [@click=app.quit]quit[/]",
    "new lines": "\n" * 5_000 + "end",
    "length": "\x1b[2J" + "x" * 65_000,
}
NAMES = {
    "C0": "E\x1b[2Jve\x07",
    "C1": "E\x9b2Jve",
    "title": "\x1b]0;owned\x07Eve",
    "bidi": "\u202eevE\u2066",
    "zero width": "E\u200bv\u2060e\ufeff",
    "lines": "Eve\nAna\r\n[12:00] Ana",
    "length": "E" * 64,
    "marks": "E" + "\u0301" * 63,
    "nothing": "\u200b\u2060",
}

FORBIDDEN = frozenset(BIDI + "\u200b\u2060\ufeff\u00ad\u034f\u180e\u2028\u2029" + TAGS)


@pytest.fixture(scope="module")
def relay() -> Iterator[RealRelay]:
    with RealRelay() as process:
        yield process


def say_everything(relay: RealRelay) -> None:
    """Say each hostile text, each under a hostile name, and then a last word."""
    names = [*NAMES.values()]
    for number, text in enumerate(TEXTS.values()):
        name = names[number % len(names)]
        who = Member(KEY, Identity.from_private_bytes(bytes([100 + number]) * 32, kept=True), name)
        with Eve(relay.port, Voice(who, number.to_bytes(8, "big"))) as eve:
            eve.say(eve.voice.token(text))
    last = Member(KEY, Identity.from_private_bytes(b"\x63" * 32, kept=True), "Eve")
    with Eve(relay.port, Voice(last)) as eve:
        eve.say(eve.voice.token(LAST_WORD))


@contextmanager
def a_terminal(folder: Path, relay: RealRelay, *options: str) -> Iterator[Terminal]:
    """Run the real program, as Ana, in a pseudo-terminal."""
    folder.mkdir(parents=True, exist_ok=True)
    key = folder / "key.key"
    key.write_text(KEY_TEXT)
    key.chmod(0o600)
    environment = clean_environment(
        SUSSURRO_RELAY=f"127.0.0.1:{relay.port}",
        SUSSURRO_STATE=str(folder / "state"),
        SUSSURRO_HISTORY="0",
        TERM="xterm-256color",
        LANG="C.UTF-8",
    )
    command = [sys.executable, "-m", "sussurro_client", "chat", "--name", "Ana", *options]
    terminal = Terminal(folder, command, environment, SIZE)
    try:
        yield terminal
    finally:
        terminal.close()


def assert_harmless(text: str) -> None:
    """Demand that nothing is left in what was shown that a terminal or an eye falls for."""
    assert not FORBIDDEN & set(text)
    marks = 0
    for character in text:
        assert character == "\n" or unicodedata.category(character) not in ("Cc", "Cs", "Co")
        marks = marks + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        assert marks <= 4


def test_what_is_meant_to_be_hostile_is(relay: RealRelay, tmp_path: Path) -> None:
    """A program that prints what it gets would write all of it: the text itself is not stopped."""
    with Eve(relay.port, Voice(Member(KEY, Identity.new(), "Eve"))) as eve:
        chat = Chat(tmp_path, KEY_TEXT, "Ana", f"127.0.0.1:{relay.port}", SUSSURRO_HISTORY="0")
        try:
            chat.wait_event("connected")
            eve.say(*map(eve.voice.token, TEXTS.values()))
            chat.wait(lambda _events: len(chat.texts()) == len(TEXTS), "every text")
            assert chat.texts() == list(TEXTS.values()), "for a program they are exact"
        finally:
            chat.close()


def test_the_plain_face_writes_no_control_that_came_from_a_text(
    relay: RealRelay, tmp_path: Path
) -> None:
    with a_terminal(tmp_path, relay, "--plain") as terminal:
        terminal.wait_for("Connected to")
        say_everything(relay)
        terminal.wait_for(LAST_WORD)
    written = terminal.written.decode("utf-8")
    assert "\x1b" not in written
    assert_harmless(written.replace("\r\n", "\n"))
    assert len(terminal.written) < 300_000
    names = re.findall(
        r"^\[\d\d:\d\d(?: !)?\] (.*?): ", written.replace("\r\n", "\n"), re.MULTILINE
    )
    assert len(names) == len(TEXTS) + 1, "a text or a name makes no line that looks like another's"


def test_the_json_face_writes_ascii_and_one_line_for_each_event(
    relay: RealRelay, tmp_path: Path
) -> None:
    with a_terminal(tmp_path, relay, "--json") as terminal:
        terminal.wait_for("connected")
        say_everything(relay)
        terminal.wait_for(LAST_WORD)
    lines = terminal.written.replace(b"\r\n", b"\n").split(b"\n")
    assert all(set(line) <= set(range(0x20, 0x7F)) for line in lines)
    assert sum(line.startswith(b'{"event": "message"') for line in lines) == len(TEXTS) + 1


_SEQUENCE = re.compile(rb"\x1b(?:\][^\x07\x1b]*(?:\x07|\x1b\\)|\[[^@-~]*[@-~]|.)", re.DOTALL)


def test_the_app_writes_no_control_that_came_from_a_text(relay: RealRelay, tmp_path: Path) -> None:
    """What it writes to draw is of the kinds that it writes in a quiet room too, and no more."""
    with a_terminal(tmp_path / "quiet", relay) as quiet:
        quiet.wait_for("connected")
    with a_terminal(tmp_path / "app", relay) as terminal:
        terminal.wait_for("connected")
        say_everything(relay)
        terminal.wait_for(LAST_WORD)
        terminal.press("\x1b[5~")  # page up: what has scrolled away is drawn too
        terminal.wait_for(LAST_WORD, gone=True)
    assert "owned" not in terminal.screen.title
    assert kinds(terminal.written) <= kinds(quiet.written)
    drawn = _SEQUENCE.sub(b"", terminal.written).decode("utf-8")
    assert "\x1b" not in drawn
    assert_harmless(drawn.replace("\r", ""))
    assert len(terminal.written) < 1_000_000


def kinds(written: bytes) -> set[bytes]:
    """Return what the sequences do: those for drawing without their numbers, others whole."""
    found = set(_SEQUENCE.findall(written))
    return {re.sub(rb"[0-9;:]+", b"", each) if each[1:2] == b"[" else each for each in found}
