"""The one table of commands: what can be typed after a slash, what it does, and how that is said."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from sussurro_client.asides import Aside, asides_of
from sussurro_client.command_arguments import asides_with_paths, only_tag, path_of, tag_and_path
from sussurro_client.targets import split_tag
from sussurro_client.vouching import Whom, readings_of
from sussurro_client.wishes import THEMES
from sussurro_client.words import _


class Actions(Protocol):
    """What commands can do."""

    def say(self, text: str) -> None:
        """Send a text to everybody."""

    def act(self, text: str) -> None:
        """Send what one does."""

    def whisper(self, asides: Sequence[Aside]) -> None:
        """Send a text to one person alone; the asides are what was typed."""

    def reply(self, tag: str, text: str) -> None:
        """Answer a message; without a tag, the newest of somebody else."""

    def edit(self, tag: str, text: str) -> None:
        """Change a text of one's own; without a tag, the newest."""

    def delete(self, tag: str) -> None:
        """Delete a message of one's own; without a tag, the newest."""

    def react(self, tag: str, emoji: str) -> None:
        """Put an emoji beside a message, or take it back; without a tag, as `reply`."""

    def send_file(self, path: str) -> None:
        """Send a file to everybody."""

    def send_file_to(self, asides: Sequence[Aside]) -> None:
        """Send a file to one person alone; the asides are what was typed, a path for a text."""

    def save(self, tag: str, path: str) -> None:
        """Save a file; without a tag, the newest of somebody else; without a path, where files go."""

    def cancel(self, tag: str) -> None:
        """Stop a file that is on its way; without a tag, the newest."""

    def search(self, words: str) -> None:
        """Find words in what is loaded."""

    def search_all(self, words: str) -> None:
        """Find words in everything that the relay keeps."""

    def who(self) -> None:
        """Show who is here."""

    def trust(self, readings: Sequence[Whom]) -> None:
        """Mark somebody as verified; the readings are what was typed."""

    def fingerprint(self, name: str) -> None:
        """Show the fingerprint of everybody with a name; empty: one's own."""

    def move(self, words: str) -> None:
        """Move to the new key that was offered last, its room's fingerprint beginning so."""

    def mute(self) -> None:
        """Let nothing said here call one any more, or let it again."""

    def theme(self, name: str) -> None:
        """Change the colours; empty: show which there are."""

    def help(self) -> None:
        """Show what can be done."""

    def leave(self) -> None:
        """Leave the room."""


@dataclass(frozen=True, slots=True)
class Command:
    """A word after a slash. ``help`` is asked when shown, in the language of then.

    ``has_emoji``: its argument has words for people, in which :smile: means the emoji.
    ``choices``: what its argument may be, where that is known.
    """

    name: str
    help: Callable[[], str]
    handler: Callable[[Actions, str], None]
    argument: Callable[[], str] | None = None
    has_emoji: bool = False
    choices: tuple[str, ...] = ()

    @property
    def usage(self) -> str:
        """How it is typed."""
        return f"/{self.name} {self.argument()}" if self.argument else f"/{self.name}"


COMMANDS = (
    Command("help", lambda: _("Show this page"), lambda actions, _text: actions.help()),
    Command(
        "reply",
        lambda: _("Answer a message, or the newest"),
        lambda actions, text: actions.reply(*split_tag(text)),
        lambda: _("[#tag] text"),
        has_emoji=True,
    ),
    Command(
        "edit",
        lambda: _("Change what you said"),
        lambda actions, text: actions.edit(*split_tag(text)),
        lambda: _("[#tag] text"),
        has_emoji=True,
    ),
    Command(
        "delete",
        lambda: _("Delete what you said"),
        lambda actions, text: actions.delete(only_tag(text)),
        lambda: _("[#tag]"),
    ),
    Command(
        "react",
        lambda: _("Put an emoji, or take it back"),
        lambda actions, text: actions.react(*split_tag(text)),
        lambda: _("[#tag] emoji"),
        has_emoji=True,
    ),
    Command(
        "me",
        lambda: _("Say what you do"),
        lambda actions, text: actions.act(text),
        lambda: _("text"),
        has_emoji=True,
    ),
    Command(
        "msg",
        lambda: _("Write to one person alone"),
        lambda actions, text: actions.whisper(asides_of(text)),
        lambda: _("name text"),
        has_emoji=True,
    ),
    Command(
        "send",
        lambda: _("Send a file"),
        lambda actions, text: actions.send_file(path_of(text)),
        lambda: _("path"),
    ),
    Command(
        "sendto",
        lambda: _("Send a file to one person alone"),
        lambda actions, text: actions.send_file_to(asides_with_paths(text)),
        lambda: _("name path"),
    ),
    Command(
        "save",
        lambda: _("Save a file that was offered"),
        lambda actions, text: actions.save(*tag_and_path(text)),
        lambda: _("[#tag] [path]"),
    ),
    Command(
        "cancel",
        lambda: _("Stop a file that is on its way"),
        lambda actions, text: actions.cancel(only_tag(text)),
        lambda: _("[#tag]"),
    ),
    Command(
        "search",
        lambda: _("Search what is loaded"),
        lambda actions, text: actions.search(text),
        lambda: _("words"),
    ),
    Command(
        "searchall",
        lambda: _("Search everything that is kept"),
        lambda actions, text: actions.search_all(text),
        lambda: _("words"),
    ),
    Command("who", lambda: _("Say who is here"), lambda actions, _text: actions.who()),
    Command(
        "trust",
        lambda: _("Say that you compared fingerprints"),
        lambda actions, text: actions.trust(readings_of(text)),
        lambda: _("name [words]"),
    ),
    Command(
        "fingerprint",
        lambda: _("Show yours or another's, to compare"),
        lambda actions, text: actions.fingerprint(text),
        lambda: _("[name]"),
    ),
    Command(
        "move",
        lambda: _("Move to the new key that was offered"),
        lambda actions, text: actions.move(text),
        lambda: _("[words]"),
    ),
    Command(
        "mute",
        lambda: _("Silence this room, or end that"),
        lambda actions, _text: actions.mute(),
    ),
    Command(
        "theme",
        lambda: _("Change the colours, or see which there are"),
        lambda actions, text: actions.theme(text),
        lambda: _("[theme]"),
        choices=THEMES,
    ),
    Command(
        "say",
        lambda: _("Send a text as it is, even /help or TT"),
        lambda actions, text: actions.say(text),
        lambda: _("text"),
    ),
    Command("quit", lambda: _("Leave the room"), lambda actions, _text: actions.leave()),
)
_BY_NAME = {command.name: command for command in COMMANDS}


def find_command(name: str) -> Command | None:
    """Return the command of that name, if there is one."""
    return _BY_NAME.get(name)
