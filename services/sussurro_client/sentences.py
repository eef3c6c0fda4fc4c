"""Events, as a person is told of them."""

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo

from sussurro_client.display import safe_name, safe_text
from sussurro_client.events import (
    Alarm,
    Alert,
    Departed,
    Disconnected,
    Moved,
    Person,
    Present,
    Standing,
)
from sussurro_client.fingerprint import short_words_of, words_of
from sussurro_client.naming import Circle, label, room_words
from sussurro_client.words import _, ngettext

_DISCONNECTED: dict[str, Callable[[], str]] = {
    "unreachable": lambda: _("No relay answers at {relay}."),
    "lost": lambda: _("The connection to {relay} is lost."),
    "timeout": lambda: _("{relay} gives no sign of life."),
    "tls-failed": lambda: _("No TLS connection to {relay} can be made."),
    "tls-untrusted": lambda: _(
        "{relay} does not prove to be the right relay; check --tls-ca or --tls-pin, or the relay's name."
    ),
    "tls-missing": lambda: _(
        "{relay} does not speak TLS; ask why, and start without --tls only if it should not."
    ),
    "tls-expected": lambda: _("{relay} speaks TLS only; start with --tls."),
    "drain": lambda: _("{relay} is being restarted."),
    "line-too-long": lambda: _("{relay} does not take messages of this length."),
    "lagged": lambda: _("This connection fell too far behind."),
    "too-many-connections": lambda: _("{relay} is full."),
    "too-many-from-address": lambda: _("{relay} has too many connections from this address."),
    "unavailable": lambda: _("{relay} has trouble of its own."),
    "overloaded": lambda: _("{relay} has more to do than it can at the moment."),
    "bad-proof": lambda: _("{relay} does not accept the proof of this key."),
    "room-refused": lambda: _("{relay} does not serve this room. Is it the right key?"),
    "unexpected": lambda: _("{relay} and this program speak different languages."),
    "malformed": lambda: _("{relay} and this program do not understand each other."),
}
_ALARMS: dict[Alarm, Callable[[], str]] = {
    Alarm.REPLAY: lambda: _(
        "Something old of {name}, from {time}, came again and was not shown: somebody repeats it."
    ),
    Alarm.REORDERED: lambda: _("The relay shows messages here in another order than they came in."),
    Alarm.SPLIT: lambda: _(
        "When {name} wrote at {time}, they had seen something else than you were shown: "
        "the relay does not show everybody the same."
    ),
    Alarm.WITHHELD: lambda: _(
        "When {name} wrote at {time}, they had not been shown what you said before: say it again."
    ),
    Alarm.FORGED: lambda: _("A forged message came and was not shown."),
    Alarm.UNDECRYPTABLE: lambda: _(
        "A message that this key cannot open came: altered, or of another key."
    ),
    Alarm.NOT_THEIRS: lambda: _(
        "{name} wanted to change what somebody else had said, at {time}; it stays as it was."
    ),
    Alarm.CONTRADICTION: lambda: _(
        "{name} has said two different things under one number, at {time}; one was not shown."
    ),
}
_ADVICE: dict[Alarm, Callable[[], str]] = {
    Alarm.GAP: lambda: _("Ask them to say it again; if it goes on, ask who runs the relay why."),
    Alarm.REPLAY: lambda: _("You need do nothing; if it goes on, do not trust this relay."),
    Alarm.REORDERED: lambda: _("Do not rely on which came first; ask who runs the relay why."),
    Alarm.SPLIT: lambda: _("Compare what you see over another way, such as the telephone."),
    Alarm.WITHHELD: lambda: _("Ask whether they see it now; if not, do not trust this relay."),
    Alarm.FORGED: lambda: _(
        "Believe nothing by it; if it goes on, move to a new key: sussurro rekey"
    ),
    Alarm.UNDECRYPTABLE: lambda: _(
        "You need do nothing; if it goes on, ask the others whether they have another key."
    ),
    Alarm.NOT_THEIRS: lambda: _("You need do nothing; ask them why, if you know them."),
    Alarm.CONTRADICTION: lambda: _(
        "Ask them over another way; somebody else may have their identity."
    ),
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


def arrived(who: Person, circle: Circle) -> str:
    """Return that somebody came in."""
    return _("{name} is here.").format(name=circle.label(who))


def departed(event: Departed, circle: Circle) -> str:
    """Return that somebody went, and why."""
    known = _LEFT.get(event.reason)
    sentence = known() if known else _("{name} has left.")
    return sentence.format(name=circle.label(event.who))


def alert(event: Alert, circle: Circle, zone: tzinfo | None = None) -> str:
    """Return what is not as it should be, with who and where as far as they are known.

    Times are shown in ``zone`` (None: the machine's).
    """
    person = event.who
    name = _("somebody")
    if person is not None:
        # What is to be typed after /trust is the name alone.
        is_news = event.alarm is Alarm.IDENTITY_CHANGED
        name = safe_name(person.name) if is_news else circle.label(person)
    when = datetime.fromtimestamp(event.at / 1000, UTC).astimezone(zone).strftime("%H:%M")
    words = short_words_of(person.key) if person else ""
    sentence = _alarm(event.alarm, event.missing)
    return sentence.format(name=name, missing=event.missing, time=when, words=words)


def advice(event: Alert) -> str:
    """Return what to do about an alarm; nothing, where its own sentence says so."""
    if event.alarm is Alarm.GAP and not event.missing:
        return _("Ask the others what was said meanwhile.")
    known = _ADVICE.get(event.alarm)
    return known() if known else ""


def moved(event: Moved) -> str:
    """Return who has made a new key, whether we were given it, and how to move there."""
    words = room_words(event.room)
    if event.share is None:
        told = _(
            "{name} has made a new key for this room and left you out: "
            "you will read nothing of what is said there."
        )
    else:
        told = _(
            "{name} has made a new key for this room; its fingerprint: {words}. "
            "To go there, write: /move {short}"
        )
    sentences = [told]
    if event.standing is Standing.CHANGED:
        sentences.append(
            _("CAUTION: {name} is not who had this name before. Ask the others before you move.")
        )
    short = "-".join(words.split("-")[:2])
    name = label(event.who, event.standing)
    return " ".join(sentences).format(name=name, words=words, short=short)


def trusted(who: Person, circle: Circle) -> str:
    """Return whom one trusts from now on."""
    words = words_of(who.key)
    told = _("You trust {name}, whose fingerprint is {words}.").format(
        name=safe_name(who.name), words=words
    )
    if circle.standing(who) is Standing.CHANGED:
        told += " " + _("As the name is yours too, the mark of another identity stays.")
    return told


def fingerprint(who: Person, circle: Circle) -> str:
    """Return somebody's fingerprint, or one's own."""
    words = words_of(who.key)
    if who == circle.me:
        return _("Your fingerprint: {words}").format(words=words)
    return _("The fingerprint of {name} ({standing}): {words}").format(
        name=safe_name(who.name), standing=circle.word(who), words=words
    )


def roster(event: Present, circle: Circle) -> str:
    """Return how many are here, then a line for each: its badge and what it says, then the name."""
    people = sorted(set(event.people), key=lambda person: (person.name.casefold(), person.key))
    width = max((len(circle.word(person)) for person in people), default=0)
    return "\n".join(
        [
            f"{here(event.members)}:",
            *(
                f"    {circle.badge(person)} {circle.word(person).ljust(width)}  "
                f"{circle.label(person)}"
                for person in people
            ),
        ]
    )


def _alarm(alarm: Alarm, missing: int) -> str:
    match alarm:
        case Alarm.GAP if missing:
            return ngettext(
                "A message of {name} is missing before what they said at {time}.",
                "{missing} messages of {name} are missing before what they said at {time}.",
                missing,
            )
        case Alarm.GAP:
            return _("Messages are missing here: the relay does not keep them any more.")
        case Alarm.IDENTITY_CHANGED:
            return _(
                "{name} has another identity than before: {words}. "
                "Compare fingerprints with them; if they fit, write: /trust {name} {words}"
            )
        case _:
            return _ALARMS[alarm]()


def here(count: int) -> str:
    """Return how many are here."""
    return ngettext("{count} here", "{count} here", count).format(count=count)


def found(count: int, loaded: int) -> str:
    """Return how much was found among the messages that are loaded."""
    return ngettext(
        "{count} found in what is loaded ({loaded} messages).",
        "{count} found in what is loaded ({loaded} messages).",
        count,
    ).format(count=count, loaded=loaded)


def found_everywhere(count: int, loaded: int) -> str:
    """Return how much was found among all messages that the relay keeps."""
    return ngettext(
        "{count} found in everything that is kept ({loaded} messages).",
        "{count} found in everything that is kept ({loaded} messages).",
        count,
    ).format(count=count, loaded=loaded)
