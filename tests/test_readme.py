"""The README, in both languages: what it says to type is what there is."""

import re
import shlex
from pathlib import Path

import pytest

from sussurro_client.__main__ import _COMMANDS
from sussurro_client.commands import COMMANDS
from sussurro_client.settings import ChatSettings
from sussurro_client.wishes import Wishes

ROOT = Path(__file__).parents[1]
ENGLISH, PORTUGUESE = (
    (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.pt-BR.md")
)
BOTH = pytest.mark.parametrize("text", [ENGLISH, PORTUGUESE], ids=["en", "pt_BR"])


def shell_words(text: str) -> list[list[str]]:
    """Return the words of every line that is to be typed in a shell."""
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    lines = "".join(blocks).splitlines()
    return [shlex.split(line, comments=True) for line in lines]


def deeds(text: str) -> set[str]:
    """Return the commands of the room that a text names."""
    spans = re.findall(r"`(/[a-z]+)[^`]*`", text)
    return {span.removeprefix("/") for span in spans}


@BOTH
def test_every_command_that_is_named_is_one(text: str) -> None:
    assert deeds(text)
    assert deeds(text) <= {command.name for command in COMMANDS}
    typed = [words for words in shell_words(text) if words and words[0] == "sussurro"]
    assert {words[1] for words in typed} == set(_COMMANDS)


@BOTH
def test_the_five_lines_of_the_bot_are_those_that_are_tested(text: str) -> None:
    assert (ROOT / "docs/examples/echo_bot.py").read_text(encoding="utf-8") in text


@BOTH
def test_every_picture_and_page_is_there(text: str) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text)
    local = [link for link in links if not link.startswith("http")]
    assert local
    assert [link for link in local if not (ROOT / link).exists()] == []


def test_both_languages_say_the_same_to_type() -> None:
    def shape(text: str) -> list[list[str]]:
        """Return the lines but for the words that are in a language."""
        return [[word for word in words if not word[0].isupper()] for words in shell_words(text)]

    assert shape(ENGLISH) == shape(PORTUGUESE)
    assert deeds(ENGLISH) == deeds(PORTUGUESE)


def test_both_languages_have_the_same_parts() -> None:
    heads, tables = (re.compile(sign, re.MULTILINE) for sign in (r"^## ", r"^\|"))
    for sign in (heads, tables):
        assert len(sign.findall(ENGLISH)) == len(sign.findall(PORTUGUESE))


@BOTH
def test_the_settings_that_are_shown_are_taken(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (shown,) = re.findall(r"^```toml\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    path = tmp_path / "config.toml"
    path.write_text(shown, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    settings = ChatSettings(_cli_parse_args=["--config", str(path)])
    assert settings.name == "Bia"
    assert str(settings.relay) == "chat.example:5454"
    assert settings.wishes == Wishes(theme="sussurro-light", file=settings.wishes.file)
