"""The first run of a person in a terminal, line by line, and of programs."""

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest
import segno

from sussurro_client.fingerprint import words_of
from sussurro_client.key import read_key
from sussurro_wire.room import public_key_of
from tests.client.scenes import KEY, KEY_TEXT, PATIENCE, RealRelay, clean_environment


@pytest.fixture(scope="module")
def relay() -> Iterator[RealRelay]:
    with RealRelay() as process:
        yield process


@pytest.fixture
def key(tmp_path: Path) -> Path:
    return tmp_path / "key.key"


def chat(folder: Path, relay: RealRelay, *arguments: str, **variables: str) -> "pexpect.spawn[str]":
    where = ["--relay", f"127.0.0.1:{relay.port}", "--state", str(folder / "state")]
    environment = clean_environment() | {"TERM": "xterm-256color"} | variables
    return pexpect.spawn(
        sys.executable,
        ["-m", "sussurro_client", "chat", *where, *arguments],
        cwd=folder,
        env=environment,
        encoding="utf-8",
        timeout=PATIENCE,
        dimensions=(24, 200),
    )


def talks_and_leaves(terminal: "pexpect.spawn[str]") -> None:
    terminal.expect_exact("Your name: ")
    terminal.sendline("Bia")
    terminal.expect_exact("1 here.")
    terminal.sendline("TT")
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 0


@pytest.mark.parametrize("variables", [{}, {"TERM": "dumb"}])
def test_a_new_key_is_made_and_said_what_to_do_with(
    tmp_path: Path, relay: RealRelay, key: Path, variables: dict[str, str]
) -> None:
    arguments = () if variables else ("--plain",)
    with chat(tmp_path, relay, *arguments, **variables) as terminal:
        terminal.expect_exact("There is no key at key.key yet.")
        terminal.expect_exact("Write 1, 2 or 3: ")
        terminal.sendline("perhaps")
        terminal.expect_exact("Write 1, 2 or 3: ")
        assert not key.exists()
        terminal.sendline("1")
        terminal.expect(r"Its fingerprint: ([-a-z]+)\r\n")
        assert terminal.match is not None
        assert terminal.match.group(1) == words_of(public_key_of(read_key(key).room))
        terminal.expect_exact("sussurro invite")
        talks_and_leaves(terminal)
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_a_key_is_pasted_and_never_shown(tmp_path: Path, relay: RealRelay, key: Path) -> None:
    with chat(tmp_path, relay, "--plain") as terminal:
        terminal.logfile_read = (tmp_path / "seen").open("w", encoding="utf-8")
        terminal.expect_exact("Write 1, 2 or 3: ")
        terminal.sendline("2")
        terminal.expect_exact("The key (it is not shown): ")
        terminal.sendline("nonsense")
        terminal.expect_exact("This is not a Sussurro key")
        terminal.expect_exact("Write 1, 2 or 3: ")
        terminal.sendline("2")
        terminal.expect_exact("The key (it is not shown): ")
        terminal.sendline(KEY_TEXT)
        terminal.expect_exact("Compare the five words")
        talks_and_leaves(terminal)
        terminal.logfile_read.close()
    assert read_key(key).room == KEY.room
    assert KEY_TEXT not in (tmp_path / "seen").read_text()
    assert "nonsense" not in (tmp_path / "seen").read_text()


def test_a_key_is_read_from_a_picture(tmp_path: Path, relay: RealRelay, key: Path) -> None:
    segno.make(KEY_TEXT).save(str(tmp_path / "code.png"), scale=4)
    with chat(tmp_path, relay, "--plain") as terminal:
        for name, answer in (("none.png", "cannot be read"), ("code.png", "Compare the five")):
            terminal.expect_exact("Write 1, 2 or 3: ")
            terminal.sendline("3")
            terminal.expect_exact("Path of the picture: ")
            terminal.sendline(name)
            terminal.expect_exact(answer)
        talks_and_leaves(terminal)
    assert read_key(key).room == KEY.room


@pytest.mark.parametrize("is_secret", [False, True])
def test_ctrl_d_leaves_with_one_sentence(
    tmp_path: Path, relay: RealRelay, key: Path, *, is_secret: bool
) -> None:
    with chat(tmp_path, relay, "--plain") as terminal:
        terminal.expect_exact("Write 1, 2 or 3: ")
        if is_secret:
            terminal.sendline("2")
            terminal.expect_exact("The key (it is not shown): ")
        terminal.sendeof()
        terminal.expect_exact("There is no key, so there is no room.")
        terminal.expect(pexpect.EOF)
        terminal.close()
    assert terminal.exitstatus == 2
    assert not key.exists()


@pytest.mark.parametrize("arguments", [("--json",), ("--attached",), ("--attached", "--plain")])
def test_programs_and_containers_are_told_that_there_is_no_key(
    tmp_path: Path, relay: RealRelay, key: Path, arguments: tuple[str, ...]
) -> None:
    with chat(tmp_path, relay, *arguments) as terminal:
        terminal.expect_exact("There is no key at key.key; make one with")
        terminal.expect(pexpect.EOF)
        terminal.close()
    assert terminal.exitstatus == 2
    assert not key.exists()


def test_line_by_line_there_is_one_room(tmp_path: Path, relay: RealRelay) -> None:
    for name, number in (("a.key", 1), ("b.key", 2)):
        segment = KEY_TEXT if number == 1 else KEY_TEXT.replace("A", "B", 1)
        (tmp_path / name).write_text(segment)
        (tmp_path / name).chmod(0o600)
    with chat(tmp_path, relay, "--plain", "--key", "a.key", "--key", "b.key") as terminal:
        terminal.expect_exact("Line by line there is one room at a time")
        terminal.expect(pexpect.EOF)
        terminal.close()
    assert terminal.exitstatus == 2


def test_two_keys_of_one_room_are_refused(tmp_path: Path, relay: RealRelay) -> None:
    for name in ("a.key", "b.key"):
        (tmp_path / name).write_text(KEY_TEXT)
        (tmp_path / name).chmod(0o600)
    keys = os.pathsep.join(["a.key", "b.key"])
    with chat(tmp_path, relay, SUSSURRO_KEY=keys) as terminal:
        terminal.expect_exact("Two of these keys open the same room")
        terminal.expect(pexpect.EOF)
        terminal.close()
    assert terminal.exitstatus == 2
