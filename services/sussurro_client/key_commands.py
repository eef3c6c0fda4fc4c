"""The commands about the key: make one, name the room it opens, show it to a friend."""

import sys

import segno

from sussurro_client.display import safe_text
from sussurro_client.errors import ClientError
from sussurro_client.exit_codes import EXIT_OK
from sussurro_client.fingerprint import words_of
from sussurro_client.key import create_key
from sussurro_client.settings import InviteSettings, KeygenSettings, RoomSettings
from sussurro_client.successor import current_key
from sussurro_client.words import _
from sussurro_wire.room import public_key_of


def keygen(settings: KeygenSettings) -> int:
    """Make a key file, and say what to do with it."""
    key = create_key(settings.path)
    say(
        _("The new key is in {path}. Give it to your friends by a safe way.").format(
            path=settings.path
        )
    )
    say(_("Its fingerprint: {words}").format(words=fingerprint(key.room)))
    return EXIT_OK


def room(settings: RoomSettings) -> int:
    """Show the room's id and fingerprint, on a terminal with a QR code of the id."""
    key = current_key(settings.key, settings.state)
    say(_("room        {room}").format(room=key.room))
    say(_("fingerprint {words}").format(words=fingerprint(key.room)))
    if sys.stdout.isatty():
        segno.make(key.room).terminal(sys.stdout, compact=True)
    return EXIT_OK


def invite(settings: InviteSettings) -> int:
    """Show the key itself as a QR code: on a terminal, to somebody who has said yes."""
    key = current_key(settings.key, settings.state)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise ClientError(_("The key is shown on a terminal only, never to a file or a pipe."))
    say(_("This shows the key of the room {words}.").format(words=fingerprint(key.room)))
    say(_("Whoever sees or photographs it can read all that is and was written there."))
    yes = _("yes")
    sys.stdout.write(_("If nobody looks who should not, write '{yes}': ").format(yes=yes))
    sys.stdout.flush()
    if sys.stdin.readline().strip().lower() != yes:
        say(_("Nothing was shown."))
        return EXIT_OK
    segno.make(key.text).terminal(sys.stdout, compact=True)
    say(
        _(
            "Your friend starts 'sussurro chat' and chooses to read a picture of this code, "
            "or to paste what it says."
        )
    )
    say(_("Now clear this screen, and what one can scroll back to."))
    return EXIT_OK


def fingerprint(room: str) -> str:
    """Return the words by which a room's key is compared."""
    return words_of(public_key_of(room))


def say(sentence: str) -> None:
    """Print a sentence, made harmless for a terminal."""
    sys.stdout.write(safe_text(sentence) + "\n")
