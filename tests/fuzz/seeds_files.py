"""Where the corpus of files begins: names, previews, and parts in some order."""

import struct
from collections.abc import Iterator

_NAMES = (
    "photo.png", "../../etc/passwd", "C:\\a\\b.txt", ".bashrc", "...", "", "-rf", "CON", "nul.tar.gz",
    "a\x1b[2Jb", "invoice\u202egnp.exe", "cafe\u0301.txt", "猫" * 90 + ".jpeg", "a" * 200 + ".tar.gz",
    "name. . ", "\u0301a", "🏳️‍🌈.png", "a:b|c?", "\0", "a\nb", "\u2800", "com¹", "\ud800",
)  # fmt: skip
_SIZES = ((1, 1, 3), (2, 2, 12), (1, 3, 9), (48, 1, 144), (0, 1, 3), (2, 2, 9), (2**32 - 1, 1, 3))


def names() -> Iterator[bytes]:
    """Go through names that are ordinary, and names that are traps."""
    for name in _NAMES:
        yield name.encode("utf-8", "surrogatepass")


def previews() -> Iterator[bytes]:
    """Go through previews that fit themselves, and some that do not."""
    for width, height, size in _SIZES:
        yield struct.pack(">II", width, height) + bytes(range(size))


def parts() -> Iterator[bytes]:
    """Go through files of a few parts: whole, with a lie, by somebody else, taken back."""
    for size in range(7):
        head = bytes([0, size, 0, 1]) + b"a"
        for tail in (b"\0\0\0\0", b"\0\1\0\0", b"\7\2\0\0", b"\0\0\1\0", b"\0\0\0\1"):
            yield head + b"".join(bytes([tail[0], number, *tail[1:]]) for number in range(3))
