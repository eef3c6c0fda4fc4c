from collections.abc import Sequence

import pytest

from sussurro_client.asides import Aside
from sussurro_client.commands import COMMANDS, perform
from sussurro_client.errors import ClientError
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


@pytest.mark.parametrize(
    ("line", "done"),
    [
        ("Oi", ["say Oi"]),
        ("  indented", ["say   indented"]),
        ("TT", ["leave"]),
        (" TT \n", ["leave"]),
        ("TT is how one leaves", ["say TT is how one leaves"]),
        ("one\nTT\ntwo", ["say one\nTT\ntwo"]),
        ("tt", ["say tt"]),
        ("/say TT", ["say TT"]),
        ("/say /quit", ["say /quit"]),
        ("/say one\nTT", ["say one\nTT"]),
        ("//usr/bin", ["say /usr/bin"]),
        ("/quit", ["leave"]),
        ("/send a b.png ", ["send_file a b.png"]),
        ("/send 'a b.png'", ["send_file a b.png"]),
        ('/send "a"', ["send_file a"]),
        ("/send '", ["send_file '"]),
        ("/send", ["send_file "]),
        ("/sendto Ana 'a.png'", ["send_file_to Ana+a.png|Ana 'a.png'+"]),
        ("/save", ["save +"]),
        ("/save #lusab", ["save #lusab+"]),
        ("/save #lusab ~/x y", ["save #lusab+~/x y"]),
        ("/save '#lusab'", ["save +#lusab"]),
        ("/save ./here", ["save +./here"]),
        ("/cancel", ["cancel "]),
        ("/cancel #lusab", ["cancel #lusab"]),
        ("/who ", ["who"]),
        ("/trust Ana", ["trust Ana+"]),
        ("/trust Ana Lima  fabip", ["trust Ana Lima fabip+|Ana Lima+fabip|Ana+Lima fabip"]),
        ("/trust", ["trust "]),
        ("/fingerprint", ["fingerprint "]),
        ("/fingerprint Ana Lima", ["fingerprint Ana Lima"]),
        ("/move", ["move "]),
        ("/move fabip-tufus", ["move fabip-tufus"]),
        ("/mute", ["mute"]),
        ("/theme", ["theme "]),
        ("/theme gruvbox", ["theme gruvbox"]),
        ("/reply Oi", ["reply +Oi"]),
        ("/reply #lusab Oi  all", ["reply #lusab+Oi  all"]),
        ("/reply #hello all", ["reply +#hello all"]),
        ("/edit one\ntwo", ["edit +one\ntwo"]),
        ("/edit #lusab\ntwo", ["edit #lusab+two"]),
        ("/delete", ["delete "]),
        ("/delete #LUSAB ", ["delete #LUSAB"]),
        ("/react ❤️", ["react +❤️"]),
        ("/react #lusab :heart:", ["react #lusab+:heart:"]),
        ("/me waves", ["act waves"]),
        ("/msg Ana Oi", ["whisper Ana+Oi|Ana Oi+"]),
        ("/search two words", ["search two words"]),
        ("/searchall words", ["search_all words"]),
        ("/help", ["help"]),
        ("", []),
        (" \n ", []),
    ],
)
def test_a_line_does_what_it_says(line: str, done: list[str]) -> None:
    actions = Done()
    assert perform(line, actions) is None
    assert actions.done == done


@pytest.mark.parametrize("line", ["/", "/nope", "/usr/bin/env\nTT", "/Quit", "/ say"])
def test_an_unknown_command_does_nothing_and_says_so(line: str) -> None:
    actions = Done()
    assert perform(line, actions) == (
        "There is no such command. /help shows all; // sends a text with a slash."
    )
    assert actions.done == []


def test_what_is_no_tag_deletes_nothing() -> None:
    actions = Done()
    with pytest.raises(ClientError, match="That is no tag"):
        perform("/delete that one", actions)
    assert actions.done == []


def test_every_command_has_a_name_of_its_own_and_a_help() -> None:
    assert len({command.name for command in COMMANDS}) == len(COMMANDS)
    assert all(command.help() for command in COMMANDS)
