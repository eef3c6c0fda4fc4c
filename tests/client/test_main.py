"""The commands as a person starts them: real processes, exit codes, and no traceback."""

import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

from sussurro_client.address import Address
from sussurro_client.events import Arrived, Connected, Received
from sussurro_client.fingerprint import words_of
from sussurro_client.key import RoomKey, read_key
from sussurro_client.session import Session
from sussurro_wire.room import public_key_of
from tests.client.scenes import (
    OTHER_KEY,
    PATIENCE,
    Ears,
    RealRelay,
    clean_environment,
    member,
    silent_port,
)


@pytest.fixture
def bia(relay: RealRelay, key: RoomKey) -> Iterator[Ears]:
    ears = Ears()
    address = Address("127.0.0.1", relay.port)
    with Session(address, member("Bia", 2, key), listener=ears) as session:
        ears.wait(Connected)
        yield ears
        session.close(0)
    session._thread.join(5)


def environment_in(folder: Path, **variables: str) -> dict[str, str]:
    return clean_environment() | {"SUSSURRO_STATE": str(folder / "state")} | variables


def sussurro(
    folder: Path, *arguments: str, typed: str = "", **variables: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sussurro_client", *arguments],
        check=False,
        cwd=folder,
        env=environment_in(folder, **variables),
        input=typed,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=PATIENCE,
    )


def assert_one_sentence(done: subprocess.CompletedProcess[str], *parts: str, code: int = 2) -> None:
    """Check that a program gave up with a line that says why, and nothing else."""
    assert done.returncode == code
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1, done.stderr
    for part in parts:
        assert part in done.stderr


# The words after sussurro.


def test_without_a_command_the_commands_are_shown(folder: Path) -> None:
    for arguments, code in (((), 2), (("--help",), 0), (("-h",), 0)):
        done = sussurro(folder, *arguments)
        assert (done.returncode, done.stderr) == (code, "")
        for command in ("keygen", "chat", "send", "room", "invite", "rekey"):
            assert f"\n  {command} " in done.stdout


def test_an_unknown_command_is_told(folder: Path) -> None:
    done = sussurro(folder, "dance\x1b[2J")
    assert done.returncode == 2
    assert done.stderr.startswith("There is no command 'dance")
    assert "\x1b" not in done.stderr


@pytest.mark.parametrize("command", ["keygen", "chat", "send", "room", "invite", "rekey"])
def test_each_command_explains_itself(folder: Path, command: str) -> None:
    done = sussurro(folder, command, "--help")
    assert done.returncode == 0
    assert f"sussurro {command}" in done.stdout


def test_an_unknown_option_is_told_with_exit_2(folder: Path) -> None:
    done = sussurro(folder, "chat", "--colour")
    assert done.returncode == 2
    assert "--colour" in done.stderr
    assert "Traceback" not in done.stderr


# The key.


def test_keygen_makes_a_key_says_its_fingerprint_and_never_the_key(tmp_path: Path) -> None:
    done = sussurro(tmp_path, "keygen", "new.key")
    path = tmp_path / "new.key"
    made = read_key(path)
    assert (done.returncode, done.stderr) == (0, "")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert words_of(public_key_of(made.room)) in done.stdout
    assert path.read_text("ascii").strip() not in done.stdout


def test_keygen_never_overwrites(folder: Path) -> None:
    before = (folder / "key.key").read_bytes()
    assert_one_sentence(sussurro(folder, "keygen"), "key.key", "never overwritten")
    assert (folder / "key.key").read_bytes() == before


def test_room_shows_the_room_and_its_fingerprint_and_never_the_key(
    folder: Path, key: RoomKey
) -> None:
    done = sussurro(folder, "room")
    assert (done.returncode, done.stderr) == (0, "")
    fingerprint = words_of(public_key_of(key.room))
    assert done.stdout.splitlines() == [f"room        {key.room}", f"fingerprint {fingerprint}"]


def test_room_draws_the_room_on_a_terminal(folder: Path, key: RoomKey) -> None:
    shown, code = in_a_terminal(folder, "room")
    assert code == 0
    assert key.room in shown
    assert "█" in shown


@pytest.mark.parametrize("command", [("chat",), ("send", "Oi"), ("room",)])
def test_a_missing_key_is_one_sentence(folder: Path, command: tuple[str, ...]) -> None:
    (folder / "key.key").unlink()
    assert_one_sentence(sussurro(folder, *command), "There is no key at key.key", "keygen")


def test_a_key_file_that_cannot_be_used_is_one_sentence(folder: Path) -> None:
    path = folder / "key.key"
    path.write_text("not a key\n")
    assert_one_sentence(sussurro(folder, "chat"), "key.key", "not a Sussurro key")
    path.chmod(0o644)
    assert_one_sentence(sussurro(folder, "chat"), "chmod 600")
    path.unlink()
    path.mkdir()
    assert_one_sentence(sussurro(folder, "chat"), "Is a directory")


def test_a_damaged_identity_is_one_sentence(folder: Path) -> None:
    (folder / "state").mkdir()
    (folder / "state" / "identity").write_bytes(b"short")
    assert_one_sentence(sussurro(folder, "chat", "--name", "Ana"), "identity", "damaged")


# The settings.


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SUSSURRO_RELAY", "host:http"),
        ("SUSSURRO_RELAY", "a..b"),
        ("SUSSURRO_NAME", "secret\x1b[2J"),
        ("SUSSURRO_NAME", "x" * 33),
        ("SUSSURRO_HEARTBEAT_SECONDS", "often"),
        ("SUSSURRO_LEAVE_SECONDS", "-1"),
    ],
)
def test_a_bad_setting_is_named_and_its_value_is_not_shown(
    folder: Path, variable: str, value: str
) -> None:
    option = "--" + variable.removeprefix("SUSSURRO_").lower().replace("_", "-")
    done = sussurro(folder, "chat", **{variable: value})
    assert_one_sentence(done, f"{variable} ({option})")
    assert value not in done.stderr


def test_a_bad_option_is_named_like_its_setting(folder: Path) -> None:
    done = sussurro(folder, "chat", "--relay", "host:http")
    assert_one_sentence(done, "SUSSURRO_RELAY (--relay): must be HOST or HOST:PORT")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('theme = "secret"', "theme: must be one of these: sussurro-dark"),
        ("secret", "not TOML"),
        ("x = 1", "no setting called x."),
    ],
)
def test_a_bad_file_of_settings_is_one_sentence_with_exit_2(
    folder: Path, content: str, words: str
) -> None:
    (folder / "mine.toml").write_text(content)
    done = sussurro(folder, "chat", "--config", "mine.toml")
    assert_one_sentence(done, "mine.toml", words)
    assert "secret" not in done.stderr


# The name.


def test_in_a_pipe_the_name_is_that_of_the_login(folder: Path, relay: RealRelay, bia: Ears) -> None:
    address = f"127.0.0.1:{relay.port}"
    done = sussurro(folder, "chat", "--relay", address, typed="Oi\nTT\n", LOGNAME="maria")
    assert (done.returncode, done.stderr) == (0, "")
    assert bia.wait(Received).sender.name == "maria"


def test_a_login_that_is_no_name_is_anon(folder: Path, relay: RealRelay, bia: Ears) -> None:
    address = f"127.0.0.1:{relay.port}"
    sussurro(folder, "chat", "--relay", address, typed="Oi\nTT\n", LOGNAME="a\x1b[2Jb")
    assert bia.wait(Received).sender.name == "anon"


def test_in_a_terminal_a_person_is_asked_until_the_name_will_do(
    folder: Path, relay: RealRelay, bia: Ears
) -> None:
    with a_terminal(folder, "chat", "--plain", "--relay", f"127.0.0.1:{relay.port}") as terminal:
        terminal.expect_exact("Your name: ")
        terminal.sendline("   ")
        terminal.expect_exact("Please write a name.")
        terminal.expect_exact("Your name: ")
        terminal.sendline(" João ")
        terminal.expect_exact("Connected to")
        assert bia.wait(Arrived).who.name == "João"
        terminal.sendline("Oi")
        assert bia.wait(Received).text == "Oi"
        terminal.sendline("TT")
        terminal.expect(pexpect.EOF)
    assert terminal.exitstatus == 0


def test_in_a_terminal_ctrl_d_in_place_of_a_name_is_one_sentence(folder: Path) -> None:
    with a_terminal(folder, "chat", "--plain") as terminal:
        terminal.expect_exact("Your name: ")
        terminal.sendeof()
        terminal.expect_exact("No name was given.")
        terminal.expect(pexpect.EOF)
    assert terminal.exitstatus == 2


def test_in_a_terminal_ctrl_c_ends_with_130_and_without_a_traceback(
    folder: Path, relay: RealRelay
) -> None:
    address = f"127.0.0.1:{relay.port}"
    with a_terminal(folder, "chat", "--plain", "--name", "Ana", "--relay", address) as terminal:
        terminal.expect_exact("1 here.")
        terminal.sendintr()
        terminal.expect(pexpect.EOF)
        assert "Traceback" not in terminal.before
        assert "Fatal" not in terminal.before
    assert terminal.exitstatus == 130


# One message.


def test_send_ends_with_0_once_its_message_is_kept(
    folder: Path, relay: RealRelay, bia: Ears
) -> None:
    done = sussurro(folder, "send", "Olá!", "--name", "Ana", "--relay", f"127.0.0.1:{relay.port}")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert bia.wait(Received).text == "Olá!"


def test_send_takes_its_message_from_a_pipe_as_it_is(
    folder: Path, relay: RealRelay, bia: Ears
) -> None:
    address = f"127.0.0.1:{relay.port}"
    done = sussurro(folder, "send", "--relay", address, typed="TT\n\n  two lines\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert bia.wait(Received).text == "TT\n\n  two lines"


def test_send_refuses_a_text_over_the_limit(folder: Path, relay: RealRelay) -> None:
    address = f"127.0.0.1:{relay.port}"
    done = sussurro(folder, "send", "--relay", address, typed="x" * 65537)
    assert_one_sentence(done, "65536", "65537")


def test_send_ends_with_1_when_its_message_was_not_kept(folder: Path) -> None:
    with silent_port() as port:
        relay, patience = f"127.0.0.1:{port}", "0.2"
        done = sussurro(folder, "send", "Oi", "--relay", relay, "--leave-seconds", patience)
    assert done.returncode == 1
    assert done.stdout == ""
    why, what = done.stderr.splitlines()
    assert relay in why
    assert what == "1 message was not delivered: Oi"


def test_a_relay_that_does_not_serve_the_room_is_one_sentence(folder: Path) -> None:
    with RealRelay(rooms=OTHER_KEY.room) as process:
        done = sussurro(folder, "send", "Oi", "--relay", f"127.0.0.1:{process.port}")
    assert_one_sentence(done, "does not serve this room")


def test_send_reads_no_stream_without_an_end(folder: Path, relay: RealRelay) -> None:
    command = [
        sys.executable,
        "-m",
        "sussurro_client",
        "send",
        "--relay",
        f"127.0.0.1:{relay.port}",
    ]
    with Path("/dev/zero").open("rb") as zeros:
        done = subprocess.run(
            command,
            check=False,
            cwd=folder,
            env=environment_in(folder),
            stdin=zeros,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
    assert_one_sentence(done, "65536")


# Streams that are not there, or have few letters.


def test_a_terminal_without_the_letters_shows_others(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sussurro_client", "keygen", "chave.key"],
        check=False,
        cwd=folder,
        env=environment_in(folder, PYTHONIOENCODING="ascii", LANGUAGE="pt_BR"),
        capture_output=True,
        timeout=PATIENCE,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"est? em" in done.stdout


def test_bytes_that_are_no_letters_are_no_name(folder: Path) -> None:
    with a_terminal(folder, "chat", "--plain", PYTHONIOENCODING="utf-8:strict") as terminal:
        terminal.expect("Your name: ")
        os.write(terminal.child_fd, b"Jos\xe9\r")
        terminal.expect("cannot be shown")
        terminal.expect("Your name: ")
        terminal.sendeof()
        terminal.expect(pexpect.EOF)
    assert terminal.exitstatus == 2


@pytest.mark.parametrize("closed", [0, 1, 2])
def test_a_stream_that_is_closed_from_the_start_is_an_empty_one(
    folder: Path, relay: RealRelay, closed: int
) -> None:
    script = f'exec "$@" {closed}{"<" if closed == 0 else ">"}&-'
    command = [sys.executable, "-m", "sussurro_client", "chat", "--json", "--name", "Ana"]
    done = subprocess.run(
        ["sh", "-c", script, "sh", *command],
        check=False,
        cwd=folder,
        env=environment_in(folder, SUSSURRO_RELAY=f"127.0.0.1:{relay.port}"),
        input=b"Oi\nTT\n" if closed else None,
        stdin=None if closed else subprocess.DEVNULL,
        capture_output=True,
        timeout=PATIENCE,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    events = [json.loads(line)["event"] for line in done.stdout.splitlines()]
    assert ("acked" in events) == (closed == 2)


def a_terminal(folder: Path, *arguments: str, **settings: str) -> "pexpect.spawn[str]":
    return pexpect.spawn(
        sys.executable,
        ["-m", "sussurro_client", *arguments],
        cwd=folder,
        env=environment_in(folder, TERM="xterm-256color", **settings),
        encoding="utf-8",
        codec_errors="replace",
        timeout=PATIENCE,
        dimensions=(50, 100),
    )


def in_a_terminal(folder: Path, *arguments: str) -> tuple[str, int | None]:
    with a_terminal(folder, *arguments) as terminal:
        terminal.expect(pexpect.EOF)
        shown = terminal.before or ""
    return shown, terminal.exitstatus


def test_nothing_of_the_key_is_written_anywhere(folder: Path, relay: RealRelay) -> None:
    """The folder of the identity, all output, and the key file itself as it was."""
    text = (folder / "key.key").read_text("ascii")
    address = f"127.0.0.1:{relay.port}"
    done = sussurro(folder, "chat", "--json", "--relay", address, typed="Oi\nTT\n")
    assert done.returncode == 0
    assert text.strip() not in done.stdout + done.stderr
    assert (folder / "key.key").read_text("ascii") == text
    kept = [path for path in folder.rglob("*") if path.is_file() and path.name != "key.key"]
    assert {path.name for path in kept} == {"identity", "heard.json", "lock"}, "nobody was met"
    assert all(text.strip().encode() not in path.read_bytes() for path in kept)
