"""`make chat`'s program: a relay and a client in one command, and nothing left behind."""

import socket
import subprocess
from pathlib import Path

from tests.support.programs import clean_environment

ROOT = Path(__file__).parents[2]


def test_a_piped_chat_starts_a_relay_talks_and_stops_it_again(tmp_path: Path, key: str) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    for name in (".venv", "tools"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "key.key").write_text(key)
    (tmp_path / "key.key").chmod(0o600)
    done = subprocess.run(
        ["tools/chat"],
        check=False,
        cwd=tmp_path,
        env=clean_environment(
            RELAY_PORT=str(port), RELAY_METRICS_PORT="0", SUSSURRO_STATE=str(tmp_path / "state")
        ),
        input="Oi\nTT\n",
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert "1 here" in done.stdout
    with socket.socket() as after:
        assert after.connect_ex(("127.0.0.1", port)) != 0, "the relay is still there"
