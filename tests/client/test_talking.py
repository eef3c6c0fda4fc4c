from pathlib import Path

import pytest

from sussurro_client import talking
from sussurro_client.errors import ClientError
from sussurro_client.session import Session
from sussurro_client.settings import SendSettings
from tests.support.programs import running_relay
from tests.support.relay import DEADLINE, RoomSecret


def test_who_is_refused_before_there_was_anything_to_send_hears_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A refusal may come faster than the message is handed over."""
    real = Session.send

    def send_late(self: Session, text: str, timeout: float | None = None) -> str:
        self._thread.join(DEADLINE)
        return real(self, text, timeout)

    monkeypatch.setattr(Session, "send", send_late)
    key = tmp_path / "key.key"
    key.write_text("A" * 43 + "=")
    key.chmod(0o600)
    with running_relay(tmp_path, RELAY_ROOMS=RoomSecret().room) as relay:
        settings = SendSettings(
            relay=relay.address, key=key, state=tmp_path / "state", name="ana", text="Oi"
        )
        with pytest.raises(ClientError, match="room"):
            talking.send(settings)
