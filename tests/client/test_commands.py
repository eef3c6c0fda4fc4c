from collections.abc import Sequence

from sussurro_client.asides import Aside
from sussurro_client.commands import COMMANDS, find_command
from sussurro_client.vouching import Whom


class Done:
    """Writes down what commands do."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def say(self, text: str) -> None:
        self.done.append(f"say {text}")

    def act(self, text: str) -> None:
        self.done.append(f"act {text}")

    def whisper(self, asides: Sequence[Aside]) -> None:
        self.done.append(f"whisper {'|'.join(f'{each.name}+{each.text}' for each in asides)}")

    def reply(self, tag: str, text: str) -> None:
        self.done.append(f"reply {tag}+{text}")

    def edit(self, tag: str, text: str) -> None:
        self.done.append(f"edit {tag}+{text}")

    def delete(self, tag: str) -> None:
        self.done.append(f"delete {tag}")

    def react(self, tag: str, emoji: str) -> None:
        self.done.append(f"react {tag}+{emoji}")

    def send_file(self, path: str) -> None:
        self.done.append(f"send_file {path}")

    def send_file_to(self, asides: Sequence[Aside]) -> None:
        self.done.append(f"send_file_to {'|'.join(f'{each.name}+{each.text}' for each in asides)}")

    def save(self, tag: str, path: str) -> None:
        self.done.append(f"save {tag}+{path}")

    def cancel(self, tag: str) -> None:
        self.done.append(f"cancel {tag}")

    def search(self, words: str) -> None:
        self.done.append(f"search {words}")

    def search_all(self, words: str) -> None:
        self.done.append(f"search_all {words}")

    def who(self) -> None:
        self.done.append("who")

    def trust(self, readings: Sequence[Whom]) -> None:
        self.done.append(f"trust {'|'.join(f'{each.name}+{each.words}' for each in readings)}")

    def fingerprint(self, name: str) -> None:
        self.done.append(f"fingerprint {name}")

    def move(self, words: str) -> None:
        self.done.append(f"move {words}")

    def mute(self) -> None:
        self.done.append("mute")

    def theme(self, name: str) -> None:
        self.done.append(f"theme {name}")

    def help(self) -> None:
        self.done.append("help")

    def leave(self) -> None:
        self.done.append("leave")


def test_every_command_has_a_name_of_its_own_and_a_help() -> None:
    assert len({command.name for command in COMMANDS}) == len(COMMANDS)
    assert all(command.help() for command in COMMANDS)


def test_a_command_is_found_by_its_name_alone() -> None:
    assert all(find_command(command.name) is command for command in COMMANDS)
    assert [find_command(name) for name in ("", "nope", "Quit")] == [None] * 3
