"""A real relay, and whoever is in the room that is a test's own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sussurro_client.key import RoomKey
from tests.client.scenes import Friend, Program, RealRelay, key_text_of, member


@pytest.fixture(scope="module")
def relay() -> Iterator[RealRelay]:
    with RealRelay() as process:
        yield process


@pytest.fixture
def key(request: pytest.FixtureRequest) -> RoomKey:
    """Return the key of a room that is this test's own."""
    return RoomKey.from_text(key_text_of(request.node.name))


@pytest.fixture
def folder(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    path = tmp_path / "key.key"
    path.write_text(key_text_of(request.node.name) + "\n", "ascii")
    path.chmod(0o600)
    return tmp_path


@pytest.fixture
def start(relay: RealRelay, folder: Path) -> Iterator[Callable[..., Program]]:
    """Start ``sussurro chat`` as Ana with options, and end it after the test."""
    programs: list[Program] = []

    def run(*options: str, lines_read: int = -1, **settings: str) -> Program:
        settings = {"relay": f"127.0.0.1:{relay.port}", "name": "Ana"} | settings
        made = Program(folder, "chat", *options, settings=settings, lines_read=lines_read)
        programs.append(made)
        return programs[-1]

    yield run
    for program in programs:
        program.__exit__()


@pytest.fixture
def friends(relay: RealRelay, key: RoomKey) -> Iterator[Callable[..., Friend]]:
    here: list[Friend] = []

    def enter(name: str = "Bia", number: int = 2, room: RoomKey = key) -> Friend:
        here.append(Friend(relay, member(name, number, room)))
        return here[-1]

    yield enter
    for friend in here:
        friend.session.close(0)
        friend.session._thread.join(5)
