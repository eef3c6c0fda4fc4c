"""The key in a picture of the QR code that ``sussurro invite`` shows.

The picture may come from anybody, so what is decoded is bounded in every way.
"""

import os
import stat
import warnings
from pathlib import Path
from typing import BinaryIO

from PIL import Image
from zxingcpp import BarcodeFormat, BarcodeFormats, read_barcodes

from sussurro_client.errors import ClientError, KeyFileError
from sussurro_client.key import RoomKey
from sussurro_client.words import _

_MAX_BYTES = 32 * 1024 * 1024
_MAX_PIXELS = 40_000_000  # more than most telephones take; decoded, 160 MB for a moment
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
_QR = BarcodeFormats(BarcodeFormat.QRCode)
_SIDE = 2_000  # pixels to which a larger picture is made smaller; a code is seen better then


def key_in_picture(path: Path) -> RoomKey:
    """Return the one key whose QR code is in a picture; raises ClientError, nothing else."""
    keys = {key.text: key for key in map(_key_of, _codes(path)) if key is not None}
    if not keys:
        raise ClientError(
            _(
                "No QR code of a key is seen in this picture; take one that is sharp and shows it whole."
            )
        )
    if len(keys) > 1:
        raise ClientError(
            _("There are several keys in this picture; take one that shows one code.")
        )
    return next(iter(keys.values()))


def _key_of(text: str) -> RoomKey | None:
    try:
        return RoomKey.from_text(text)
    except KeyFileError:
        return None


def _codes(path: Path) -> list[str]:
    with _open(path) as file:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                with Image.open(file, formats=_FORMATS) as picture:
                    return _look(picture)
        except ClientError:
            raise
        except Exception:  # noqa: BLE001 - whatever a decoder says about a file, it is none
            raise ClientError(
                _("This is no picture that can be read here; take a PNG or JPEG.")
            ) from None


def _open(path: Path) -> BinaryIO:
    """Open a file that is one, and not too large; raises ClientError."""
    try:
        # Not to wait for ever for a pipe that nobody writes to.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or _("it is no path")
        raise ClientError(
            _("The picture at {path} cannot be read: {why}.").format(path=path, why=why)
        ) from None
    status = os.fstat(descriptor)
    is_small = status.st_size <= _MAX_BYTES
    if stat.S_ISREG(status.st_mode) and is_small:
        return os.fdopen(descriptor, "rb")
    os.close(descriptor)
    if is_small:
        raise ClientError(_("This is not a file with a picture."))
    raise ClientError(
        _("This file is too large for a picture of a key: {limit} MiB at most.").format(
            limit=_MAX_BYTES // 1024**2
        )
    )


def _look(picture: Image.Image) -> list[str]:
    picture.draft("L", (_SIDE, _SIDE))  # a JPEG is decoded small in the first place
    if picture.width * picture.height > _MAX_PIXELS:
        raise ClientError(_("This picture has too many pixels; make it smaller."))
    whole = picture.convert("RGBA") if picture.has_transparency_data else picture.convert("L")
    if whole.mode == "RGBA":
        paper = Image.new("RGBA", whole.size, "white")  # what is drawn on nothing is black on it
        whole = Image.alpha_composite(paper, whole).convert("L")
    small = whole.copy()
    small.thumbnail((_SIDE, _SIDE))
    for each in (small, whole):
        found = read_barcodes(each, formats=_QR)
        if found:
            return [code.text for code in found]
    return []
