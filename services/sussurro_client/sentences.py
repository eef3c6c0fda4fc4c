"""Events, as a person is told of them."""

from collections.abc import Callable

from sussurro_client.display import safe_name, safe_text
from sussurro_client.events import Alarm, Alert, Departed, Disconnected
from sussurro_client.words import _, ngettext

_DISCONNECTED: dict[str, Callable[[], str]] = {
    "unreachable": lambda: _("No relay answers at {relay}."),
    "lost": lambda: _("The connection to {relay} is lost."),
    "timeout": lambda: _("{relay} gives no sign of life."),
    "drain": lambda: _("{relay} is being restarted."),
    "line-too-long": lambda: _("{relay} does not take messages of this length."),
    "lagged": lambda: _("This connection fell too far behind."),
    "too-many-connections": lambda: _("{relay} is full."),
    "too-many-from-address": lambda: _("{relay} has too many connections from this address."),
    "unavailable": lambda: _("{relay} has trouble of its own."),
    "bad-proof": lambda: _("{relay} does not accept the proof of this key."),
    "room-refused": lambda: _("{relay} does not serve this room. Is it the right key?"),
    "unexpected": lambda: _("{relay} and this program speak different languages."),
    "malformed": lambda: _("{relay} and this program do not understand each other."),
}
_LEFT: dict[str, Callable[[], str]] = {
    "timeout": lambda: _("{name} gave no sign of life any more."),
    "lost": lambda: _("{name} lost the connection."),
}


def disconnected(event: Disconnected) -> str:
    """Return why the connection ended."""
    known = _DISCONNECTED.get(event.reason)
    sentence = known() if known else _("{relay} ended the connection: {reason}.")
    told = sentence.format(relay=safe_text(event.relay), reason=safe_name(event.reason))
    return f"{told} ({safe_text(event.detail)})" if event.detail else told


def arrived(name: str) -> str:
    """Return that somebody came in."""
    return _("{name} is here.").format(name=safe_name(name))


def departed(event: Departed) -> str:
    """Return that somebody went, and why."""
    known = _LEFT.get(event.reason)
    sentence = known() if known else _("{name} has left.")
    return sentence.format(name=safe_name(event.who.name))


def alert(event: Alert) -> str:
    """Return what is not as it should be."""
    name = safe_name(event.who.name) if event.who else _("somebody")
    return _alarm(event.alarm, event.missing).format(name=name, missing=event.missing)


def _alarm(alarm: Alarm, missing: int) -> str:
    match alarm:
        case Alarm.GAP if missing:
            return ngettext(
                "A message of {name} is missing.",
                "{missing} messages of {name} are missing.",
                missing,
            )
        case Alarm.GAP:
            return _("Messages from the time of the interruption are missing.")
        case Alarm.REPLAY:
            return _("An old message of {name} came again and was not shown.")
        case Alarm.FORGED:
            return _("A forged message came and was not shown.")
        case Alarm.UNDECRYPTABLE:
            return _("A message that this key cannot open came: altered, or of another key.")
        case Alarm.IDENTITY_CHANGED:
            return _("{name} has another identity than before. Ask them if it is really them.")


def here(count: int) -> str:
    """Return how many are here."""
    return ngettext("{count} here", "{count} here", count).format(count=count)
