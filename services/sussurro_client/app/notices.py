"""What a terminal is written so that it rings, or tells the desktop of something. Pure."""

from collections.abc import Mapping

from sussurro_client.display import safe_line
from sussurro_client.wishes import Way

_LONGEST = 200  # characters of a notification
_ESCAPE, _BELL, _END = "\x1b", "\x07", "\x1b\\"

# What terminals are known by, and what they understand. A terminal that is not
# here may print what it does not understand, so it is only rung.
_BY_PROGRAM = {"iTerm.app": "osc9", "WezTerm": "osc777", "ghostty": "osc777", "rio": "osc9"}
_BY_TERM = (("xterm-kitty", "osc9"), ("foot", "osc777"), ("rxvt-unicode", "osc777"),
            ("wezterm", "osc777"), ("xterm-ghostty", "osc777"))  # fmt: skip
# Set by the terminal around a multiplexer, and left there.
_BY_VARIABLE = {
    "KITTY_WINDOW_ID": "osc9",
    "ITERM_SESSION_ID": "osc9",
    "WEZTERM_PANE": "osc777",
    "GHOSTTY_RESOURCES_DIR": "osc777",
}


def way_of(environment: Mapping[str, str]) -> Way:
    """Return what the terminal of an environment understands; NONE where that is not known."""
    term = environment.get("TERM", "")
    known = _BY_PROGRAM.get(environment.get("TERM_PROGRAM", ""))
    if known is None:
        known = next((way for begin, way in _BY_TERM if term.startswith(begin)), None)
    if known is None:
        known = next((way for name, way in _BY_VARIABLE.items() if environment.get(name)), None)
    return Way(known) if known else Way.NONE


def is_in_tmux(environment: Mapping[str, str]) -> bool:
    """Return whether tmux stands between us and the terminal."""
    return bool(environment.get("TMUX")) or environment.get("TERM", "").startswith("tmux")


def notification(way: Way, text: str, *, in_tmux: bool = False) -> str:
    """Return what makes a terminal tell a text, of one line and not long; empty: it cannot.

    Whatever the text is, nothing in it ends the sequence or begins another.
    """
    line = safe_line(text[:_LONGEST])
    # What follows a semicolon would be another field, and OSC 9 has commands
    # that are told from a text by their digits.
    line = line.replace(";", ",").replace("\ufffd", "")
    match way:
        case Way.OSC9:
            sequence = f"{_ESCAPE}]9;Sussurro: {line}{_BELL}"
        case Way.OSC777:
            sequence = f"{_ESCAPE}]777;notify;Sussurro;{line}{_BELL}"
        case Way.AUTO | Way.NONE:
            return ""
    if in_tmux:
        inside = sequence.replace(_ESCAPE, _ESCAPE * 2)
        return f"{_ESCAPE}Ptmux;{inside}{_END}"
    return sequence
