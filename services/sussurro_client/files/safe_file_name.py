"""What a stranger's file name becomes, on a disk and on a screen. Pure.

What comes out is one harmless name on every system: doing it twice changes nothing.
"""

import re
import unicodedata
from collections.abc import Iterator

from sussurro_client.display import safe_text

NAME_CHARACTERS = 100
# A file system counts bytes, 255 of them, and a number and ".part" may be added.
_NAME_BYTES = 200
_EXTENSION_CHARACTERS = 16
_NAMELESS = "file"
_SEPARATORS = re.compile(r"[/\\]")
# What Windows does not take, and what is shown for a character that has no place in a text.
_UNFIT = re.compile('[<>:"|?*\ufffd]')
_RESERVED = re.compile(
    r"(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(?:COM|LPT)[0-9¹²³])[ ]*(?:\..*)?", re.IGNORECASE
)
_MOST_NUMBERS = 1_000


def safe_file_name(name: str) -> str:
    """Return a name as it may stand on disk: no path, nothing hidden or reserved, never empty."""
    pieces = [piece for piece in _SEPARATORS.split(name) if piece.strip(" .")]
    clean = _fitting(pieces[-1] if pieces else "")
    while (again := _fitting(clean)) != clean:  # what was cut away may have held something back
        clean = again
    return clean


def numbered_names(name: str) -> Iterator[str]:
    """Go through what a file may be called whose name is taken: itself, then ``name (2).ext`` ..."""
    yield name
    stem, extension = _divide(name)
    for number in range(2, _MOST_NUMBERS):
        yield _shortened(stem.rstrip(" ."), f" ({number}){extension}")


def _fitting(name: str) -> str:
    name = unicodedata.normalize("NFC", safe_text(name)).replace("\u2800", " ")
    name = " ".join(_UNFIT.sub("_", name).split())
    name = name.lstrip(" .-").rstrip(" .")
    if _RESERVED.fullmatch(name):
        name = f"_{name}"
    name = _shortened(*_divide(name)).lstrip(" .-").rstrip(" .")
    return name or _NAMELESS


def _divide(name: str) -> tuple[str, str]:
    """Return the stem and the extension with its dot, empty where there is none worth the name."""
    stem, dot, extension = name.rpartition(".")
    if not stem or not extension or len(extension) > _EXTENSION_CHARACTERS:
        return name, ""
    return stem, dot + extension


def _shortened(stem: str, end: str) -> str:
    short = stem[: NAME_CHARACTERS - len(end)].encode()[: _NAME_BYTES - len(end.encode())]
    cut = short.decode(errors="ignore")
    if cut != stem:  # what held on to the part that is gone goes too
        cut = safe_text(cut).rstrip(" .")
    return cut + end
