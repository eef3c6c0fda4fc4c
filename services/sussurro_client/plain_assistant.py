"""The first run line by line, as a screen reader reads it."""

import getpass
import sys

from sussurro_client.display import safe_text
from sussurro_client.errors import ClientError
from sussurro_client.first_key import FirstKey, about_given_key, about_new_key, welcome
from sussurro_client.words import _


def ask_for_key(place: FirstKey) -> None:
    """Ask on the terminal until there is a key; raises ClientError when somebody leaves."""
    _say(*welcome(place.path))
    while True:
        _say(_("1: make a new room. 2: paste the key that you were given. 3: read a QR code."))
        way = _ask(_("Write 1, 2 or 3: ")).strip()
        given = ""
        if way == "2":
            given = _ask_unseen(_("The key (it is not shown): "))
        elif way == "3":
            given = _ask(_("Path of the picture: "))
        try:
            if sentences := _find(place, way, given):
                _say(*sentences)
                return
        except ClientError as error:
            _say(str(error))


def _find(place: FirstKey, way: str, given: str) -> tuple[str, ...]:
    """Return what is to be known once there is a key; nothing: that was no way to one."""
    match way:
        case "1":
            return about_new_key(place.path, place.make())
        case "2":
            return about_given_key(place.path, place.take(given))
        case "3":
            return about_given_key(place.path, place.scan(given))
        case _:
            return ()


def _ask(question: str) -> str:
    sys.stderr.write(question)
    sys.stderr.flush()
    line = sys.stdin.readline()
    if not line:
        raise ClientError(_("There is no key, so there is no room."))
    return line


def _ask_unseen(question: str) -> str:
    try:
        return getpass.getpass(question)
    except EOFError:
        raise ClientError(_("There is no key, so there is no room.")) from None


def _say(*sentences: str) -> None:
    for sentence in sentences:
        sys.stderr.write(safe_text(sentence) + "\n")
