"""What somebody wishes of the app: how it looks, and when it calls them."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

# Ours, then a few that people know from elsewhere.
THEMES = (
    "sussurro-dark",
    "sussurro-light",
    "sussurro-contrast",
    "sussurro-plain",
    "gruvbox",
    "tokyo-night",
    "dracula",
    "solarized-light",
    "catppuccin-latte",
)


class Notify(StrEnum):
    """Of what one wants to be told."""

    NEVER = "never"
    MENTIONS = "mentions"  # of one's name and of private messages
    ALL = "all"


class Way(StrEnum):
    """How a terminal tells the desktop of something."""

    AUTO = "auto"  # as the environment says
    OSC9 = "osc9"
    OSC777 = "osc777"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Wishes:
    """The settings of the app.

    ``theme`` is one of THEMES; empty: as the terminal is. ``notify_content``:
    tell who wrote and what. ``file``: where settings are kept.
    """

    theme: str = ""
    bell: bool = True
    notify: Notify = Notify.MENTIONS
    notify_content: bool = False
    notify_by: Way = Way.AUTO
    file: Path = Path("config.toml")
