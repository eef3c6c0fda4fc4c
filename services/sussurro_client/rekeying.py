"""``sussurro rekey``: a new key for the room, handed to everybody who remains."""

import queue
import time
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.fernet import Fernet

from sussurro_client.acquaintances import Acquaintance
from sussurro_client.display import looks_of, safe_name
from sussurro_client.errors import ClientError
from sussurro_client.events import Connected, Disconnected, Event, Present
from sussurro_client.exit_codes import EXIT_OK
from sussurro_client.fingerprint import short_words_of
from sussurro_client.key_commands import fingerprint, say
from sussurro_client.line_faces import connection_refused
from sussurro_client.names import login_name
from sussurro_client.rekey import announce
from sussurro_client.session import Session
from sussurro_client.settings import RekeySettings
from sussurro_client.successor import prepare_successor
from sussurro_client.talking import doorway_of
from sussurro_client.words import _

_MEETING_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class _Circle:
    """Who remains, who is left out on purpose, and who cannot be handed anything."""

    remaining: tuple[Acquaintance, ...]
    left_out: tuple[Acquaintance, ...]
    doubtful: tuple[Acquaintance, ...]


def rekey(settings: RekeySettings) -> int:
    """Make a new key, hand it over in the old room, and use it from now on; raises ClientError."""
    doorway = doorway_of(settings, settings.key, history=0)
    old_room, text = doorway.key.room, Fernet.generate_key().decode("ascii")
    events: queue.SimpleQueue[Event] = queue.SimpleQueue()
    with doorway.open(settings.name or login_name(), events.put) as session:
        _meet_everybody(session, events)
        circle = _choose(session.acquaintances, settings.left_out)
        prepare_successor(settings.state, old_room, text)
        contents = tuple(announce(session.member, text, circle.remaining))
        for content in contents:
            session.say(content, settings.leave_seconds)
        if not session.wait_acknowledged(settings.leave_seconds):
            raise ClientError(_("The relay did not keep the message with the new key; try again."))
    path = doorway.move(old_room, contents[0].room)
    say(_("The room has a new key: {words}").format(words=fingerprint(contents[0].room)))
    say(_("It is kept in {path}, and used from now on.").format(path=path))
    _tell(_("Handed to: {names}"), circle.remaining)
    _tell(_("Left out: {names}"), circle.left_out)
    _tell(_("Not handed to, as it is not certain who they are: {names}"), circle.doubtful)
    return EXIT_OK


def _meet_everybody(session: Session, events: "queue.SimpleQueue[Event]") -> None:
    """Wait until the roster is there, so that whoever is here is known."""
    deadline = time.monotonic() + _MEETING_SECONDS
    trouble: Disconnected | None = None
    while (left := deadline - time.monotonic()) > 0:
        try:
            event = events.get(timeout=left)
        except queue.Empty:
            break
        match event:
            case Disconnected(retry_in=None):
                raise ClientError(connection_refused(event))
            case Disconnected():
                trouble = event
            case Connected():
                session.ask_who()
            case Present():
                return
            case _:
                pass
    raise ClientError(
        connection_refused(trouble) if trouble else _("The relay does not say who is here.")
    )


def _choose(met: Iterable[Acquaintance], names: frozenset[str]) -> _Circle:
    """Divide those who were met; raises ClientError for a name that nobody bears."""
    met = tuple(met)
    looks = {looks_of(name) for name in names}
    unknown = looks - {looks_of(each.person.name) for each in met}
    if unknown:
        sentence = _("Nobody called {names} was met in this room.")
        raise ClientError(sentence.format(names=", ".join(sorted(unknown))))
    left_out = tuple(each for each in met if looks_of(each.person.name) in looks)
    others = [each for each in met if each not in left_out]
    excluded = {each.person.key for each in left_out}
    remaining = tuple(
        each
        for each in others
        if each.is_owner and each.wrap_key and each.person.key not in excluded
    )
    doubtful = tuple(each for each in others if each not in remaining)
    return _Circle(remaining, left_out, doubtful)


def _tell(sentence: str, people: tuple[Acquaintance, ...]) -> None:
    if people:
        names = (
            f"{safe_name(each.person.name)} ({short_words_of(each.person.key)})" for each in people
        )
        say(sentence.format(names=", ".join(names)))
