"""The commands that only the line mode has: what an app shows by scrolling. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from sussurro_client.commands import COMMANDS, Actions
from sussurro_client.errors import ClientError
from sussurro_client.interpreter import other_lines, perform
from sussurro_client.words import _

_PAGE = 20
_MOST = 10_000


class LineCommandActions(Actions, Protocol):
    """What commands of the line mode can do besides. All raise ClientError, with nothing done."""

    def earlier(self, messages: int) -> None:
        """Show a page of what was said before all that was shown."""

    def list(self, messages: int) -> None:
        """Show the last messages, each with its tag."""


@dataclass(frozen=True, slots=True)
class _LineCommand:
    """A word after a slash, and how many messages may follow it."""

    name: str
    help: Callable[[], str]
    handler: Callable[[LineCommandActions, int], None]


LINE_COMMANDS = (
    _LineCommand(
        "earlier",
        lambda: _("Show what was said before"),
        lambda actions, count: actions.earlier(count),
    ),
    _LineCommand(
        "list",
        lambda: _("Show the last messages with their tags"),
        lambda actions, count: actions.list(count),
    ),
)


def perform_line(line: str, actions: LineCommandActions) -> str | None:
    """Do what a line means, as `interpreter.perform` does."""
    word, _space, argument = line.rstrip().partition(" ")
    for command in LINE_COMMANDS:
        if word == f"/{command.name}":
            command.handler(actions, _count(argument))
            return None
    return perform(line, actions)


def help_lines() -> list[str]:
    """Return how each thing is typed, and what it does."""
    count = _("[number]")
    usages = [(command.usage, command.help()) for command in COMMANDS]
    usages += [(f"/{command.name} {count}", command.help()) for command in LINE_COMMANDS]
    return [f"{usage}: {told}" for usage, told in (*usages, *other_lines())]


def _count(argument: str) -> int:
    text = argument.strip()
    if not text:
        return _PAGE
    if not text.isdecimal() or len(text) > len(str(_MOST)) or not 0 < int(text) <= _MOST:
        raise ClientError(_("Write a number from 1 to {most}.").format(most=_MOST))
    return int(text)
