"""What a line of JSON means: the same commands, for programs, and messages by their ids. Pure."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from sussurro_client.line_commands import LineCommandActions
from sussurro_client.line_faces import Ref
from sussurro_client.vouching import Whom
from sussurro_client.words import _

SAY = ""  # the name of the one command without a name
_PAGE = 100
_MOST = 10_000  # messages that can be asked for at once


class ProgramActions(Protocol):
    """What programs can do. All raise ClientError, with nothing done."""

    @property
    def line(self) -> LineCommandActions:
        """What people can do by a line."""

    def answer_to(self, ref: Ref) -> None:
        """Let every answer to this line have ``ref``."""

    def say_by_id(self, text: str, reply_to: str, whom: Whom | None, *, is_action: bool) -> None:
        """Say a text, perhaps in answer to a message, perhaps to one member alone."""

    def edit_by_id(self, message_id: str, text: str) -> None:
        """Let a message of one's own say something else."""

    def delete_by_id(self, message_id: str) -> None:
        """Take back a message of one's own."""

    def react_by_id(self, message_id: str, emoji: str, *, is_on: bool) -> None:
        """Put an emoji beside a message, or take it away."""

    def send_file_by_name(self, path: str, whom: Whom | None) -> None:
        """Send a file to everybody, or to one member alone."""

    def save_by_id(self, message_id: str, path: str) -> None:
        """Save the file that a message offers."""

    def cancel_by_id(self, message_id: str) -> None:
        """Stop the file of a message; without an id, the newest."""

    def typing(self) -> None:
        """Say that something is being written at the moment."""


_Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class JsonCommand:
    """A command, the fields that it needs, and those that it may have, with their types."""

    name: str
    handler: Callable[[ProgramActions, _Fields], None]
    needs: Mapping[str, type] = field(default_factory=dict)
    may_have: Mapping[str, type] = field(default_factory=dict)


def _whom(fields: _Fields) -> Whom | None:
    to = fields.get("to")
    return None if to is None else Whom(to, fields.get("words", ""))


def _say(actions: ProgramActions, fields: _Fields) -> None:
    actions.say_by_id(
        fields["text"],
        fields.get("reply_to", ""),
        _whom(fields),
        is_action=fields.get("action", False),
    )


def _trust(actions: ProgramActions, fields: _Fields) -> None:
    actions.line.trust((Whom(fields["name"], fields.get("words", "")),))


def _react(actions: ProgramActions, fields: _Fields) -> None:
    actions.react_by_id(fields["id"], fields["emoji"], is_on=fields.get("on", True))


def _search(actions: ProgramActions, fields: _Fields) -> None:
    search = actions.line.search_all if fields.get("everything", False) else actions.line.search
    search(fields["text"])


JSON_COMMANDS = {
    command.name: command
    for command in (
        JsonCommand(
            SAY,
            _say,
            {"text": str},
            {"reply_to": str, "action": bool, "to": str, "words": str},
        ),
        JsonCommand(
            "edit",
            lambda actions, fields: actions.edit_by_id(fields["id"], fields["text"]),
            {"id": str, "text": str},
        ),
        JsonCommand(
            "delete", lambda actions, fields: actions.delete_by_id(fields["id"]), {"id": str}
        ),
        JsonCommand("react", _react, {"id": str, "emoji": str}, {"on": bool}),
        JsonCommand(
            "send_file",
            lambda actions, fields: actions.send_file_by_name(fields["path"], _whom(fields)),
            {"path": str},
            {"to": str, "words": str},
        ),
        JsonCommand(
            "save",
            lambda actions, fields: actions.save_by_id(fields["id"], fields.get("path", "")),
            {"id": str},
            {"path": str},
        ),
        JsonCommand(
            "cancel",
            lambda actions, fields: actions.cancel_by_id(fields.get("id", "")),
            may_have={"id": str},
        ),
        JsonCommand("typing", lambda actions, _fields: actions.typing()),
        JsonCommand("who", lambda actions, _fields: actions.line.who()),
        JsonCommand("trust", _trust, {"name": str}, {"words": str}),
        JsonCommand(
            "fingerprint",
            lambda actions, fields: actions.line.fingerprint(fields.get("name", "")),
            may_have={"name": str},
        ),
        JsonCommand(
            "move",
            lambda actions, fields: actions.line.move(fields.get("words", "")),
            may_have={"words": str},
        ),
        JsonCommand(
            "earlier",
            lambda actions, fields: actions.line.earlier(fields.get("messages", _PAGE)),
            may_have={"messages": int},
        ),
        JsonCommand(
            "list",
            lambda actions, fields: actions.line.list(fields.get("messages", _PAGE)),
            may_have={"messages": int},
        ),
        JsonCommand("search", _search, {"text": str}, {"everything": bool}),
        JsonCommand("leave", lambda actions, _fields: actions.line.leave()),
    )
}


def perform_json(line: str, actions: ProgramActions) -> str | None:
    """Do what a line with an object means; return a sentence, with nothing done, if it is none."""
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError):
        return _("This line is not JSON; write an object, or a text that begins otherwise.")
    ref = fields.get("ref")
    if ref is not None:
        if type(ref) not in (str, int):
            return _('A "ref" is a text or a whole number.')
        actions.answer_to(ref)
    command = _command_of(fields)
    if command is None:
        names = ", ".join(name for name in JSON_COMMANDS if name != SAY)
        return _('Write {{"text": "..."}} or {{"command": "..."}}: {names}.').format(names=names)
    known = {**command.needs, **command.may_have}
    # A field of another kind must not pass for one that is not there.
    faulty = [
        name
        for name, kind in known.items()
        if (type(fields[name]) is not kind if name in fields else name in command.needs)
    ]
    faulty += [
        name
        for name in known
        if known[name] is int and name not in faulty and not 0 < fields.get(name, 1) <= _MOST
    ]
    if faulty:
        return _("These fields are missing, or are not of their kind: {names}.").format(
            names=", ".join(faulty)
        )
    command.handler(actions, fields)
    return None


def _command_of(fields: _Fields) -> JsonCommand | None:
    if "command" not in fields:
        return JSON_COMMANDS[SAY] if "text" in fields else None
    name = fields["command"]
    return JSON_COMMANDS.get(name) if isinstance(name, str) and name != SAY else None
