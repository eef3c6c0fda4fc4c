"""`keygen`, `room` and `invite`: what is shown of a key, where, and to whom."""

import io
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest
import segno

from sussurro_client.errors import ClientError, KeyFileError
from sussurro_client.fingerprint import words_of
from sussurro_client.key_commands import fingerprint, invite, keygen, room
from sussurro_client.settings import InviteSettings, KeygenSettings, RoomSettings
from sussurro_client.successor import keep_successor, prepare_successor
from sussurro_wire.room import public_key_of
from tests.client.scenes import KEY, OTHER_KEY, clean_environment


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "key.key"
    path.write_text(KEY.text)
    path.chmod(0o600)
    return path


def on_terminal(folder: Path, *arguments: str) -> "pexpect.spawn[str]":
    """Start the program in a pseudo-terminal that is wide enough for a code."""
    return pexpect.spawn(
        sys.executable,
        ["-m", "sussurro_client", *arguments],
        cwd=str(folder),
        env=clean_environment() | {"SUSSURRO_STATE": str(folder / "state")},
        encoding="utf-8",
        dimensions=(60, 120),
        timeout=20,
    )


def code_of(text: str) -> str:
    """Return the QR code as it stands in a terminal."""
    drawn = io.StringIO()
    segno.make(text).terminal(drawn, compact=True)
    return drawn.getvalue().replace("\n", "\r\n")


def test_keygen_tells_where_the_key_is_and_never_overwrites(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = KeygenSettings(path=tmp_path / "new.key")
    assert keygen(settings) == 0
    assert str(settings.path) in capsys.readouterr().out
    made = settings.path.read_bytes()
    with pytest.raises(KeyFileError, match="never overwritten"):
        keygen(settings)
    assert settings.path.read_bytes() == made


def test_room_names_the_room_and_never_the_key(
    key_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert room(RoomSettings(key=key_file, state=key_file.parent)) == 0
    told = capsys.readouterr().out
    assert KEY.room in told
    assert words_of(public_key_of(KEY.room)) in told
    assert KEY.text not in told


def test_room_follows_the_room_to_its_next_key(
    key_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    prepare_successor(key_file.parent, KEY.room, OTHER_KEY.text)
    keep_successor(key_file.parent, KEY.room)
    room(RoomSettings(key=key_file, state=key_file.parent))
    assert OTHER_KEY.room in capsys.readouterr().out


def test_room_on_a_terminal_draws_the_code_of_the_room_and_not_of_the_key(key_file: Path) -> None:
    terminal = on_terminal(key_file.parent, "room")
    shown = terminal.read()
    assert code_of(KEY.room) in shown
    assert code_of(KEY.text) not in shown
    assert KEY.text not in shown


def test_invite_draws_the_key_to_somebody_who_has_said_yes(key_file: Path) -> None:
    terminal = on_terminal(key_file.parent, "invite")
    terminal.expect_exact("write 'yes': ")
    assert terminal.before is not None
    assert fingerprint(KEY.room) in terminal.before
    assert "█" not in terminal.before
    assert "▄" not in terminal.before
    terminal.sendline("yes")
    shown = terminal.read()
    assert code_of(KEY.text) in shown
    assert KEY.text not in shown, "as a code and not as text that stays in a log"
    terminal.close()
    assert terminal.exitstatus == 0


@pytest.mark.parametrize("answer", ["", "no", "y", "key"])
def test_invite_draws_nothing_to_anybody_else(key_file: Path, answer: str) -> None:
    terminal = on_terminal(key_file.parent, "invite")
    terminal.expect_exact("write 'yes': ")
    terminal.sendline(answer)
    shown = terminal.read()
    assert "Nothing was shown." in shown
    assert "█" not in shown
    assert "▄" not in shown


def test_invite_writes_the_key_into_no_pipe(key_file: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sussurro_client", "invite"],
        cwd=key_file.parent,
        env=clean_environment(),
        input=b"yes\n",
        capture_output=True,
        timeout=20,
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout == b""
    assert done.stderr.decode().startswith("The key is shown on a terminal only")


def test_invite_without_a_terminal_does_nothing(key_file: Path) -> None:
    with pytest.raises(ClientError, match="terminal only"):
        invite(InviteSettings(key=key_file, state=key_file.parent))
