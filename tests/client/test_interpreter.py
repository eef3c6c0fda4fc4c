import pytest

from sussurro_client.interpreter import perform, with_emoji
from tests.client.test_commands import Done


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


def test_commands_with_words_for_people_take_emoji_and_others_do_not() -> None:
    assert with_emoji("/me waves :wave:") == "/me waves 👋"
    assert with_emoji("/react #lusab :heart:") == "/react #lusab ❤️"
    assert with_emoji("/msg Ana :smile: `:smile:`") == "/msg Ana 😄 `:smile:`"
    for line in ("/trust :smile:", "/search :smile:", "/say :smile:", "/nope :smile:"):
        assert with_emoji(line) == line
