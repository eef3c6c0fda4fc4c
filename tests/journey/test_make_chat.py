"""`make chat` without Docker: one terminal starts the relay, the second joins it."""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from tests.support.people import Person

ROOT = Path(__file__).parents[2]
TOOL = ("tools/chat",)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def make_chat(tmp_path: Path, language: str) -> Iterator[Callable[..., Person]]:
    """Return what `make chat` does in a checkout, each time in a terminal of its own."""
    for name in (".venv", "tools"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "key.key").write_bytes(Fernet.generate_key())
    (tmp_path / "key.key").chmod(0o600)
    settings = {"RELAY_PORT": str(free_port()), "RELAY_METRICS_PORT": "0"}
    people: list[Person] = []

    def start(who: str, *program: str) -> Person:
        own = {**settings, "SUSSURRO_STATE": str(tmp_path / who), "SUSSURRO_LANG": language}
        people.append(Person(tmp_path, language, program=program or TOOL, settings=own))
        return people[-1]

    yield start
    for person in people:
        person.terminal.close()


def test_two_terminals_meet_without_docker_and_the_relay_goes_with_the_first(
    make_chat: Callable[..., Person],
) -> None:
    ana = make_chat("ana")
    ana.sees("What should the others call you?")
    ana.types("Ana")
    ana.is_in(1)
    bia = make_chat("bia")
    bia.sees("What should the others call you?")
    bia.types("Bia")
    bia.is_in(2)
    bia.types("Tem alguém aí?")
    ana.hears("Bia Tem alguém aí?")
    ana.types("Tem, sim")
    bia.hears("Ana Tem, sim")
    assert bia.leaves() == 0
    ana.is_in(1)
    assert ana.leaves() == 0
    for person in (ana, bia):
        assert b"Traceback" not in person.terminal.written


def test_ctrl_z_puts_whoever_started_the_relay_to_sleep_and_not_the_relay(
    make_chat: Callable[..., Person],
) -> None:
    script = "set -m; tools/chat; echo put to sleep; read -r line; fg; echo it ended with $?"
    ana = make_chat("ana", "bash", "--norc", "-c", script)
    ana.sees("What should the others call you?")
    ana.types("Ana")
    ana.is_in(1)
    bia = make_chat("bia")
    bia.sees("What should the others call you?")
    bia.types("Bia")
    bia.is_in(2)
    ana.presses("\x1a")
    ana.hears("put to sleep")
    bia.types("Dorme bem")
    bia.hears("Dorme bem ·")
    ana.presses("\r")
    ana.hears("Bia Dorme bem")
    ana.types("TT")
    ana.hears("it ended with 0")
