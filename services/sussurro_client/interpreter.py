"""What a line typed means: a text to say, or a command from the one table."""

from sussurro_client import short_names
from sussurro_client.commands import Actions, find_command
from sussurro_client.words import _

_LEAVE_WORD = "TT"


def other_lines() -> tuple[tuple[str, str], ...]:
    """Return what else a line may be, and what it does."""
    return (
        (_LEAVE_WORD, _("Alone on the line: leave the room")),
        (_("//text"), _("Send a text that begins with a slash")),
    )


def with_emoji(line: str) -> str:
    """Return a line with the short names of emoji as emoji, where it has words for people."""
    if line.startswith("/") and not line.startswith("//"):
        command = find_command(line[1:].partition(" ")[0])
        if command is None or not command.has_emoji:
            return line
    return short_names.with_emoji(line)


def perform(line: str, actions: Actions) -> str | None:
    """Do what a line means; return a sentence, with nothing done, when it means nothing.

    Raises ClientError where a command cannot be done.
    """
    if line.strip() == _LEAVE_WORD:
        actions.leave()
    elif line.startswith("//"):
        actions.say(line[1:])
    elif line.startswith("/"):
        word, _space, argument = line[1:].partition(" ")
        command = find_command(word.strip())
        if command is None:
            return _("There is no such command. /help shows all; // sends a text with a slash.")
        command.handler(actions, argument)
    elif line.strip():
        actions.say(line)
    return None
