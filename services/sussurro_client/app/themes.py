"""The themes of the app: ours, and a few of Textual's, in which everything can be read."""

from dataclasses import replace

from textual.theme import BUILTIN_THEMES, Theme

from sussurro_client.app.contrast import between, readable
from sussurro_client.app.palette import DARK, LIGHT
from sussurro_client.wishes import THEMES

CONTRAST = Theme(
    name="sussurro-contrast",
    primary="#ffff5f",
    secondary="#ffffff",
    warning="#ffaf5f",
    error="#ff8787",
    success="#87ff87",
    accent="#5fffff",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#000000",
    dark=True,
    variables={
        "faint": "#dadada",
        "line": "#ffffff",
        "block-cursor-text-style": "bold reverse",
        "button-focus-text-style": "bold reverse",
    },
)

# Nothing is told by a colour here: the app takes them all away where this theme is
# in force, and what has the cursor or the focus is reversed, or underlined where
# Textual would lose that.
PLAIN = Theme(
    name="sussurro-plain",
    primary="#ffffff",
    secondary="#ffffff",
    warning="#ffffff",
    error="#ffffff",
    success="#ffffff",
    accent="#ffffff",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#000000",
    dark=True,
    variables={
        "faint": "#ffffff",
        "line": "#ffffff",
        "block-cursor-text-style": "bold underline",
        "block-cursor-blurred-text-style": "bold underline",
        "input-cursor-text-style": "reverse",
        "button-focus-text-style": "bold reverse",
    },
)


def _adopted(name: str) -> Theme:
    """Return one of Textual's themes, with what the app writes in readable on its background."""
    theme = BUILTIN_THEMES[name]
    colours = theme.to_color_system().generate()
    background, foreground = colours["background"], colours["foreground"]

    def on_background(kind: str) -> str:
        return readable(colours[kind], background)

    faint = readable(between(foreground, background, 0.6), background)
    line = between(foreground, background, 0.25)
    return replace(
        theme,
        primary=on_background("primary"),
        warning=on_background("warning"),
        error=on_background("error"),
        success=on_background("success"),
        accent=on_background("accent"),
        foreground=on_background("foreground"),
        background=background,
        variables={**theme.variables, "faint": faint, "line": line},
    )


_OURS = {theme.name: theme for theme in (DARK, LIGHT, CONTRAST, PLAIN)}
ALL = {name: _OURS.get(name) or _adopted(name) for name in THEMES}
