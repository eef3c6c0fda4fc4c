from pathlib import Path

import pytest
from pydantic import ValidationError

from sussurro_relay.settings import RelaySettings
from sussurro_wire.limits import MAX_LINE
from tests.support.relay import RoomSecret


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of this machine reaches the tests."""
    for name in RelaySettings.model_fields:
        monkeypatch.delenv(f"RELAY_{name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)


def test_without_any_configuration_it_is_a_relay_on_the_usual_ports() -> None:
    settings = RelaySettings()
    assert (settings.port, settings.metrics_port, settings.log) == (5454, 9454, "memory:")
    assert settings.rooms == frozenset()


def test_every_setting_can_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    rooms = (RoomSecret(1).room, RoomSecret(2).room)
    values = {name: str(field.default) for name, field in RelaySettings.model_fields.items()}
    values |= {"port": "7000", "rooms": f"{rooms[0]}, {rooms[1]}", "heartbeat_seconds": "1.5"}
    values |= {"trusted_proxies": "192.0.2.7, 10.0.0.0/8 2001:db8::/32"}
    for name, value in values.items():
        monkeypatch.setenv(f"RELAY_{name.upper()}", value)
    settings = RelaySettings()
    assert (settings.port, settings.heartbeat_seconds) == (7000, 1.5)
    assert settings.rooms == frozenset(rooms)
    networks = {"192.0.2.7/32", "10.0.0.0/8", "2001:db8::/32"}
    assert {str(network) for network in settings.trusted_proxies} == networks
    assert settings.max_connections == RelaySettings.model_fields["max_connections"].default


def test_a_file_of_settings_is_read_and_the_environment_goes_before_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("RELAY_PORT=7001\nRELAY_IO_THREADS=3\nSUSSURRO_NAME=Ana\n")
    monkeypatch.setenv("RELAY_PORT", "7002")
    settings = RelaySettings()
    assert (settings.port, settings.io_threads) == (7002, 3)


def test_an_empty_setting_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELAY_PORT", "")
    monkeypatch.setenv("RELAY_ROOMS", "")
    monkeypatch.setenv("RELAY_TRUSTED_PROXIES", "")
    assert RelaySettings() == RelaySettings(port=5454)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", "-1"),
        ("port", "65536"),
        ("metrics_port", "many"),
        ("log", "redis://elsewhere"),
        ("window_bytes", "0"),
        ("memory_limit", "0"),
        ("memory_limit", "16777215"),
        ("io_threads", "0"),
        ("io_threads", "65"),
        ("rooms", "not-a-room"),
        ("rooms", f"{RoomSecret().room},short"),
        ("trusted_proxies", "haproxy"),
        ("trusted_proxies", "10.0.0.1/8"),
        ("trusted_proxies", "10.0.0.0/8, 10.0.0.0/33"),
        ("nats_replicas", "0"),
        ("nats_replicas", "6"),
        ("max_connections", "0"),
        ("max_connections_per_address", "0"),
        ("max_line_bytes", "10"),
        ("max_line_bytes", str(MAX_LINE + 1)),
        ("rate_bytes", "-1"),
        ("handshake_seconds", "0"),
        ("heartbeat_seconds", "-1"),
        ("presence_limit", "-1"),
        ("count_seconds", "0"),
        ("drain_seconds", "soon"),
        ("log_level", "loud"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused_under_its_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"RELAY_{name.upper()}", value)
    with pytest.raises(ValidationError) as caught:
        RelaySettings()
    assert {error["loc"][0] for error in caught.value.errors()} == {name}


def test_every_setting_is_explained_in_one_line() -> None:
    for name, field in RelaySettings.model_fields.items():
        assert field.description, name
        assert "\n" not in field.description
