from pathlib import Path

import pytest
from pydantic import ValidationError
from pydantic_settings import CliApp

from sussurro_client.address import Address
from sussurro_client.errors import ClientError
from sussurro_client.settings import ChatSettings, KeygenSettings, SendSettings
from sussurro_client.settings_file import default_path
from sussurro_client.wishes import Notify
from tests.client.scenes import clean_environment


@pytest.fixture(autouse=True)
def file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Return where the platform keeps settings, where there are none yet."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        "os.environ", clean_environment() | {"XDG_CONFIG_HOME": str(tmp_path / "settings")}
    )
    path = default_path()
    assert path.is_relative_to(tmp_path)
    path.parent.mkdir(parents=True)
    return path


def chat(*arguments: str) -> ChatSettings:
    return CliApp.run(ChatSettings, cli_args=list(arguments))


def refusal(*arguments: str) -> str:
    with pytest.raises(ClientError) as told:
        chat(*arguments)
    return str(told.value)


def test_settings_are_read_from_the_platforms_place(file: Path) -> None:
    file.write_text(
        'relay = "relay.example:7"\nname = "Ana"\nbell = false\nnotify = "all"\n'
        'history = 7\ntheme = "gruvbox"\nplain = true\n'
    )
    settings = chat()
    assert settings.relay == Address("relay.example", 7)
    assert (settings.name, settings.history, settings.plain) == ("Ana", 7, True)
    wishes = settings.wishes
    assert (wishes.bell, wishes.notify, wishes.theme) == (False, Notify.ALL, "gruvbox")
    assert wishes.file == file


def test_another_file_can_be_named(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    file.write_text('name = "Platform"')
    Path("mine.toml").write_text('name = "Mine"')
    Path("other.toml").write_text('name = "Other"')
    assert chat("--config", "mine.toml").name == "Mine"
    monkeypatch.setenv("SUSSURRO_CONFIG", "other.toml")
    assert chat().name == "Other"
    assert chat("--config", "mine.toml").wishes.file == Path("mine.toml")


def test_options_come_before_the_environment_that_before_dot_env_and_that_before_the_file(
    monkeypatch: pytest.MonkeyPatch, file: Path
) -> None:
    assert chat().name == ""
    file.write_text('name = "Settings"')
    assert chat().name == "Settings"
    Path(".env").write_text("SUSSURRO_NAME=Dotenv\n")
    assert chat().name == "Dotenv"
    monkeypatch.setenv("SUSSURRO_NAME", "Environment")
    assert chat().name == "Environment"
    assert chat("--name", "Option").name == "Option"


def test_paths_begin_at_home_where_they_say_so(
    file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    file.write_text('key = ["~/a.key", "b.key"]\nstate = "~/state"\ndownloads = "~"\n')
    settings = chat()
    assert settings.key == (tmp_path / "a.key", Path("b.key"))
    assert (settings.state, settings.downloads) == (tmp_path / "state", tmp_path)
    Path("~nobody-at-all").touch()
    assert chat("--key", "~nobody-at-all").key == (Path("~nobody-at-all"),)


def test_one_file_is_for_all_commands(file: Path) -> None:
    file.write_text('theme = "gruvbox"\nname = "Ana"\nhistory = 7\n')
    assert CliApp.run(SendSettings, cli_args=["Oi"]).name == "Ana"
    assert CliApp.run(KeygenSettings, cli_args=[]).path == Path("key.key")


def test_a_bad_value_that_something_else_overrides_is_no_matter(file: Path) -> None:
    file.write_text('name = "a\\u001b[2J"\n')
    assert chat("--name", "Ana").name == "Ana"


@pytest.mark.parametrize(
    ("content", "key", "value"),
    [
        ('theme = "secret"', "theme", "secret"),
        ('notify = "secret"', "notify", "secret"),
        ('bell = "secret"', "bell", "secret"),
        ('history = "secret"', "history", "secret"),
        ("history = 99999", "history", "99999"),
        ("name = 12345", "name", "12345"),
        ('relay = "secret:http"', "relay", "secret"),
        ("relay = 12345", "relay", "12345"),
        ('name = ["secret"]', "name", "secret"),
        ('tls_pin = "secret"', "tls_pin", "secret"),
        ('[name]\nx = "secret"', "name", "secret"),
        ("heartbeat_seconds = nan", "heartbeat_seconds", "nan"),
        ("key = 1979-05-27", "key", "1979"),
        ('key = "secret\\u0000"', "key", "secret"),
        ('key = ["a", "secret\\u0000"]', "key", "secret"),
        ('state = "secret\\u0000"', "state", "secret"),
        ('downloads = "secret\\u0000"', "downloads", "secret"),
        ('state = "~secret/x"', "state", "secret"),
    ],
)
def test_a_bad_value_is_told_by_its_file_and_key_and_not_shown(
    file: Path, content: str, key: str, value: str
) -> None:
    file.write_text(content)
    told = refusal()
    assert told.startswith(f"{file}, {key}: ")
    assert value not in told.removeprefix(f"{file}, {key}: ")
    assert "\n" not in told


def test_an_unknown_key_is_told_harmlessly(file: Path) -> None:
    file.write_text('colour = "red"')
    assert refusal() == f"{file}: there is no setting called colour."
    for key in ("config", "json", "json_lines", "text", "without"):
        file.write_text(f'{key} = "x"')
        assert f"called {key}." in refusal()
    file.write_text('"\\u001b]0;owned\\u0007\\nx" = 1')
    assert not set(refusal()) & set("\x1b\x07\n")
    file.write_text('"' + "x" * 10_000 + '" = 1')
    assert len(refusal()) < 300


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'name = "Ana"\ntheme = secret', "not TOML: look at line 2."),
        (b"name", "are not TOML"),
        (b'\xff\xfename = "secret"', "are not TOML."),
        (b"name = " + b"[" * 100_000, "are not TOML"),
        (b"history = " + b"9" * 100_000, "are not TOML"),
        (b"\x1b[2J\x00", "are not TOML"),
    ],
    ids=range(6),
)
def test_what_is_no_toml_is_one_sentence(file: Path, content: bytes, words: str) -> None:
    file.write_bytes(content)
    told = refusal()
    assert words in told
    assert str(file) in told
    assert "secret" not in told


def test_a_file_that_cannot_be_read_is_one_sentence(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert refusal("--config", "absent.toml") == "There is no file of settings at absent.toml."
    assert "no file of settings" in refusal("--config", ".")
    assert "no file of settings" in refusal("--config", "~nobody-at-all/x")
    file.write_text('name = "Ana"')

    def refuse(*_arguments: object, **_more: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", refuse)
        told = refusal()
    assert told == f"The settings in {file} cannot be read: Permission denied."


def test_a_folder_of_settings_that_is_not_ours_is_as_good_as_none(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_file = Path.is_file

    def refuse(path: Path) -> bool:
        if path == file:
            raise PermissionError(13, "Permission denied")
        return is_file(path)

    monkeypatch.setattr(Path, "is_file", refuse)
    assert chat().name == ""


def test_a_fault_outside_the_file_is_not_blamed_on_it(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text('name = "Ana"')
    monkeypatch.setenv("SUSSURRO_HISTORY", "many")
    with pytest.raises(ValidationError, match="history"):
        chat()


def test_nothing_is_ever_written(file: Path) -> None:
    chat()
    assert list(file.parent.iterdir()) == []
