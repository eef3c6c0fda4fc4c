"""What a line of JSON means: the same commands, for programs. Pure."""

import json

from sussurro_client.commands import Actions
from sussurro_client.vouching import Whom
from sussurro_client.words import _

_FIELDS = ("text", "command", "name", "words")


def perform_json(line: str, actions: Actions) -> str | None:
    """Do what a line with an object means; return a sentence, with nothing done, if it is none."""
    try:
        command = json.loads(line)
    except (ValueError, RecursionError):
        return _("This line is not JSON; write an object, or a text that begins otherwise.")
    # A field of another kind must not pass for one that is not there.
    if not all(isinstance(command[field], str) for field in _FIELDS if field in command):
        command = {}
    name, words = command.get("name", ""), command.get("words", "")
    match command:
        case {"text": text}:
            actions.say(text)
        case {"command": "who"}:
            actions.who()
        case {"command": "trust", "name": str()}:
            actions.trust((Whom(name, words),))
        case {"command": "fingerprint"}:
            actions.fingerprint(name)
        case {"command": "move"}:
            actions.move(words)
        case {"command": "leave"}:
            actions.leave()
        case _:
            return _(
                'Write {"text": "..."} or {"command": "..."}: who, trust, fingerprint, move or leave.'
            )
    return None
