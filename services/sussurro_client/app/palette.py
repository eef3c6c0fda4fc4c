"""Colours: one for each person, and the two themes they stand on first of all.

Every person's colour is one of the 216 of a 256-colour terminal, so it is the
same there, and it is readable on the background of every theme.
"""

import hashlib

from textual.theme import Theme

DARK = Theme(
    name="sussurro-dark",
    primary="#af87ff",
    secondary="#8787af",
    warning="#ffaf5f",
    error="#ff5f87",
    success="#87d787",
    accent="#d7afff",
    foreground="#e4e1ee",
    background="#16141f",
    surface="#1d1a29",
    panel="#262336",
    dark=True,
    variables={"faint": "#8c87a3", "line": "#3d3856"},
)
LIGHT = Theme(
    name="sussurro-light",
    primary="#5f00af",
    secondary="#5f5f87",
    warning="#875f00",
    error="#af0000",
    success="#005f00",
    accent="#5f00d7",
    foreground="#22202b",
    background="#faf9fd",
    surface="#f1eff8",
    panel="#e7e3f2",
    dark=False,
    variables={"faint": "#676279", "line": "#cbc5dd"},
)

# Pairs of one hue: on the dark theme, on the light one.
HUES = (
    ("#ff8787", "#af0000"),
    ("#ffaf5f", "#875f00"),
    ("#d7d75f", "#5f5f00"),
    ("#87d75f", "#005f00"),
    ("#5fd7af", "#005f5f"),
    ("#5fd7ff", "#005f87"),
    ("#87afff", "#005faf"),
    ("#8787ff", "#0000af"),
    ("#d787ff", "#8700af"),
    ("#ff87d7", "#af0087"),
    ("#ff87af", "#87005f"),
    ("#d7af87", "#875f5f"),
)


def colour_of(key: bytes, *, dark: bool) -> str:
    """Return the colour that the owner of a public key always has."""
    pair = HUES[hashlib.sha256(key).digest()[0] % len(HUES)]
    return pair[0] if dark else pair[1]
