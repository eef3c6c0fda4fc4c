"""A relay, a key, and as many people as a test wants, all of them real processes."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from tests.support.programs import Chat, Relay, running_relay


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[Relay]:
    folder = tmp_path / "relay"
    folder.mkdir()
    with running_relay(folder) as running:
        yield running


@pytest.fixture
def key() -> str:
    return Fernet.generate_key().decode()


@pytest.fixture
def enter(relay: Relay, key: str, tmp_path: Path) -> Iterator[Callable[[str], Chat]]:
    """Return a function that lets somebody in and waits until they are."""
    chats: list[Chat] = []

    def let_in(name: str) -> Chat:
        chat = Chat(tmp_path / f"{len(chats)}-{name}", key, name, relay.address)
        chats.append(chat)
        chat.wait_event("connected")
        return chat

    yield let_in
    for chat in chats:
        chat.close()
