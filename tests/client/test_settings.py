import os
from pathlib import Path
from typing import Any

import platformdirs
import pytest
from pydantic import ValidationError
from pydantic_settings import CliApp

from sussurro_client.address import Address
from sussurro_client.settings import ChatSettings, KeygenSettings, RoomSettings, SendSettings
from sussurro_client.trust import Trust
from tests.client.scenes import clean_environment
from tests.support.certificates import self_signed


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("os.environ", clean_environment())


def chat(*arguments: str) -> ChatSettings:
    return CliApp.run(ChatSettings, cli_args=list(arguments))


def test_nothing_has_to_be_set() -> None:
    settings = chat()
    assert (settings.relay, settings.key) == (Address("localhost", 5454), (Path("key.key"),))
    assert (settings.name, settings.plain, settings.json_lines, settings.attached) == (
        "",
        False,
        False,
        False,
    )
    assert settings.state.name == "sussurro"


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("relay.example", "relay.example", 5454),
        ("relay.example:1", "relay.example", 1),
        ("127.0.0.1:65535", "127.0.0.1", 65535),
        ("::1", "::1", 5454),
        ("[::1]", "::1", 5454),
        ("[::1]:99", "::1", 99),
        ("bücher.example:99", "bücher.example", 99),
    ],
)
def test_a_relay_is_a_host_with_or_without_a_port(text: str, host: str, port: int) -> None:
    assert chat("--relay", text).relay == Address(host, port)


@pytest.mark.parametrize(
    "text", [":5454", "host:", "host:0", "host:65536", "host:http", "a..b", "x" * 64 + ":1", "[]:1"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="must be HOST or HOST:PORT"):
        chat("--relay", text)


def test_a_name_is_trimmed_and_must_be_one_that_can_be_shown() -> None:
    assert chat("--name", "  Ana ").name == "Ana"
    assert chat("--name", "   ").name == ""
    with pytest.raises(ValidationError, match="cannot be shown"):
        chat("--name", "a\x1b[2Jb")


def test_several_keys_are_given_one_by_one_or_in_one_variable(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    a, b = Path("a.key"), Path("b.key")
    assert chat("--key", "a.key", "--key", "b.key").key == (a, b)
    monkeypatch.setenv("SUSSURRO_KEY", f"a.key{os.pathsep}b.key")
    assert chat().key == (a, b)
    assert chat("--key", "c.key").key == (Path("c.key"),), "an option comes before a variable"
    assert CliApp.run(SendSettings, cli_args=["--key", "x,y:z.key"]).key == Path("x,y:z.key")
    odd = tmp_path / "one, two:three.key"
    odd.touch()
    assert chat("--key", str(odd)).key == (odd,), "a name may have these signs as the only one"


@pytest.mark.parametrize("text", [",", os.pathsep, ",,:"])
def test_a_list_of_no_keys_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="key"):
        chat("--key", text)


SETTINGS: dict[str, tuple[str, Any]] = {
    "SUSSURRO_RELAY": ("relay.example:7", Address("relay.example", 7)),
    "SUSSURRO_KEY": ("/run/secrets/key.key", (Path("/run/secrets/key.key"),)),
    "SUSSURRO_NAME": ("Ana", "Ana"),
    "SUSSURRO_STATE": ("/state", Path("/state")),
    "SUSSURRO_HEARTBEAT_SECONDS": ("1.5", 1.5),
    "SUSSURRO_LEAVE_SECONDS": ("0", 0.0),
    "SUSSURRO_HISTORY": ("7", 7),
    "SUSSURRO_DOWNLOADS": ("/downloads", Path("/downloads")),
    "SUSSURRO_FILE_LIMIT_MIB": ("3", 3),
    "SUSSURRO_TAGS": ("true", True),
    "SUSSURRO_ATTACHED": ("true", True),
    "SUSSURRO_TLS": ("true", True),
    "SUSSURRO_PLAIN": ("true", True),
    "SUSSURRO_JSON": ("true", True),
    "SUSSURRO_LANG": ("pt_BR", "pt_BR"),
    "SUSSURRO_THEME": ("sussurro-light", "sussurro-light"),
    "SUSSURRO_BELL": ("false", False),
    "SUSSURRO_NOTIFY": ("all", "all"),
    "SUSSURRO_NOTIFY_CONTENT": ("true", True),
    "SUSSURRO_NOTIFY_BY": ("osc9", "osc9"),
    "SUSSURRO_TYPING": ("true", True),
}


def _field(variable: str) -> str:
    field = variable.removeprefix("SUSSURRO_").lower()
    return "json_lines" if field == "json" else field


@pytest.mark.parametrize("variable", SETTINGS)
def test_every_option_is_also_a_variable(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text, value = SETTINGS[variable]
    monkeypatch.setenv(variable, text)
    assert getattr(chat(), _field(variable)) == value


def test_these_are_all_the_variables() -> None:
    others = {"tls_ca", "tls_pin", "config"}  # of use with another one, or a file, only: below
    assert {_field(variable) for variable in SETTINGS} | others == ChatSettings.model_fields.keys()


def test_how_a_relay_has_to_prove_itself_can_be_set_by_options_and_variables(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert chat().trust is None
    assert chat("--tls").trust == Trust()
    pair = self_signed(tmp_path)
    pinned, signed = Trust(pin=pair.pin), Trust(pair.certificate)
    assert chat("--tls", "--tls-pin", pair.pin.upper()).trust == pinned
    assert chat("--tls", "--tls-ca", str(pair.certificate)).trust == signed
    monkeypatch.setenv("SUSSURRO_TLS", "true")
    monkeypatch.setenv("SUSSURRO_TLS_CA", str(pair.certificate))
    assert chat().trust == signed
    monkeypatch.setenv("SUSSURRO_TLS_CA", "")
    monkeypatch.setenv("SUSSURRO_TLS_PIN", pair.pin)
    assert chat().trust == pinned


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--tls-ca", "a.pem"), "set that too"),
        (("--tls-pin", "ab" * 32), "set that too"),
        (("--no-tls", "--tls-pin", "ab" * 32), "set that too"),
        (("--tls", "--tls-pin", "ab" * 20), "64 digits"),
        (("--tls", "--tls-ca", "absent.pem"), "cannot be read"),
    ],
)
def test_what_makes_no_sense_of_tls_is_refused(options: tuple[str, ...], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        chat(*options)


def test_a_variable_that_is_not_ours_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    before = chat()
    for name in ("JSON", "PLAIN", "NAME", "KEY", "LANG", "json", "plain"):
        monkeypatch.setenv(name, "1")
    assert chat() == before


def test_an_empty_variable_is_none_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    before = chat()
    for variable in SETTINGS:
        monkeypatch.setenv(variable, "")
    assert chat() == before


def test_an_option_wins_over_the_environment_and_that_over_the_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path(".env").write_text("SUSSURRO_NAME=File\nSUSSURRO_LANG=en\nRELAY_PORT=1\n", "utf-8")
    assert chat().name == "File"
    monkeypatch.setenv("SUSSURRO_NAME", "Environment")
    assert chat().name == "Environment"
    assert chat("--name", "Option").name == "Option"


@pytest.mark.parametrize(
    ("option", "value"),
    [("--heartbeat-seconds", "0"), ("--heartbeat-seconds", "x"), ("--leave-seconds", "-1")],
)
def test_seconds_that_make_no_sense_are_refused(option: str, value: str) -> None:
    with pytest.raises(ValidationError):
        chat(option, value)


@pytest.mark.parametrize("value", ["0", "-1", "1025", "64.5", "x"])
def test_a_limit_for_files_that_makes_no_sense_is_refused(value: str) -> None:
    with pytest.raises(ValidationError):
        chat("--file-limit-mib", value)


def test_files_go_where_the_platform_says_unless_told_otherwise() -> None:
    assert chat().downloads == platformdirs.user_downloads_path()
    assert chat("--downloads", "here").downloads == Path("here")


def test_the_other_commands_take_what_they_need() -> None:
    assert CliApp.run(KeygenSettings, cli_args=[]).path == Path("key.key")
    assert CliApp.run(KeygenSettings, cli_args=["a.key"]).path == Path("a.key")
    assert CliApp.run(RoomSettings, cli_args=["--key", "a.key"]).key == Path("a.key")
    assert CliApp.run(SendSettings, cli_args=["Oi", "--name", "Ana"]).text == "Oi"
    assert CliApp.run(SendSettings, cli_args=[]).text is None
