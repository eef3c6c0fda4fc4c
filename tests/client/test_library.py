from collections.abc import Callable
from pathlib import Path

import pytest

from sussurro_client.errors import ClientError
from sussurro_client.library import Received, enter
from tests.client.scenes import Friend, RealRelay


def test_a_program_enters_a_room_with_the_settings_of_people(
    relay: RealRelay,
    folder: Path,
    friends: Callable[..., Friend],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bia = friends()
    monkeypatch.setenv("SUSSURRO_RELAY", f"127.0.0.1:{relay.port}")
    monkeypatch.setenv("SUSSURRO_STATE", str(folder / "state"))
    bia.session.send("Oi")
    with enter("bot", history=5, key=folder / "key.key") as room:
        room.send("Hello")
        heard = next(event for event in room if isinstance(event, Received))
        assert (heard.text, heard.sender.name) == ("Oi", "Bia")
        assert bia.wait(Received).text == "Hello"


def test_a_key_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ClientError):
        enter("bot", key=tmp_path / "none.key", state=tmp_path)
