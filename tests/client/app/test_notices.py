import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sussurro_client.app.notices import is_in_tmux, notification, way_of
from sussurro_client.wishes import Way
from tests.client.app.hostile import EVIL, LONG


@pytest.mark.parametrize(
    ("environment", "way"),
    [
        ({"TERM": "xterm-256color"}, Way.NONE),
        ({}, Way.NONE),
        ({"TERM": "linux"}, Way.NONE),
        ({"TERM_PROGRAM": "iTerm.app", "TERM": "xterm-256color"}, Way.OSC9),
        ({"TERM_PROGRAM": "WezTerm"}, Way.OSC777),
        ({"TERM_PROGRAM": "ghostty"}, Way.OSC777),
        ({"TERM_PROGRAM": "Apple_Terminal"}, Way.NONE),
        ({"TERM_PROGRAM": "vscode"}, Way.NONE),
        ({"TERM": "xterm-kitty"}, Way.OSC9),
        ({"TERM": "foot-extra"}, Way.OSC777),
        ({"TERM": "rxvt-unicode-256color"}, Way.OSC777),
        ({"TERM_PROGRAM": "tmux", "TERM": "tmux-256color", "KITTY_WINDOW_ID": "1"}, Way.OSC9),
        ({"TERM_PROGRAM": "tmux", "TERM": "tmux-256color"}, Way.NONE),
    ],
)
def test_a_terminal_is_known_by_its_environment(environment: dict[str, str], way: Way) -> None:
    assert way_of(environment) is way


def test_tmux_is_known_by_its_variable_or_its_kind_of_terminal() -> None:
    assert is_in_tmux({"TMUX": "/run/tmux,1,0", "TERM": "screen"})
    assert is_in_tmux({"TERM": "tmux-256color"})
    assert not is_in_tmux({"TERM": "xterm"})


def test_each_way_has_its_bytes() -> None:
    assert notification(Way.OSC9, "Oi") == "\x1b]9;Sussurro: Oi\x07"
    assert notification(Way.OSC777, "Oi") == "\x1b]777;notify;Sussurro;Oi\x07"
    assert notification(Way.NONE, "Oi") == ""
    assert notification(Way.AUTO, "Oi") == ""


def test_tmux_is_asked_to_pass_it_on() -> None:
    assert (
        notification(Way.OSC9, "Oi", in_tmux=True) == "\x1bPtmux;\x1b\x1b]9;Sussurro: Oi\x07\x1b\\"
    )


@pytest.mark.parametrize("in_tmux", [False, True])
@pytest.mark.parametrize("way", [Way.OSC9, Way.OSC777])
@pytest.mark.parametrize(
    "text",
    [EVIL, LONG, "\x1b\\\x9c\x07", "4;3;50", "a\n;b\r\nc", "\x1bPtmux;x", EVIL * 1000],
    ids=range(7),
)
def test_nothing_in_a_text_ends_the_sequence_or_begins_another(
    way: Way, text: str, *, in_tmux: bool
) -> None:
    written = notification(way, text, in_tmux=in_tmux)
    frame = {
        Way.OSC9: (r"\x1b]9;Sussurro: ", r"\x07"),
        Way.OSC777: (r"\x1b]777;notify;Sussurro;", r"\x07"),
    }[way]
    begin, end = frame
    if in_tmux:
        begin, end = r"\x1bPtmux;\x1b" + begin, end + r"\x1b\\"
    inside = re.fullmatch(f"{begin}(.*){end}", written, re.DOTALL)
    assert inside is not None
    assert len(inside[1]) <= 200
    assert all(character.isprintable() and character != ";" for character in inside[1])


@given(st.text(alphabet=st.characters(), max_size=300))
def test_no_text_at_all_ends_the_sequence(text: str) -> None:
    written = notification(Way.OSC9, text)
    inside = written.removeprefix("\x1b]9;").removesuffix("\x07")
    assert not any(unicodedata.category(each) in ("Cc", "Cs", "Zl", "Zp") for each in inside)
    assert ";" not in inside
